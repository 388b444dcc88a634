/** What stands below each lane: the events that have no chip there, and what the queue waits for. */

import type { Stats } from '../src/index'
import { totalDropped } from './counters'
import type { Retry } from './follow'
import type { Journal, Stage } from './journal'

export interface FeetContext {
  journal: Journal
  stats: Stats
  retry: Retry | undefined
  /** In ms, on the wall clock. */
  now: number
}

/** @param chips how many chips a lane shows */
export function feet(
  { journal, stats, retry, now }: FeetContext,
  chips: (stage: Stage) => number,
): Record<Stage, string> {
  const without = (stage: Stage) => journal.lane(stage).length - chips(stage)
  // Events of other tabs and earlier visits have no chip until the library reports on them.
  const unknown = Math.max(0, stats.pending - journal.pending().all)
  const waiting = retry && retry.at > now ? `next try in ${Math.ceil((retry.at - now) / 1_000)} s` : ''
  return {
    captured: more(without('captured'), 'more'),
    queued: [more(without('queued') + unknown, 'more'), waiting].filter(Boolean).join(', '),
    sending: [more(without('sending'), 'more'), retry ? `last: ${short(retry.cause)}` : ''].filter(Boolean).join(', '),
    delivered: more(stats.delivered - chips('delivered'), 'earlier'),
    dropped: totalDropped(stats) === 0 ? '' : reasons(stats),
  }
}

const more = (number: number, word: string) => (number > 0 ? `+${number.toLocaleString('en')} ${word}` : '')

/** `unreachable: Failed to fetch` says no more than its first word. */
const short = (cause: string) => cause.split(':', 1)[0]?.replace('status ', '') ?? cause

function reasons({ dropped }: Stats): string {
  const sorted = Object.entries(dropped).sort(([, a], [, b]) => b - a)
  return sorted.map(([reason, number]) => `${number.toLocaleString('en')} ${reason}`).join(', ')
}
