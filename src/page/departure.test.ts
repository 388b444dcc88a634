import { beforeEach, expect, test, vi } from 'vitest'
import type { Front } from '../client/front'
import { newOutbox } from '../client/outbox'
import type { Handover } from '../core/handover'
import { eventsFrom, handoverOf } from '../core/testing/fixtures'
import { createDeparture } from './departure'
import { readSpills } from './spilled'

const sendBeacon = vi.fn()

beforeEach(() => {
  sendBeacon.mockReset().mockReturnValue(true)
  const storage: Record<string, string> & Partial<Storage> = Object.create({
    getItem: (key: string) => storage[key] ?? null,
    setItem(key: string, value: string) {
      storage[key] = value
    },
    removeItem: (key: string) => delete storage[key],
  })
  vi.stubGlobal('window', { localStorage: storage })
  vi.stubGlobal('navigator', { onLine: true, sendBeacon })
})

/** A page with an active worker that has answered everything so far, but for these handovers. */
function departureOf(open: Handover[]) {
  vi.stubGlobal('addEventListener', () => undefined)
  vi.stubGlobal('document', { addEventListener: () => undefined })
  const outbox = { ...newOutbox('this page'), open: new Set(open) }
  const departure = createDeparture(
    { config: { apiKey: 'k', host: 'https://h', now: Date.now, wall: Date.now }, outbox } as unknown as Front,
    'queue',
    true,
  )
  departure.host = { leave: vi.fn(), holdsAll: () => true, forV0: (json) => json, letGo: vi.fn() }
  return departure
}

test('P5: what a worker has not committed is written down, for it may be ended with the message in its hands', () => {
  const open = [handoverOf(1, eventsFrom(1, 2), { producer: 'this page' })]
  const departure = departureOf(open)
  departure.leaving()
  expect(readSpills('queue')).toEqual(open)
  expect(departure.isSpilled).toBe(true)
  // The worker is likely to have it, and a beacon would be a second delivery.
  expect(sendBeacon).not.toHaveBeenCalled()
})

test('P5: before there is a host, it is written down and sent as a beacon', () => {
  const departure = departureOf([handoverOf(1, eventsFrom(1, 2), { producer: 'this page' })])
  departure.host = undefined
  departure.leaving()
  departure.leaving()
  expect(readSpills('queue')).toHaveLength(1)
  expect(sendBeacon).toHaveBeenCalledTimes(1)
})

test('P9: a page whose events are all committed writes nothing when it is left', () => {
  const departure = departureOf([])
  departure.leaving()
  expect(readSpills('queue')).toEqual([])
  expect(departure.isSpilled).toBe(false)
})
