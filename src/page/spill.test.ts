import { beforeEach, expect, test, vi } from 'vitest'
import { eventsFrom, handoverOf } from '../core/testing/fixtures'
import { spill } from './spill'
import { forgetSpilled, readSpills } from './spilled'

beforeEach(() => {
  const storage: Record<string, string> & Partial<Storage> = Object.create({
    getItem: (key: string) => storage[key] ?? null,
    setItem(key: string, value: string) {
      storage[key] = value
    },
    removeItem: (key: string) => delete storage[key],
  })
  vi.stubGlobal('window', { localStorage: storage })
})

test('P5: what a page adopted and what it captured itself outlast it side by side', () => {
  const adopted = handoverOf(1, eventsFrom(1, 2), { producer: 'earlier page' })
  const own = handoverOf(1, eventsFrom(3, 2), { producer: 'this page' })
  expect(spill('queue', [adopted, own])).toBe(4)
  expect(readSpills('queue')).toEqual([adopted, own])
  // The same sequence number of another producer is another handover.
  forgetSpilled('queue', adopted)
  expect(readSpills('queue')).toEqual([own])
  forgetSpilled('queue', own)
  expect(readSpills('queue')).toEqual([])
})

const entries = () => window.localStorage as unknown as Record<string, string>
const KEY = 'outlast:queue:spill:'

test('P11: a damaged entry stops no other, and what a later version left is left to it', () => {
  const good = handoverOf(1, eventsFrom(1, 2), { producer: 'good' })
  const [json = ''] = eventsFrom(9, 1)
  const cut = {
    ...handoverOf(2, eventsFrom(3, 1), { producer: 'good' }),
    events: [json.slice(0, json.indexOf('}') + 1)],
  }
  entries()[`${KEY}good`] = JSON.stringify({ v: 1, handovers: [cut, good] })
  entries()[`${KEY}cut`] = '{"v":1,"handovers":[{"producer":"cut"'
  entries()[`${KEY}later`] = '{"v":2}'
  expect(readSpills('queue')).toEqual([good])
  expect(Object.keys(entries()).sort()).toEqual([`${KEY}good`, `${KEY}later`])
})

test("P4: another producer's handover in an entry is not adopted: nothing would ever take it out again", () => {
  entries()[`${KEY}good`] = JSON.stringify({
    v: 1,
    handovers: [handoverOf(1, eventsFrom(1, 1), { producer: 'other' })],
  })
  expect(readSpills('queue')).toEqual([])
})
