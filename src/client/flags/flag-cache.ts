/** The flags that are known of the present person: this page's, those of an earlier page, or those of `bootstrap`. */

import type { Millis } from '../../core/base/ports'
import { asRecord, asText, isText } from '../../core/base/values'
import { asItIs } from '../../core/event/event'
import { flagsKey } from '../late/flag-context'
import type { FlagPorts } from './feature-flags'
import { type Flag, type FlagAnswer, type FlagSet, parseFlagSet } from './flag-answer'
import { sorted } from './sorted'

export interface KnownFlags extends FlagSet {
  /** When the server gave them to this page; absent for those of an earlier page and of `bootstrap`. */
  at?: Millis
  /** Whether they are those of `bootstrap`. */
  first?: true
}

export interface FlagCache {
  /**
   * The present person and the person's groups, as a text: known flags are only used for the text that they were asked
   * for.
   */
  whose(): string
  current(): KnownFlags | undefined
  /** Whether flags were computed for this request. */
  fit(known: KnownFlags, body: string): boolean
  /** Takes the answer to a request. */
  take(answer: FlagAnswer, body: string, at: Millis): KnownFlags
  /** What `bootstrap` says of a flag, until a reset. */
  bootstrapped(key: string): Flag | undefined
  forget(): void
}

/** @param body the request for the present person's flags */
export function createFlagCache(ports: FlagPorts, body: () => string): FlagCache {
  const { store, person, context } = ports
  /** The flags of `bootstrap`, until they are forgotten with their person. */
  let fromBootstrap = isOfBootstrap() ? bootstrapFlags(ports.options) : undefined
  let known: KnownFlags | undefined = fromBootstrap && {
    // `bootstrap` need not have all flags, and wins where it has one, on or off.
    flags: Object.assign(Object.create(null), leftByEarlierPage(), fromBootstrap),
    partial: false,
    minimalCalls: false,
    of: whose(),
    by: hashOf(body()),
    first: true,
  }

  function whose(): string {
    const { anonymousId, distinctId, groups } = person()
    return JSON.stringify([anonymousId, distinctId, sorted(groups)])
  }

  /**
   * Flags of `bootstrap` are those of the id that it names, or else of the person that the page began with, and in the
   * groups that the person was in then.
   */
  function isOfBootstrap(): boolean {
    const { anonymousId, distinctId, groups } = person()
    const began = context?.first()
    if (began && JSON.stringify(sorted(began.groups)) !== JSON.stringify(sorted(groups))) return false
    const { distinctId: named } = asRecord(asRecord(ports.options).bootstrap)
    const id = asText(named)
    if (isText(id)) return distinctId === id
    return !began || (began.anonymousId === anonymousId && began.distinctId === distinctId)
  }

  function leftByEarlierPage(): FlagSet['flags'] {
    const stored = parseFlagSet(store.get(flagsKey(person().anonymousId)))
    const { featureFlags } = asRecord(asRecord(ports.options).bootstrap)
    const entries = Object.entries(stored?.of === whose() ? stored.flags : {})
    return Object.fromEntries(entries.filter(([key]) => !Object.hasOwn(asRecord(featureFlags), key)))
  }

  function current(): KnownFlags | undefined {
    const of = whose()
    if (known?.of !== of) known = parseFlagSet(store.get(flagsKey(person().anonymousId)))
    if (known?.of !== of) known = undefined
    return known
  }

  return {
    whose,
    current,
    fit: ({ by }, body) => by === hashOf(body),
    take({ quotaLimited: _, ...answer }, body, at) {
      const before = answer.partial ? current()?.flags : undefined
      const flags = Object.assign(Object.create(null), before, answer.flags)
      const taken: FlagSet = { ...answer, flags, of: whose(), by: hashOf(body) }
      known = { ...taken, at }
      store.set(flagsKey(person().anonymousId), JSON.stringify(taken, asItIs))
      context?.keep()
      return known
    },
    bootstrapped: (key) => fromBootstrap?.[key],
    forget() {
      known = fromBootstrap = undefined
      store.remove(flagsKey(person().anonymousId))
    },
  }
}

/** The flags of the option `bootstrap` that are on, as in posthog-js; `undefined` if there are none. */
function bootstrapFlags(options: unknown): Record<string, Flag> | undefined {
  const { featureFlags, featureFlagPayloads } = asRecord(asRecord(options).bootstrap)
  const values = asRecord(featureFlags)
  const payloads = asRecord(featureFlagPayloads)
  const flags: Record<string, Flag> = Object.create(null)
  for (const key of Object.keys(values)) {
    const value = values[key]
    if (value !== true && !isText(value)) continue
    flags[key] = payloads[key] === undefined ? { value } : { value, payload: payloads[key] }
  }
  return Object.keys(flags).length > 0 ? flags : undefined
}

/** A number for a request, by which a later one is known to ask the same. */
function hashOf(text: string): number {
  let hash = 0
  for (let index = 0; index < text.length; index++) hash = (Math.imul(hash, 31) + text.charCodeAt(index)) | 0
  return hash
}
