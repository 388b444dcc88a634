/**
 * A month on a virtual clock: one tab that stays open, and visitors who come and go beside it on the same device, over the
 * real client and host with a database in memory.
 */

import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { memoryDatabase } from '../../src/adapters/memory-database'
import type { Table } from '../../src/core/base/ports'
import { type World, world } from '../../test/support/client/world'
import { UNREACHABLE } from '../../test/support/core/fake-endpoint'
import type { Measure, Reading, Soak } from './growth'

const COUNT_SLACK = { share: 0, least: 2 }

export const MONTH: Record<string, Measure> = {
  heap: { name: 'heap of all', unit: 'kB', slack: { share: 0.05, least: 200 } },
  rows: { name: 'rows in the database', unit: '', slack: COUNT_SLACK },
  stored: { name: 'database as JSON', unit: 'kB', slack: { share: 0.02, least: 1 } },
  kept: { name: 'localStorage', unit: 'kB', slack: { share: 0.02, least: 0.2 } },
  keys: { name: 'keys in localStorage', unit: '', slack: COUNT_SLACK },
  timers: { name: 'timers', unit: '', slack: COUNT_SLACK },
}

const TABLES: Table[] = ['queues', 'producers', 'chunks', 'batches', 'bodies', 'schedule', 'aside', 'journal', 'rules']
const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
/** A queue remembers for a week which pages have handed over what, so that nothing is taken twice. */
const WARM_UP_DAYS = 8
const VISIT_EVENTS = 5
/** The hours of a day in which the endpoint fails, and how. */
const FAILING: Record<number, World['endpoint']['answer']> = {
  3: () => ({ status: 503 }),
  9: () => UNREACHABLE,
  15: () => ({ status: 429, retryAfter: '600' }),
  // Taken, and the answer never arrives.
  20: (_, count) => (count % 2 ? { kind: 'lost' } : { status: 200 }),
}

/** @param eventsPerHour of the tab that stays open */
export async function soakMonth(days: number, eventsPerHour: number, progress: (line: string) => void): Promise<Soak> {
  const tab = world({ database: Object.assign(memoryDatabase(), { durable: true }) })
  const { endpoint, clock } = tab
  const readings: Reading[] = []
  const counts = { captured: 0, delivered: 0, duplicates: 0 }
  const capture = ({ client }: World, name: string) => {
    counts.captured += 1
    client.capture(name, { path: `/products/${counts.captured % 97}`, price: counts.captured % 1_000 })
  }
  for (let day = 1; day <= days; day++) {
    for (let hour = 0; hour < 24; hour++) {
      endpoint.answer = FAILING[hour] ?? (() => ({ status: 200 }))
      for (let event = 0; event < eventsPerHour; event++) {
        capture(tab, 'looked')
        await clock.advance(HOUR_MS / eventsPerHour)
      }
      const visitor = tab.restart()
      visitor.client.register({ plan: 'free', day })
      for (let event = 0; event < VISIT_EVENTS; event++) capture(visitor, 'bought')
      await clock.advance(MINUTE_MS)
      visitor.leave()
      await Promise.all([visitor.client.shutdown(MINUTE_MS), clock.advance(2 * MINUTE_MS)])
    }
    // Another person each day, who is known by name and belongs to a group.
    tab.client.reset()
    tab.client.identify(`visitor ${day}`, { day })
    tab.client.group('company', `company ${day}`)
    counts.captured += 2
    endpoint.answer = () => ({ status: 200 })
    await clock.advance(HOUR_MS)
    // Nothing of a day is under way any more after an hour in which the endpoint takes events.
    counts.delivered += endpoint.taken.size
    counts.duplicates += [...endpoint.taken.values()].reduce((sum, times) => sum + times - 1, 0)
    tab.forget()
    const figures = await read(tab)
    readings.push({ at: day, figures })
    progress(`month: day ${day} ${JSON.stringify(figures)}`)
  }
  return {
    ...counts,
    date: new Date().toISOString().slice(0, 10),
    what: `${days} days on a virtual clock, in each of which the endpoint fails for four hours: a tab that stays open, and 24 visits beside it.`,
    warmUp: WARM_UP_DAYS,
    readings,
  }
}

async function read(tab: World): Promise<Record<string, number>> {
  const tables = await Promise.all(TABLES.map((name) => tab.rows(name)))
  const rows = tables.flat()
  const kept = [...tab.kept]
  return {
    heap: kB(heapInUse()),
    rows: rows.length,
    stored: kB(JSON.stringify(rows, (_, value) => (value instanceof Uint8Array ? value.length : value)).length),
    kept: kB(kept.reduce((sum, pair) => sum + pair.join('').length, 0)),
    keys: kept.length,
    timers: tab.clock.armed,
  }
}

const kB = (bytes: number) => Math.round(bytes / 100) / 10

function heapInUse(): number {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  collect()
  collect()
  return process.memoryUsage().heapUsed
}
