/** Notes how things stood when the page is left, and tells on return what happened since. */

import type { Outlast, Stats } from '../src/index'
import { absence, noteDeparture, takeDeparture } from './away'
import { type CollectorStats, readRequests, readStats } from './collector-api'
import { totalDropped } from './counters'
import type { Journal } from './journal'
import { createStory } from './story'

export interface VisitsOptions {
  client: Outlast
  journal: Journal
  stats(): Stats
  collector(): CollectorStats
}

/** Returns what is to be called with the counters whenever they change. */
export function createVisits({ client, journal, stats, collector }: VisitsOptions): (stats: Stats) => void {
  const story = createStory()

  let leaving = false

  function leave(): void {
    leaving = true
    const { delivered, pending } = stats()
    const { events, duplicates } = collector()
    // What was captured in this very task, web vitals above all, is not in the counters yet.
    const undelivered = pending + journal.pending().uncommitted
    const dropped = totalDropped(stats())
    noteDeparture({ leftAt: Date.now(), pending: undelivered, delivered, dropped, events, duplicates })
  }

  async function comeBack(): Promise<void> {
    leaving = false
    const departure = takeDeparture()
    if (!departure) return
    const at = Date.now()
    const counts = await client.stats()
    // This page's own first events are not what was left behind.
    const pending = Math.max(0, counts.pending - journal.pending().own)
    const [now, requests] = await Promise.all([readStats(), readRequests()])
    const { delivered } = counts
    const found = absence(departure, {
      at,
      pending,
      delivered,
      dropped: totalDropped(counts),
      collector: now,
      requests,
    })
    if (found) story.tell(found)
  }

  window.addEventListener('pagehide', leave)
  // Comes last, and brings the last web vitals.
  window.addEventListener('visibilitychange', () => leaving && document.visibilityState === 'hidden' && leave())
  window.addEventListener('pageshow', ({ persisted }) => persisted && void comeBack().catch(() => undefined))
  void comeBack().catch(() => undefined)

  return ({ pending }) => {
    if (pending === 0) story.settled(Date.now())
  }
}
