/** Exceptions of a page with the script tag: also those that came before this code did. */

import { exceptions } from '../../exceptions'
import { reportEvent } from '../../plugins/exceptions/handlers'
import type { Outlast } from '../types'
import { addMethods } from './add-methods'
import { knownWords } from './known-words'

// For posthog-js's names, which load this file too.
export { exceptions }

/** What happened before this code was there, and the anonymous id of the person to whom it happened. */
export type EarlyError = [event: Event, anonymousId: string]

/**
 * Captures what is in `early` of the present person, with the time at which it happened, and what is pushed to it from
 * now on. Gives the client `captureException` and `addExceptionStep`.
 *
 * @param asked the words of `data-exceptions`: `console` asks for what `console.error` writes, and `false` for nothing
 * at all
 */
export function startExceptions(client: Outlast, asked: readonly string[], early: EarlyError[]): void {
  // The listeners of the script tag are there already.
  const listened = { uncaughtErrors: false, unhandledRejections: false }
  const waiting = early.splice(0)
  const words = knownWords('data-exceptions', asked, ['console', 'false'])
  const isOff = words.includes('false')
  early.push = (...[known]) => {
    if (!isOff && known) reportEvent(client, known[0])
    return 0
  }
  if (isOff) return
  const { captureException, addExceptionStep } = exceptions(client, {
    ...listened,
    consoleErrors: words.includes('console'),
  })
  addMethods(client, { captureException, addExceptionStep })
  for (const [event, anonymousId] of waiting) {
    // An error of a person who was reset or erased since is not told of any other person.
    if (anonymousId !== client.getAnonymousId()) continue
    reportEvent(client, event, new Date(performance.timeOrigin + event.timeStamp))
  }
}
