/** A client whose parts are all loaded from the start, for Node. A page loads the delivery late. */

import type { Capture } from '../first/capture'
import type { Emitter } from '../first/emitter'
import { type Asking, unanswered } from '../first/unanswered'
import type { CommonClient, OutlastEvents } from '../types'
import type { Delivery } from './delivery'

export function createClient(
  { methods }: Capture,
  {
    // Here no person is known, so each question about flags names the person and the properties.
    setPersonPropertiesForFlags: _person,
    resetPersonPropertiesForFlags: _noPerson,
    setGroupPropertiesForFlags: _groups,
    resetGroupPropertiesForFlags: _noGroups,
    ...asking
  }: Delivery,
  { on }: Emitter<OutlastEvents>,
): CommonClient {
  return { ...methods, on, ...asking }
}

/** The client for a caller that gave no API key. It does nothing, as docs/protocol.md §1.1 promises. */
export function disabledClient(): CommonClient {
  const nothing = () => undefined
  const none = () => 0
  const answers = Object.entries(unanswered(none, none)).map(
    ([name, answer]) => [name, async (...given: never[]) => answer(...given)] as const,
  )
  return {
    ...(Object.fromEntries(answers) as unknown as Asking),
    capture: nothing,
    captureBatch: nothing,
    captureAi: nothing,
    enqueue: nothing,
    onFeatureFlags: () => nothing,
    on: () => nothing,
    ready: Promise.resolve({ host: 'memory', storage: 'memory' }),
  }
}
