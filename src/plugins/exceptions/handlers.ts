/** The errors that a page itself tells of: uncaught ones, unhandled rejections, and what is written by `console.error`. */

import { isObject, show } from '../../core/base/values'
import { type ClientState, stateOf, tellOnce } from './client-state'
import { callersStack, type Mechanism } from './exception-list'
import { type ExceptionClient, type ReportPorts, report } from './report'

export interface HandlerScope {
  addEventListener(type: string, listener: (event: Event) => void): void
  removeEventListener(type: string, listener: (event: Event) => void): void
  console: { error(...given: unknown[]): void }
}

/** The page's events, and what each is in an exception. */
const EVENTS = {
  error: { type: 'onuncaughtexception', source: 'browser.window_onerror' },
  unhandledrejection: { type: 'onunhandledrejection', source: 'browser.unhandledrejection' },
} as const

/** A page goes on after each of these, so none of them is fatal. */
const UNHANDLED: Mechanism = { handled: false }

/** All that a browser says of an error in a script of another origin that it may not tell of. */
const KEPT_SECRET = /^script error\.?$/i

/** What outlast itself writes: of an exception that could not be captured, say, which is not another one. */
const OWN = '[outlast]'

/**
 * @param timestamp when it happened, if that was before this code was there
 */
export function reportEvent(client: ExceptionClient, event: Event, timestamp?: Date, ports?: ReportPorts): void {
  const state = stateOf(client.capture)
  // Each event once, however many handlers a page has for one client.
  if (state.captured.has(event)) return
  state.captured.add(event)
  const known = EVENTS[event.type as keyof typeof EVENTS]
  if (!known) return
  const { error, message, reason } = event as Partial<ErrorEvent> & Partial<PromiseRejectionEvent>
  tellOfSecret(state, error, message)
  const thrown = error ?? reason
  report(
    client,
    {
      // The event has the place of an error that is no object.
      error: isObject(thrown) ? thrown : event,
      context: { source: known.source, mechanism: { type: known.type, ...UNHANDLED } },
      isAutomatic: true,
      timestamp,
    },
    ports,
  )
}

function tellOfSecret(state: ClientState, error: unknown, message: unknown): void {
  if (error || typeof message !== 'string' || !KEPT_SECRET.test(message)) return
  const remedy = 'give its script tag crossorigin="anonymous", and have its server allow this origin (CORS)'
  tellOnce(state, 'script error', `the browser keeps an error of a script from another origin to itself: ${remedy}`)
}

/** @returns ends it */
export function listenToErrors(
  client: ExceptionClient,
  scope: HandlerScope,
  wanted: readonly (keyof typeof EVENTS)[],
): () => void {
  const listener = (event: Event) => reportEvent(client, event)
  for (const type of wanted) scope.addEventListener(type, listener)
  return () => {
    for (const type of wanted) scope.removeEventListener(type, listener)
  }
}

/** @returns ends it. What another script has put around it meanwhile stays, and writes as before. */
export function listenToConsole(
  client: ExceptionClient,
  { console: page }: HandlerScope,
  ports?: ReportPorts,
): () => void {
  const state = stateOf(client.capture)
  const { error: write } = page
  let isOn = true
  function error(this: unknown, ...given: unknown[]): void {
    // One that wraps another, and what is written while an exception is captured, are of the same call.
    if (!isOn || state.isInConsole) return write.apply(this, given)
    state.isInConsole = true
    try {
      reportWritten(client, given, callersStack(error), ports)
      write.apply(this, given)
    } finally {
      state.isInConsole = false
    }
  }
  page.error = error
  return () => {
    isOn = false
    if (page.error === error) page.error = write
  }
}

function reportWritten(client: ExceptionClient, given: unknown[], here: string | undefined, ports?: ReportPorts): void {
  const [first] = given
  if (typeof first === 'string' && first.startsWith(OWN)) return
  const thrown = given.find((one) => one instanceof Error)
  const words = given.map((one) => (typeof one === 'string' ? one : show(one))).join(' ')
  report(
    client,
    {
      error: thrown ?? words,
      here,
      context: { source: 'browser.console', mechanism: { type: 'onconsole', handled: true } },
      isAutomatic: true,
    },
    ports,
  )
}
