/** Shows the library's side: the lanes, the counters and the queue's depth. */

import type { Outlast, Stats } from '../src/index'
import { createBoard } from './board'
import { createCounters, totalDropped } from './counters'
import { createDepthLog } from './depth'
import { feet } from './feet'
import { follow } from './follow'
import type { Journal } from './journal'
import { createLatest } from './latest'
import { createPlot } from './plot'

export interface QueueViewOptions {
  client: Outlast
  journal: Journal
  /** Whether the collector is broken just now. */
  broken(): boolean
  announce(text: string): void
  onStats(stats: Stats): void
}

/** ms */
const TICK = 80
const SAMPLE = 500

/** Returns the counters as last heard of. */
export function createQueueView({ client, journal, broken, announce, onStats }: QueueViewOptions): () => Stats {
  const board = createBoard()
  const showLatest = createLatest(journal)
  const showCounters = createCounters()
  const depth = createDepthLog()
  const drawPlot = createPlot()
  let stats: Stats = { accepted: 0, delivered: 0, pending: 0, dropped: {} }
  let heard = false

  const following = follow(client, journal, (next) => {
    if (heard) tellChange(stats, next, announce)
    heard = true
    stats = next
    showCounters(stats)
    onStats(stats)
  })

  setInterval(() => {
    if (journal.advance()) {
      board.draw(journal)
      showLatest()
    }
    board.foot(feet({ journal, stats, retry: following.retry(), now: Date.now() }, board.chips))
  }, TICK)

  setInterval(() => {
    if (!heard) return
    const now = Date.now()
    depth.add({ at: now, pending: stats.pending, broken: broken() })
    drawPlot(depth, now)
  }, SAMPLE)

  // Out of the back/forward cache, where no reports are heard.
  window.addEventListener('pageshow', ({ persisted }) => {
    if (!persisted) return
    journal.clear()
    following.refresh()
  })
  return () => stats
}

function tellChange(before: Stats, after: Stats, announce: (text: string) => void): void {
  const dropped = totalDropped(after) - totalDropped(before)
  if (dropped > 0) announce(`${dropped} dropped`)
  else if (before.pending > 0 && after.pending === 0)
    announce(`The queue is empty: ${after.delivered} delivered in all`)
}
