/** From a thrown value to a `$exception` event of a client, or to the reason why there is none. */

import { asRecord, copyOf, isObject, isText, show } from '../../core/base/values'
import type { Properties } from '../../core/event/event'
import type { Outlast } from '../../page/types'
import { takeToken } from './burst-limit'
import { type ClientState, forgetSteps, stateOf, tellOnce } from './client-state'
import { type Exception, exceptionList, type Mechanism, validMechanism } from './exception-list'
import { levelOf } from './levels'
import { EXTENSION } from './stack-frames'
import { stepsOf } from './steps'

/** The methods of a client that exceptions need. */
export type ExceptionClient = Pick<Outlast, 'capture'> & Partial<Pick<Outlast, 'isOptOut' | 'optOut'>>

/** Why an exception was not captured. */
export type ExceptionDropReason =
  /** There were too many of its kind within a short time, which the console is told once for each kind. */
  | 'burst_limit'
  /** `sampleRate` left the exception out. */
  | 'sampled_out'
  /** A browser extension threw it. */
  | 'extension'
  /** The same error was captured before, by the site's own code, which threw it on. */
  | 'already_captured'
  /**
   * The exception came while another one was being captured, from `beforeSend` for example. The console is told once.
   */
  | 'nested'
  /** The person refuses to be observed. */
  | 'opted_out'
  /** The client, or an option that is a function, threw. The console is told once. */
  | 'failed'

/** What became of a call: the event went to `capture`, whose own drops `on('drop')` tells; or there is none. */
export type ExceptionResult = { captured: true } | { captured: false; reason: ExceptionDropReason }

/** What the place that captures an exception knows of it. What is not valid counts as absent. */
export interface ExceptionContext {
  /**
   * How grave it is: `'fatal'`, `'error'`, `'warning'`, `'log'`, `'info'` or `'debug'`, in any case; also in a logger's
   * words, such as `'warn'` and `'critical'`. Default `'error'`, also (without a warning) for any other word.
   *
   * @example
   * captureException(outlast, error, {}, { level: 'warning' })
   */
  level?: string | undefined
  /**
   * The integration that captures it, as `technology.hook`. Default none.
   *
   * @example
   * captureException(outlast, error, {}, { source: 'react.error_boundary' })
   */
  source?: string | undefined
  /**
   * How the exception came to be captured. Default `{ type: 'generic', handled: true }`.
   *
   * @example
   * captureException(outlast, error, {}, { mechanism: { type: 'middleware', handled: false } })
   */
  mechanism?: Mechanism | undefined
}

/** A value, and what is known of it besides. */
export interface Occasion {
  error: unknown
  properties?: unknown
  context?: ExceptionContext | undefined
  /** The stack of the call, for a value without one. */
  here?: string | undefined
  /** Whether the page told of the value, and not the site's own code. */
  isAutomatic?: boolean
  /** When it happened, if that was earlier. */
  timestamp?: Date | undefined
}

export interface ReportPorts {
  /** In ms since the epoch. */
  now(): number
  /** From 0 to 1. */
  random(): number
}

/** Properties that are written here or by PostHog's servers, and by no caller. */
const RESERVED = /^\$(exception_(?!steps$|fingerprint$)|debug_images|cymbal)/

export function report(
  client: ExceptionClient,
  occasion: Occasion,
  ports: ReportPorts = { now: Date.now, random: Math.random },
): ExceptionResult {
  const state = stateOf(client)
  const reason = attempt(client, state, occasion, ports)
  return reason ? { captured: false, reason } : { captured: true }
}

/** @returns why nothing was captured */
function attempt(
  client: ExceptionClient,
  state: ClientState,
  occasion: Occasion,
  ports: ReportPorts,
): ExceptionDropReason | undefined {
  if (state.isBusy) {
    tellOnce(state, 'a nested exception is not captured')
    return 'nested'
  }
  state.isBusy = true
  try {
    if (client.isOptOut?.()) {
      // The steps that led up to the exception may not be told later either.
      forgetSteps(state)
      return 'opted_out'
    }
    const { error, context, here } = occasion
    const list = exceptionList(error, { type: 'generic', handled: true, ...validMechanism(context?.mechanism) }, here)
    return refusal(state, list, occasion, ports) ?? capture(client, state, list, occasion)
  } catch (error) {
    // A page that reports an error must not get another one for it.
    tellOnce(state, `an exception is not captured: ${show(error)}`)
    return 'failed'
  } finally {
    state.isBusy = false
  }
}

function refusal(
  { seen, extensions, sampleRate, limit, told }: ClientState,
  [{ type, value, stacktrace }]: readonly [Exception, ...Exception[]],
  { error, isAutomatic }: Occasion,
  { now, random }: ReportPorts,
): ExceptionDropReason | undefined {
  const { filename = '', lineno, colno } = stacktrace?.frames.at(-1) ?? {}
  if (isAutomatic) {
    if (isObject(error) && seen.has(error)) return 'already_captured'
    if (!extensions && EXTENSION.test(filename)) return 'extension'
  }
  // A share that is no number leaves nothing out.
  if (random() >= (typeof sampleRate === 'function' ? sampleRate({ type, value }) : sampleRate)) return 'sampled_out'
  // Messages may have ids in them, so the kind is where it happened.
  const kind = String([type, filename, lineno, colno])
  if (takeToken(limit, kind, now())) return undefined
  tellOnce({ told }, `too many are not captured: ${type}: ${show(value)}`, kind)
  return 'burst_limit'
}

function capture(
  client: ExceptionClient,
  state: ClientState,
  list: readonly Exception[],
  { error, properties, context, timestamp }: Occasion,
): undefined {
  const { level, source } = asRecord(context)
  const release = Reflect.get(globalThis, '_posthogReleaseId')
  const steps = stepsOf(state.steps)
  const own: Properties = {
    ...(steps.length > 0 && { $exception_steps: steps }),
    ...callersOwn(state, properties),
    $exception_list: list,
    $exception_level: levelOf(level) ?? 'error',
    ...(isText(source) && { $exception_source: source }),
    ...(isText(release) && { $release_id: release }),
  }
  client.capture('$exception', own, timestamp && { timestamp })
  if (isObject(error)) state.seen.add(error)
}

function callersOwn(state: ClientState, given: unknown): Properties {
  const own = copyOf(given)
  for (const name in own) {
    if (!RESERVED.test(name)) continue
    delete own[name]
    tellOnce(state, `${name} is not for callers to set`)
  }
  return own
}
