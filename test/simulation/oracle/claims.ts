/** Which events a sender takes for a request, by what a transaction says of batches. */

import { uuidOf } from '../../../src/core/event/event-json'
import type { BatchRecord } from '../../../src/core/queue/records'
import type { Change } from '../disk'

export class Claims {
  /** The uuids of each batch, by its place on disk. */
  private readonly bodies = new Map<string, string[]>()

  /** The uuids of what a transaction has claimed. */
  claimed(changes: Change[]): string[] {
    const leased: string[] = []
    for (const { table, key, before, after } of changes) {
      const place = key.join(' ')
      if (table === 'bodies' && after === undefined) this.bodies.delete(place)
      else if (table === 'bodies') this.bodies.set(place, (after as { events: string[] }).events.map(uuidOf))
      else if (table === 'batches' && isNew(before as BatchRecord | undefined, after as BatchRecord | undefined)) {
        leased.push(place)
      }
    }
    return leased.flatMap((place) => this.bodies.get(place) ?? [])
  }
}

const isNew = (before: BatchRecord | undefined, after: BatchRecord | undefined): boolean =>
  after?.lease !== undefined && (after.lease.sender !== before?.lease?.sender || after.lease.at !== before.lease.at)
