/** Reports events that were dropped, with words for each reason. */

import type { Reporter } from '../base/ports'
import type { DropReason } from '../base/reports'
import { uuidOf } from '../event/event-json'
import type { DropGroup } from '../queue/settlement'

const DETAILS: Partial<Record<DropReason, string>> = {
  queue_full: 'maxQueueSize or maxQueueBytes was reached',
  too_large: 'longer than maxEventBytes',
}

/** The words for a drop of which the reason alone is known. */
export const detailOf = (reason: DropReason): string => DETAILS[reason] ?? reason

export function reportDrops(report: Reporter, drops: readonly DropGroup[]): void {
  for (const { events, uuids = events.map(uuidOf), count = uuids.length, reason, detail, status } of drops) {
    const base = { type: 'drop', uuids, count, reason, detail: detail === reason ? detailOf(reason) : detail } as const
    report(status === undefined ? base : { ...base, status })
  }
}
