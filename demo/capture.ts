/** Captures through the library, and notes each event as captured before the library says a word about it. */

import { newId } from '../src/adapters/new-id'
import type { CaptureOptions, Outlast, PropertyBag } from '../src/index'
import type { Journal } from './journal'

export type Capture = (event: string, properties?: PropertyBag, options?: CaptureOptions) => void

export function createCapture(client: Outlast, journal: Journal): Capture {
  return (event, properties, options) => {
    const uuid = options?.uuid ?? newId()
    journal.name(uuid, event)
    journal.move([uuid], 'captured')
    client.capture(event, properties, { ...options, uuid })
  }
}
