/** Shows the collector's side: its fault panel, and what it has received. */

import { type CollectorStats, type Fault, readEvents, readStats, watchCollector } from './collector-api'
import { createFaultPanel } from './faults'
import type { Journal } from './journal'
import { createReceived } from './received'

export interface CollectorViewOptions {
  journal: Journal
  announce(text: string): void
}

export interface CollectorView {
  broken(): boolean
  /** As last heard of. */
  stats(): CollectorStats
}

export function createCollectorView({ journal, announce }: CollectorViewOptions): CollectorView {
  const faults = createFaultPanel()
  const received = createReceived()
  let stats: CollectorStats = { events: 0, copies: 0, duplicates: 0, requests: 0 }
  let fault: Fault | undefined

  async function count(): Promise<void> {
    stats = await readStats()
    received.totals(stats)
  }

  async function readAll(): Promise<void> {
    received.replace(await readEvents())
    await count()
  }

  const unreachable = () => {
    fault = undefined
    faults.unreachable()
    received.unreachable()
  }

  watchCollector({
    fault(next) {
      if (fault && fault.mode !== next.mode) announce(`Collector: ${next.mode}`)
      fault = next
      faults.show(next)
    },
    request: received.request,
    events(events) {
      // Events of earlier visits and of other tabs: only here is it said what they are called.
      for (const { uuid, event } of events) journal.name(uuid, event)
      received.add(events)
      count().catch(unreachable)
    },
    fresh: () => void readAll().catch(unreachable),
    lost: unreachable,
  })

  return { broken: () => fault?.mode !== 'ok', stats: () => stats }
}
