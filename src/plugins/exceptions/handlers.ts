/**
 * The errors that a page itself tells of: uncaught ones, unhandled rejections, and what is written by `console.error`.
 */

import { isObject, show } from '../../core/base/values'
import { stateOf, tellOnce } from './client-state'
import { callersStack } from './exception-list'
import { type ExceptionClient, report } from './report'

export interface HandlerScope {
  addEventListener(type: string, listener: (event: Event) => void): void
  removeEventListener(type: string, listener: (event: Event) => void): void
  console: { error(...given: unknown[]): void }
}

/** All that a browser says of an error in a script of another origin that it may not tell of. */
const KEPT_SECRET = /^script error\.?$/i

/**
 * What the messages of outlast itself begin with: one about an exception that could not be captured is no exception.
 */
const OWN = '[outlast]'

/**
 * @param timestamp when it happened, if that was before this code was there
 */
export function reportEvent(client: ExceptionClient, event: Event, timestamp?: Date): void {
  const state = stateOf(client)
  // Each event once, however many handlers a page has for one client.
  if (state.seen.has(event)) return
  const isError = event.type === 'error'
  const { error, message, reason } = event as Partial<ErrorEvent & PromiseRejectionEvent>
  if (!error && KEPT_SECRET.test(message ?? ''))
    tellOnce(state, 'errors of other origins need crossorigin on script tags, and CORS')
  const thrown = error ?? reason
  report(client, {
    // The event has the place of an error that is no object.
    error: isObject(thrown) ? thrown : event,
    // A page goes on after an uncaught error, so the error is not fatal.
    context: {
      source: isError ? 'browser.window_onerror' : 'browser.unhandledrejection',
      mechanism: { type: isError ? 'onuncaughtexception' : 'onunhandledrejection', handled: false },
    },
    isAutomatic: true,
    timestamp,
  })
  state.seen.add(event)
}

/** @returns a function that ends the listening */
export function listenTo(
  type: 'error' | 'unhandledrejection',
  client: ExceptionClient,
  scope: HandlerScope,
): () => void {
  const listener = (event: Event) => reportEvent(client, event)
  scope.addEventListener(type, listener)
  return () => scope.removeEventListener(type, listener)
}

/**
 * @returns a function that ends the capture. What another script has put around `console.error` meanwhile stays, and
 * writes as before.
 */
export function listenToConsole(client: ExceptionClient, { console: page }: HandlerScope): () => void {
  const state = stateOf(client)
  const { error: write } = page
  let isOn = !state.hasConsole
  state.hasConsole = true
  function error(this: unknown, ...given: unknown[]): void {
    // A value may throw when it is looked at, such as a proxy that is revoked. It is written all the same.
    if (isOn) {
      try {
        reportWritten(client, given, callersStack(error))
      } catch (problem) {
        tellOnce(state, `an exception is not captured: ${show(problem)}`)
      }
    }
    write.apply(this, given)
  }
  if (isOn) page.error = error
  return () => {
    if (isOn) state.hasConsole = false
    isOn = false
    if (page.error === error) page.error = write
  }
}

function reportWritten(client: ExceptionClient, given: unknown[], here: string | undefined): void {
  const words = given.map((one) => (typeof one === 'string' ? one : show(one))).join(' ')
  if (words.startsWith(OWN)) return
  const thrown = given.find((one) => one instanceof Error)
  report(client, {
    error: thrown ?? words,
    here,
    context: { source: 'browser.console', mechanism: { type: 'onconsole', handled: true } },
    isAutomatic: true,
  })
}
