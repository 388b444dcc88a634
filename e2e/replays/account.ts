/** The account of what a story captured, and of what has arrived of it. */

import { randomUUID } from 'node:crypto'
import type { Arrived, Destination } from './destination'

export function createAccount(collector: Destination) {
  const captured: string[] = []
  let startedAt = 0

  /** For events of which it is not known yet whether they will be captured. */
  const spareUuids = (count: number) => {
    if (startedAt === 0) startedAt = Date.now()
    return Array.from({ length: count }, () => randomUUID())
  }

  const newUuids = (count: number) => {
    const uuids = spareUuids(count)
    captured.push(...uuids)
    return uuids
  }

  async function missing() {
    const received = await collector.uuids()
    return captured.filter((uuid) => received[uuid] === undefined)
  }

  return {
    captured,
    newUuids,
    spareUuids,
    missing,

    async account() {
      const received = await collector.uuids()
      const lost = await missing()
      const { altered, requests } = await collector.stats()
      const times = (await allEvents(collector)).map(({ received_at }) => Date.parse(String(received_at)))
      return {
        captured: captured.length,
        delivered: captured.length - lost.length,
        duplicates: captured.reduce((sum, uuid) => sum + Math.max(0, (received[uuid] ?? 0) - 1), 0),
        missing: lost.length,
        altered,
        requests,
        lastDeliveryMs: times.length > 0 ? Math.max(...times) - startedAt : null,
      }
    },
  }
}

async function allEvents(collector: Destination) {
  const all: Arrived[] = []
  for (let after = 0; ; ) {
    const page = await collector.events({ after, limit: 1000 })
    all.push(...page)
    const last = page.at(-1)
    if (!last || page.length < 1000) return all
    after = last.seq
  }
}
