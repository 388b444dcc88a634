/** Captures through the library, and notes each event as captured before the library says a word about it. */

import { uuidv7 } from 'uuidv7'
import type { Outlast, Properties } from '../src/index'
import type { Journal } from './journal'

export type Capture = (event: string, properties?: Properties) => void

export function createCapture(client: Outlast, journal: Journal): Capture {
  let current = ''
  // An event that is not even made into one is dropped during its capture, and has no id that could be told.
  client.on('drop', ({ uuids, reason }) => {
    if (uuids.length === 0 && current) journal.move([current], 'dropped', reason)
  })
  return (event, properties) => {
    current = uuidv7()
    journal.name(current, event)
    journal.move([current], 'captured')
    client.capture(event, properties, { uuid: current })
    current = ''
  }
}
