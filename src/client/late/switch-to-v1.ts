import { parseEvent, serializeEvent } from '../../core/event/codec'
import type { Capture } from '../first/capture'
import type { Outbox } from '../first/outbox'

/** Has new events made for v1, and converts those in the outbox, which were made for v0 until this code had loaded. */
export function switchToV1(capture: Capture, outbox: Outbox, token: string): void {
  capture.wire.format = 'v1'
  for (const run of [...outbox.unsent, ...outbox.unacknowledged]) {
    if (run.format !== 'v0') continue
    run.format = 'v1'
    run.events = run.events.map((json) => {
      const made = serializeEvent(parseEvent(json, 'v0'), 'v1', token)
      outbox.size += made.length - json.length
      return made
    })
  }
}
