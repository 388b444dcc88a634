/** Exceptions as events of PostHog's error tracking: what a site hands over, and what the page itself tells of. */

import { asRecord, show } from '../../core/base/values'
import type { PropertyBag } from '../../core/event/event'
import { type ClientState, forgetSteps, stateOf, tellOnce } from './client-state'
import { callersStack } from './exception-list'
import { listenTo, listenToConsole } from './handlers'
import { type ExceptionClient, type ExceptionContext, type ExceptionResult, report } from './report'
import { addStep } from './steps'

/**
 * Options of `exceptions`. A number that is not within its bounds is not used, which the console is told once: what
 * held before stays, which is the default unless an earlier call has said something else.
 */
export interface ExceptionsOptions {
  /**
   * Whether uncaught errors are captured. Default `true`.
   *
   * @example
   * exceptions(outlast, { uncaughtErrors: false })
   */
  uncaughtErrors?: boolean | undefined
  /**
   * Whether rejections of promises that nothing handles are captured. Default `true`.
   *
   * @example
   * exceptions(outlast, { unhandledRejections: false })
   */
  unhandledRejections?: boolean | undefined
  /**
   * Whether what is written by `console.error` is captured. It is written all the same. Default `false`.
   *
   * @example
   * exceptions(outlast, { consoleErrors: true })
   */
  consoleErrors?: boolean | undefined
  /**
   * The share of exceptions to capture, or a function that gives it for one exception by type and message. An exception
   * that it leaves out is `sampled_out`. Where a function gives no number, the exception is captured; where it throws,
   * the exception is not, as `failed`. Default 1; 0 to 1.
   *
   * @example
   * exceptions(outlast, { sampleRate: ({ value }) => (value.startsWith('ResizeObserver loop') ? 0 : 1) })
   */
  sampleRate?: number | ((exception: { type: string; value: string }) => number) | undefined
  /**
   * How many exceptions of one kind (the same type, thrown at the same place) are captured at once; then it is one each
   * 10 s. What comes sooner is left out as `burst_limit`. A page has up to 100 kinds, and what comes beyond is one kind
   * together. Default 10; 0 (captures none) to 100.
   *
   * @example
   * exceptions(outlast, { burst: 3 })
   */
  burst?: number | undefined
  /**
   * How much is kept of the steps before an exception, in bytes of their JSON in UTF-8. The newest steps are kept, and
   * a step that is longer than all of it is not, which the console is told. Default 32,768; 0 (keeps none) to 524,288.
   *
   * @example
   * exceptions(outlast, { stepBytes: 8_192 })
   */
  stepBytes?: number | undefined
  /**
   * Whether uncaught errors of browser extensions are captured. Those that are not are left out as `extension`. Default
   * `false`.
   *
   * @example
   * exceptions(outlast, { extensions: true })
   */
  extensions?: boolean | undefined
}

/** What `exceptions` returns. */
export interface Exceptions {
  /**
   * Captures a `$exception` event for an error that the site has caught, or for another value that was thrown, as the
   * function `captureException` does with the client that `exceptions` was given. Never throws.
   *
   * @param properties the event's further properties. Default none
   * @param context how grave it is, and what has captured it. Default `{ level: 'error' }`
   * @returns whether the event went to `outlast.capture`, or why not
   * @example
   * const { captureException } = exceptions(outlast)
   * pay().catch((error) => captureException(error, { cart: 3 }))
   */
  captureException(error: unknown, properties?: PropertyBag, context?: ExceptionContext | undefined): ExceptionResult
  /**
   * Keeps what happened, in memory, for the exceptions that follow, as the function `addExceptionStep` does with the
   * client that `exceptions` was given. Never throws.
   *
   * @param message what happened, a non-empty string; any other value is not kept, which the console is told once
   * @param properties more of it. Default none
   * @example
   * const { addExceptionStep } = exceptions(outlast)
   * addExceptionStep('opened the cart', { items: 3 })
   */
  addExceptionStep(message: string, properties?: PropertyBag): void
  /**
   * Ends the capture of what the page tells of. `captureException` goes on working.
   *
   * @example
   * const { stop } = exceptions(outlast)
   * router.onLeave(stop)
   */
  stop(): void
}

/** The highest `burst`. */
const MAX_BURST = 100
/** The highest `stepBytes`: half a MiB, so that the steps leave room in an event of the default `maxEventBytes`. */
const MAX_ALL_STEP_BYTES = 524_288

/**
 * Captures a `$exception` event for each uncaught error and each unhandled rejection of the page from now on, once for
 * a client however often it is called. The latest options count. On a server and in a worker the page tells of nothing,
 * and `captureException` works all the same.
 *
 * @example
 * const { captureException } = exceptions(outlast, { consoleErrors: true })
 */
export function exceptions(client: ExceptionClient, options: ExceptionsOptions = {}): Exceptions {
  const {
    uncaughtErrors = true,
    unhandledRejections = true,
    consoleErrors = false,
  } = asRecord(options) as ExceptionsOptions
  applyOptions(stateOf(client), asRecord(options))
  const ends: (() => void)[] = []
  if (typeof document !== 'undefined') {
    if (uncaughtErrors) ends.push(listenTo('error', client, window))
    if (unhandledRejections) ends.push(listenTo('unhandledrejection', client, window))
    if (consoleErrors) ends.push(listenToConsole(client, window))
  }
  return {
    captureException: captureException.bind(undefined, client),
    addExceptionStep: addExceptionStep.bind(undefined, client),
    stop: () => {
      for (const end of ends) end()
    },
  }
}

/**
 * Captures a `$exception` event for an error that the site has caught, or for another value that was thrown. Never
 * throws.
 *
 * @param properties the event's further properties. Those that PostHog keeps for itself (`$exception_list`,
 *   `$exception_level` and so on) are left out, with a warning. Default none
 * @param context how grave it is, and what has captured it. Default `{ level: 'error' }`
 * @returns whether the event went to `outlast.capture`, or why not
 * @example
 * try {
 *   await pay()
 * } catch (error) {
 *   captureException(outlast, error, { cart: 3 })
 * }
 */
export function captureException(
  client: ExceptionClient,
  error: unknown,
  properties?: PropertyBag,
  context?: ExceptionContext | undefined,
): ExceptionResult {
  const here = callersStack(captureException)
  return report(client, { error, properties, context, here })
}

/**
 * Keeps what happened, in memory, for the exceptions that follow: the newest steps go with each as `$exception_steps`.
 * While the person refuses to be observed, nothing is kept. Never throws.
 *
 * @param message what happened, a non-empty string; any other value is not kept, which the console is told once
 * @param properties more of it. Default none
 * @example
 * addExceptionStep(outlast, 'opened the cart', { items: 3 })
 */
export function addExceptionStep(client: ExceptionClient, message: string, properties?: PropertyBag): void {
  const state = stateOf(client)
  try {
    if (client.isOptOut?.()) forgetSteps(state)
    else addStep(state.steps, { message, properties, now: Date.now() }, (text) => tellOnce(state, text))
  } catch (error) {
    tellOnce(state, `a step is not kept: ${show(error)}`)
  }
}

/** Options that are absent change nothing: `exceptions` may be called again for another part of a page. */
function applyOptions(state: ClientState, { sampleRate, burst, stepBytes, extensions }: ExceptionsOptions): void {
  if (typeof sampleRate === 'function' || isWithin(state, 'sampleRate', sampleRate, 1)) state.sampleRate = sampleRate
  if (extensions !== undefined) state.extensions = extensions
  if (isWithin(state, 'burst', burst, MAX_BURST)) state.limit.burst = burst
  if (isWithin(state, 'stepBytes', stepBytes, MAX_ALL_STEP_BYTES)) state.steps.maxBytes = stepBytes
}

function isWithin(state: ClientState, name: string, value: unknown, max: number): value is number {
  if (value === undefined) return false
  if (typeof value === 'number' && value >= 0 && value <= max) return true
  tellOnce(state, `${name} is from 0 to ${max}, not ${show(value)}`)
  return false
}
