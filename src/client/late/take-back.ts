/** Puts events back in the outbox that a host in memory has not delivered: they are handed over to another host. */

import { uuidOf } from '../../core/event/event-json'
import type { PendingEvents } from '../../core/queue/pending-events'
import { cut, type Outbox, putIn } from '../first/outbox'

/** An event that the outbox still has is not put in twice: the host may have taken it and not answered yet. */
export function takeBack(outbox: Outbox, pending: PendingEvents[]): void {
  // Each run keeps the time of its own capture, by which a choice of the person is judged.
  cut(outbox)
  const here = new Set([...outbox.unacknowledged].flatMap(({ events }) => events.map(uuidOf)))
  for (const { lane, format, capturedAt, skew, events } of pending) {
    for (const json of events) if (!here.has(uuidOf(json))) putIn(outbox, lane, format, json, capturedAt, skew)
    cut(outbox)
  }
}
