import { beforeEach, expect, test, vi } from 'vitest'
import type { Channel, Link } from '../client/link'
import type { Handover } from '../core/queue-append'
import { eventsFrom, handoverOf } from '../core/testing/fixtures'
import type { PageConnect } from './connect'
import { createDeparture } from './departure'
import { readSpills } from './spill'

const sendBeacon = vi.fn()

beforeEach(() => {
  sendBeacon.mockReset()
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
  const link: Partial<Link> = {
    channel: { host: 'worker', storage: 'indexeddb' } as Channel,
    answered: () => true,
    open: () => open,
    leave: vi.fn(),
    back: vi.fn(),
  }
  const connect: Partial<PageConnect> = { inPage: () => undefined, compressNow: () => undefined }
  return createDeparture({
    link: link as Link,
    connect: connect as PageConnect,
    config: {} as never,
    queue: 'queue',
    durable: true,
    adopted: new Set(),
    now: Date.now,
  })
}

test('P5: what a worker has not committed is written down, for it may be ended with the message in its hands', () => {
  const open = [handoverOf(1, eventsFrom(1, 2), { producer: 'this page' })]
  const departure = departureOf(open)
  departure.leaving()
  expect(readSpills('queue')).toEqual(open)
  // The worker is likely to have it, and a beacon would be a second delivery.
  expect(sendBeacon).not.toHaveBeenCalled()
  departure.back()
  expect(readSpills('queue')).toEqual([])
})

test('P9: a page whose events are all committed writes nothing when it is left', () => {
  const departure = departureOf([])
  departure.leaving()
  expect(readSpills('queue')).toEqual([])
})
