/** The feature flags that an instance knows: the server's, those of an earlier page, of `bootstrap`, and overrides. */

import { OWN } from '../../client/first/person'
import { type Flag, type FlagSet, type FlagValue, parseFlagSet } from '../../client/flags/flag-answer'
import { sorted } from '../../client/flags/sorted'
import { asRecord } from '../../core/base/values'
import { asItIs } from '../../core/event/event'
import { asksForFlags, type Self } from './self'
import type { PostHogFlagOverrides, PostHogFlagResult, PostHogJson } from './types'

/** The key under which an earlier version kept flags, which an erasure left there. */
const FORMER_KEY = 'ph_flags'

export interface FlagState {
  /** The present person and the person's groups, as a text: flags are only given for those that they were asked for. */
  whose(): string
  /** Whether there are values to answer with. */
  known(): boolean
  /** Whether the values are the server's answer to this page. */
  fresh: boolean
  set(): FlagSet | undefined
  flag(key: string): Flag | undefined
  result(key: string): PostHogFlagResult | undefined
  keys(): string[]
  values(): Record<string, FlagValue>
  /** The flags that are on: those alone are told to listeners. */
  active(): Record<string, FlagValue>
  /** Takes flags of the server, or of `updateFlags`. */
  take(set: FlagSet, fresh: boolean): void
  bootstrap(values: unknown, payloads: unknown): void
  override(given: PostHogFlagOverrides): void
  forget(): void
}

export function createFlagState(self: Self): FlagState {
  let known: FlagSet | undefined
  let overrides: { flags?: Record<string, FlagValue>; payloads?: Record<string, unknown> } = {}

  /** The key of the flags that are kept for the next page: a reset and an erasure remove them. */
  const key = () => `${OWN}${self.client?.getAnonymousId()}:ph_flags`

  const ofPerson = () => [self.client?.getAnonymousId(), self.client?.getDistinctId()]
  const whose = () => JSON.stringify([...ofPerson(), sorted(self.device.groups())])
  /** Where the server is not asked, flags that the site gives are the person's in any group. */
  const ofGiven = () => (asksForFlags(self) ? whose() : JSON.stringify(ofPerson()))
  const isPresent = (of: string | undefined) =>
    of !== undefined && (of === whose() || of === JSON.stringify(ofPerson()))

  /** The flags of the present person. Another tab may have changed the person. */
  function current(): FlagSet | undefined {
    if (known && (known.of === undefined || isPresent(known.of))) return known
    const stored = parseFlagSet(self.device.store.get(key()))
    state.fresh = false
    known = isPresent(stored?.of) ? stored : undefined
    return known
  }

  const flagsOf = (given: boolean | string[] | Record<string, FlagValue>): Record<string, FlagValue> => {
    if (Array.isArray(given)) return Object.fromEntries(given.map((key) => [key, true]))
    return typeof given === 'object' ? given : {}
  }

  const keysIn = (set: FlagSet | undefined) => [
    ...new Set([...Object.keys(set?.flags ?? {}), ...Object.keys(overrides.flags ?? {})]),
  ]

  function flagIn(set: FlagSet | undefined, key: string): Flag | undefined {
    const flag = set?.flags[key]
    const value = overrides.flags?.[key] ?? flag?.value
    const payload = overrides.payloads?.[key] ?? flag?.payload
    return value === undefined ? undefined : { ...flag, value, ...(payload === undefined ? {} : { payload }) }
  }

  const state: FlagState = {
    whose,
    fresh: false,
    known: () => current() !== undefined || overrides.flags !== undefined,
    set: current,
    flag: (key) => flagIn(current(), key),
    result(key) {
      const flag = state.flag(key)
      if (!flag) return undefined
      const variant = typeof flag.value === 'string' ? flag.value : undefined
      return { key, enabled: Boolean(flag.value), variant, payload: flag.payload as PostHogJson }
    },
    keys: () => keysIn(current()),
    values() {
      // Looking whose flags they are reads the device, and this is done for each event.
      const set = current()
      return Object.fromEntries(keysIn(set).map((key) => [key, flagIn(set, key)?.value ?? false]))
    },
    active: () => Object.fromEntries(Object.entries(state.values()).filter(([, value]) => value)),
    take(set, fresh) {
      known = { ...set, flags: Object.assign(Object.create(null), set.flags), of: ofGiven() }
      state.fresh = fresh
      self.device.store.remove(FORMER_KEY)
      if (self.isCapturing()) self.device.store.set(key(), JSON.stringify(known, asItIs))
    },
    bootstrap(values, payloads) {
      const flags: Record<string, Flag> = Object.create(null)
      for (const [key, value] of Object.entries(asRecord(values))) {
        if (typeof value !== 'string' && typeof value !== 'boolean') continue
        const payload = asRecord(payloads)[key]
        flags[key] = payload === undefined ? { value } : { value, payload }
      }
      if (Object.keys(flags).length === 0) return
      known = { flags, partial: false, minimalCalls: false, of: ofGiven() }
    },
    override(given) {
      if (given === false) overrides = {}
      else if (given === true || Array.isArray(given)) overrides = { flags: flagsOf(given) }
      else if ('flags' in given || 'payloads' in given) {
        const { flags, payloads } = given as { flags?: Record<string, FlagValue>; payloads?: Record<string, unknown> }
        overrides = { ...overrides, ...(flags && { flags: flagsOf(flags) }), ...(payloads && { payloads }) }
      } else overrides = { flags: flagsOf(given as Record<string, FlagValue>) }
    },
    forget() {
      known = undefined
      state.fresh = false
      self.device.store.remove(key())
    },
  }
  return state
}
