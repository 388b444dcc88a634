/** From a thrown value to a `$exception` event of a client, or to the reason why there is none. */

import { asRecord, copyOf, isObject, isText, show } from '../../core/base/values'
import type { Properties } from '../../core/event/event'
import type { Outlast } from '../../page/types'
import { takeToken } from './burst-limit'
import { type ClientState, type ExceptionDrop, type ExceptionDropReason, stateOf, tellOnce } from './client-state'
import { type Exception, exceptionList, type Mechanism } from './exception-list'
import { type ExceptionLevel, levelOf } from './levels'
import { stepsOf } from './steps'

/** The methods of a client that exceptions need. */
export type ExceptionClient = Pick<Outlast, 'capture'> & Partial<Pick<Outlast, 'isOptOut'>>

/** What became of a call: the event went to `capture`, whose own drops `on('drop')` tells; or there is none. */
export type ExceptionResult = { captured: true } | { captured: false; reason: ExceptionDropReason }

/** What the place that captures an exception knows of it. What is not valid counts as absent. */
export interface ExceptionContext {
  /** How grave it is; also in a logger's words, such as `'warn'` and `'critical'`. Default `'error'`. */
  level?: string | undefined
  /** The integration that captures it, as `technology.hook`: `'react.error_boundary'`. Default none. */
  source?: string | undefined
  /** Default `{ type: 'generic', handled: true }`. */
  mechanism?: Mechanism | undefined
  /** Groups exceptions in PostHog, in place of what it finds itself. Default none. */
  fingerprint?: string | undefined
}

/** What is known of one value besides. */
export interface Occasion {
  error: unknown
  properties?: unknown
  context?: ExceptionContext | undefined
  /** The stack of the call, for a value without one. */
  here?: string | undefined
  /** Whether the page told of it, and not the site's own code. */
  isAutomatic?: boolean
  /** When it happened, if that was earlier. */
  timestamp?: Date | undefined
}

export interface ReportPorts {
  /** In ms since the epoch. */
  now(): number
  /** From 0 to 1. */
  random(): number
  /** Where `_posthogReleaseId` may be. */
  page: object
}

export const PAGE_PORTS: ReportPorts = { now: () => Date.now(), random: () => Math.random(), page: globalThis }

/** Properties that are written here or by PostHog's servers, and by no caller. */
const RESERVED = /^\$(?:exception_(?!steps$|fingerprint$)|debug_images$|cymbal_errors$)/

/** Files of browser extensions. */
const EXTENSION = /^(?:chrome|moz|safari|safari-web)-extension:/

export function report(client: ExceptionClient, occasion: Occasion, ports: ReportPorts = PAGE_PORTS): ExceptionResult {
  const state = stateOf(client.capture)
  const drop = attempt(client, state, occasion, ports)
  if (!drop) return { captured: true }
  tellOfDrop(state, drop)
  return { captured: false, reason: drop.reason }
}

/** @returns why nothing was captured */
function attempt(
  client: ExceptionClient,
  state: ClientState,
  occasion: Occasion,
  ports: ReportPorts,
): ExceptionDrop | undefined {
  let seen = { type: 'Error', value: '' }
  const drop = (reason: ExceptionDropReason): ExceptionDrop => ({ reason, type: seen.type, value: seen.value })
  if (state.isBusy) return drop('nested')
  state.isBusy = true
  try {
    if (client.isOptOut?.()) {
      // What led up to it may not be told later either.
      state.steps.list.length = 0
      return drop('opted_out')
    }
    const list = listOf(occasion)
    seen = list[0] ?? seen
    const reason = refusal(state, list, occasion, ports)
    if (reason) return drop(reason)
    capture(client, state, list, occasion, ports)
    return undefined
  } catch (error) {
    // Whoever reports an error has trouble enough.
    tellOnce(state, 'failed', `an exception could not be captured: ${show(error)}`)
    return drop('failed')
  } finally {
    state.isBusy = false
  }
}

function listOf({ error, context, here }: Occasion): Exception[] {
  return exceptionList(error, { type: 'generic', handled: true, ...validMechanism(context?.mechanism) }, here)
}

function validMechanism(given: unknown): Mechanism {
  const { type, handled, synthetic } = asRecord(given)
  return {
    ...(isText(type) && { type }),
    ...(typeof handled === 'boolean' && { handled }),
    ...(typeof synthetic === 'boolean' && { synthetic }),
  }
}

function refusal(
  state: ClientState,
  list: readonly Exception[],
  { error, isAutomatic = false }: Occasion,
  ports: ReportPorts,
): ExceptionDropReason | undefined {
  const [first] = list
  if (!first) return undefined
  if (isAutomatic && isObject(error) && state.captured.has(error)) return 'already_captured'
  const last = first.stacktrace?.frames.at(-1)
  if (isAutomatic && !state.extensions && EXTENSION.test(last?.filename ?? '')) return 'extension'
  const { type, value } = first
  if (ports.random() >= shareOf(state, { type, value })) return 'sampled_out'
  // Messages may have ids in them, so the kind is where it happened.
  const kind = [type, last?.filename, last?.lineno, last?.colno].join(':')
  if (takeToken(state.limit, kind, ports.now())) return undefined
  tellOnce(state, `burst ${kind}`, `"${type}" comes too often to be captured each time: ${show(value)}`)
  return 'burst_limit'
}

/** Where the share cannot be had, or is none, everything is captured. */
function shareOf(state: ClientState, exception: Pick<Exception, 'type' | 'value'>): number {
  const { sampleRate } = state
  try {
    const share: unknown = typeof sampleRate === 'function' ? sampleRate(exception) : sampleRate
    if (typeof share === 'number' && share >= 0) return share
    tellOnce(state, 'sampleRate', `sampleRate is from 0 to 1, got ${show(share)}; all exceptions are captured`)
  } catch (error) {
    tellOnce(state, 'sampleRate', `sampleRate threw, so all exceptions are captured: ${show(error)}`)
  }
  return 1
}

function capture(
  client: ExceptionClient,
  state: ClientState,
  list: readonly Exception[],
  { error, properties, context, timestamp }: Occasion,
  { page }: ReportPorts,
): void {
  const { level, source, fingerprint } = asRecord(context)
  const release = Reflect.get(page, '_posthogReleaseId')
  const steps = stepsOf(state.steps)
  const own: Properties = {
    ...(steps.length > 0 && { $exception_steps: steps }),
    ...callersOwn(state, properties),
    $exception_list: list,
    $exception_level: levelOf(level) ?? ('error' satisfies ExceptionLevel),
    ...(isText(source) && { $exception_source: source }),
    ...(isText(fingerprint) && { $exception_fingerprint: fingerprint }),
    ...(isText(release) && { $release_id: release }),
  }
  client.capture('$exception', own, timestamp && { timestamp })
  if (isObject(error)) state.captured.add(error)
}

function callersOwn(state: ClientState, given: unknown): Properties {
  const own = copyOf(given, (name) => tellOnce(state, `unread ${name}`, `the property ${show(name)} cannot be read`))
  for (const name of Object.keys(own).filter((name) => RESERVED.test(name))) {
    delete own[name]
    tellOnce(state, `reserved ${name}`, `${name} is not for captureException's callers to set; yours is left out`)
  }
  return own
}

function tellOfDrop(state: ClientState, drop: ExceptionDrop): void {
  if (drop.reason === 'nested') {
    tellOnce(state, 'nested', 'an exception is left out that came while another one was captured, as of beforeSend')
  }
  try {
    state.onDrop?.(drop)
  } catch (error) {
    tellOnce(state, 'onDrop', `onDrop threw: ${show(error)}`)
  }
}
