/** Exceptions of a page with the script tag: also those that came before this code did. */

import { exceptions } from '../../exceptions'
import { reportEvent } from '../../plugins/exceptions/handlers'
import type { Outlast } from '../types'
import { addMethods } from './add-methods'

// Of posthog-js's names, which load the same file.
export { exceptions }

/**
 * Captures what is in `early`, with the time at which it happened, and what is pushed to it from now on. Gives the client
 * `captureException` and `addExceptionStep`.
 *
 * @param asked the words of `data-exceptions`: `console` asks for what `console.error` writes, and `false` for nothing at all
 */
export function startExceptions(client: Outlast, asked: readonly string[], early: Event[]): void {
  // The listeners of the script tag are there already.
  const listened = { uncaughtErrors: false, unhandledRejections: false }
  const waiting = early.splice(0)
  const words = asked.map((word) => word.trim())
  const isOff = words.includes('false')
  early.push = (event) => {
    if (!isOff) reportEvent(client, event)
    return 0
  }
  if (isOff) return
  const { captureException, addExceptionStep } = exceptions(client, {
    ...listened,
    consoleErrors: words.includes('console'),
  })
  addMethods(client, { captureException, addExceptionStep })
  for (const event of waiting) reportEvent(client, event, new Date(performance.timeOrigin + event.timeStamp))
}
