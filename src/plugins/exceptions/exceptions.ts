/** Exceptions as events of PostHog's error tracking: what a site hands over, and what the page itself tells of. */

import { asRecord, show } from '../../core/base/values'
import { isBot } from '../is-bot'
import { type ClientState, type ExceptionDrop, stateOf, tellOnce } from './client-state'
import { callersStack } from './exception-list'
import { listenToConsole, listenToErrors } from './handlers'
import { type ExceptionClient, type ExceptionContext, type ExceptionResult, report } from './report'
import { addStep, trimSteps } from './steps'

/** Options of `exceptions`. An unusable value becomes the default, with a warning. */
export interface ExceptionsOptions {
  /** Whether uncaught errors are captured. Default `true`. */
  uncaughtErrors?: boolean | undefined
  /** Whether rejections of promises that nothing handles are captured. Default `true`. */
  unhandledRejections?: boolean | undefined
  /** Whether what is written by `console.error` is captured. Default `false`. */
  consoleErrors?: boolean | undefined
  /**
   * The share of exceptions to capture, from 0 to 1, or a function that gives it for one exception. Default 1.
   *
   * @example
   * exceptions(outlast, { sampleRate: ({ value }) => (value.startsWith('ResizeObserver loop') ? 0 : 1) })
   */
  sampleRate?: number | ((exception: { type: string; value: string }) => number) | undefined
  /**
   * How many exceptions of one kind (the same type, thrown at the same place) are captured at once; then it is one each 10 s. Of
   * all kinds together it is ten times as many. Default 10; 1 to 100.
   */
  burst?: number | undefined
  /** How much is kept of the steps before an exception, in bytes of JSON. 0 keeps none. Default 32,768. */
  stepBytes?: number | undefined
  /** Whether uncaught errors of browser extensions are captured. Default `false`. */
  extensions?: boolean | undefined
  /**
   * `true` captures what the page tells of where a bot looks at it too: a known crawler, or a browser that is automated
   * (`navigator.webdriver`). A list has more words of user agents that are bots. Default `false`.
   */
  bots?: boolean | readonly string[] | undefined
  /** Told of each exception that is not captured, with the reason. Default none. */
  onDrop?: ((drop: ExceptionDrop) => void) | undefined
}

/** What `exceptions` returns. */
export interface Exceptions {
  /** As the function of this name, of this client. */
  captureException(
    error: unknown,
    properties?: Record<string, unknown>,
    context?: ExceptionContext | undefined,
  ): ExceptionResult
  /** As the function of this name, of this client. */
  addExceptionStep(message: string, properties?: Record<string, unknown>): void
  /** Ends the capture of what the page tells of. `captureException` goes on working. */
  stop(): void
}

/** The highest `burst`. */
const MAX_BURST = 100
/** The highest `stepBytes`: half of what an event may be by default. */
const MAX_ALL_STEP_BYTES = 524_288

/**
 * Captures a `$exception` event for each uncaught error and each unhandled rejection of the page from now on, once for a
 * client however often it is called. The latest options count. On a server and in a worker the page tells of nothing, and
 * `captureException` works all the same.
 *
 * @example
 * const { captureException } = exceptions(outlast, { consoleErrors: true })
 */
export function exceptions(client: ExceptionClient, options: ExceptionsOptions = {}): Exceptions {
  const {
    uncaughtErrors = true,
    unhandledRejections = true,
    consoleErrors = false,
    bots = false,
  } = asRecord(options) as ExceptionsOptions
  applyOptions(stateOf(client.capture), options)
  const ends: (() => void)[] = []
  if (typeof document !== 'undefined' && !isBot(bots)) {
    ends.push(
      listenToErrors(client, window, [
        ...(uncaughtErrors ? (['error'] as const) : []),
        ...(unhandledRejections ? (['unhandledrejection'] as const) : []),
      ]),
    )
    if (consoleErrors) ends.push(listenToConsole(client, window))
  }
  const own: Exceptions = {
    captureException: (error, properties, context) =>
      report(client, { error, properties, context, here: callersStack(own.captureException) }),
    addExceptionStep: (message, properties) => addExceptionStep(client, message, properties),
    stop: () => {
      for (const end of ends.splice(0)) end()
    },
  }
  return own
}

/**
 * Captures a `$exception` event for an error that the site has caught, or for whatever else was thrown. Never throws.
 *
 * @param properties the event's further properties. Those that PostHog keeps for itself (`$exception_list`,
 *   `$exception_level` and so on) are left out, with a warning
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
  properties?: Record<string, unknown>,
  context?: ExceptionContext | undefined,
): ExceptionResult {
  const here = callersStack(captureException)
  return report(client, { error, properties, context, here })
}

/**
 * Keeps what happened, in memory, for the exceptions that follow: the newest steps go with each as `$exception_steps`. While the
 * person refuses to be observed, nothing is kept. Never throws.
 *
 * @param message what happened, a non-empty string
 * @param properties more of it. Default none
 * @example
 * addExceptionStep(outlast, 'opened the cart', { items: 3 })
 */
export function addExceptionStep(client: ExceptionClient, message: string, properties?: Record<string, unknown>): void {
  const state = stateOf(client.capture)
  try {
    if (client.isOptOut?.()) state.steps.list.length = 0
    else
      addStep(state.steps, { message, properties, now: Date.now() }, (kind, text) =>
        tellOnce(state, `step ${kind}`, text),
      )
  } catch (error) {
    tellOnce(state, 'step', `a step could not be kept: ${show(error)}`)
  }
}

/** Options that are absent change nothing: `exceptions` may be called again for another part of a page. */
export function applyOptions(state: ClientState, options: ExceptionsOptions): void {
  const { sampleRate, burst, stepBytes, extensions, onDrop } = asRecord(options) as ExceptionsOptions
  if (sampleRate !== undefined) state.sampleRate = sampleRate
  if (extensions !== undefined) state.extensions = extensions
  if (typeof onDrop === 'function') state.onDrop = onDrop
  if (isWithin(state, 'burst', burst, 1, MAX_BURST)) state.limit.burst = burst
  if (isWithin(state, 'stepBytes', stepBytes, 0, MAX_ALL_STEP_BYTES)) {
    state.steps.maxBytes = stepBytes
    trimSteps(state.steps)
  }
}

function isWithin(state: ClientState, name: string, value: unknown, min: number, max: number): value is number {
  if (value === undefined) return false
  if (typeof value === 'number' && value >= min && value <= max) return true
  tellOnce(state, name, `exceptions: ${name} is a number from ${min} to ${max}, got ${show(value)}`)
  return false
}
