/** Writes events anew that the first code has made and no host has been given yet. */

import type { EventJson, WireFormat } from '../../core/event/event'
import type { Handover } from '../../core/queue/handover'
import type { Front } from '../first/front'

/**
 * @param rewrite gives an event's new text. Where that is `undefined`, or longer than an event may be, the event stays
 * as it is
 * @returns the handovers that were amended: what is on disk of them is to be written again
 */
export function amendOutbox(
  { outbox, setup: config }: Pick<Front, 'outbox' | 'setup'>,
  rewrite: (json: EventJson, format: WireFormat) => EventJson | undefined,
): Handover[] {
  const changed: Handover[] = []
  for (const run of [...outbox.unsent, ...outbox.unacknowledged]) {
    const events = run.events.map((json) => {
      const full = rewrite(json, run.format)
      if (full === undefined || full.length > config.maxEventBytes) return json
      outbox.size += full.length - json.length
      return full
    })
    if (events.every((json, index) => json === run.events[index])) continue
    run.events = events
    if ('seq' in run) changed.push(run as Handover)
  }
  return changed
}
