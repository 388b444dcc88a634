import { type OutlastEvent, type Properties, serializeForV0 } from '../../core/event/event'
import type { Arguments } from '../first/capture'
import type { Front } from '../first/front'

/**
 * Changes the events that the first code has made, before the client begins: no storage and no host has been given them
 * yet.
 *
 * @param change gives the changed event, or the same one. It is called with the event as it was written too, because
 * the page may have changed its objects since. `isTooLong`: what it gave before is longer than an event may be
 */
export function rewriteEarly(
  { capture, outbox, setup }: Pick<Front, 'capture' | 'outbox' | 'setup'>,
  change: (event: OutlastEvent, isTooLong: boolean, given: Arguments) => OutlastEvent,
): void {
  for (const made of capture.early ?? []) {
    const written: { properties: Properties } = JSON.parse(made.json)
    const serialized = (isTooLong: boolean) =>
      serializeForV0(
        change({ ...made.event, properties: written.properties }, isTooLong, made.given),
        setup.apiKey,
        setup.mask,
      )
    const isTooLong = serialized(false).length > setup.maxEventBytes
    const json = serialized(isTooLong)
    for (const run of [...outbox.unsent, ...outbox.unacknowledged]) {
      const at = run.events.indexOf(made.json)
      if (at < 0) continue
      run.events[at] = json
      outbox.size += json.length - made.json.length
    }
    const { properties: madeWith } = made.event
    // A `madeWith` of an earlier change stays: plugins know the event by the properties that it was made with at first.
    Object.assign(made, { madeWith, ...made, event: change(made.event, isTooLong, made.given), json })
  }
}
