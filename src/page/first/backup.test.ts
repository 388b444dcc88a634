import { beforeEach, expect, test } from 'vitest'
import { eventsFrom, handoverOf } from '../../../test/support/core/fixtures'
import { stubLocalStorage } from '../../../test/support/stub-local-storage'
import type { Handover } from '../../core/queue/handover'
import { expire, recoverBackups, shorten } from '../late/recover-backups'
import { writeBackup } from './backup'

beforeEach(stubLocalStorage)

const entries = () => window.localStorage as unknown as Record<string, string>
const KEY = 'outlast:queue:backup:'

async function moveAll(): Promise<Handover[]> {
  const moved: Handover[] = []
  await recoverBackups('queue', 'this page', async (handovers) => void moved.push(...handovers))
  return moved
}

test('P5: what two pages left is taken up by a third, which leaves what it wrote itself', async () => {
  const first = handoverOf(1, eventsFrom(1, 2), { producer: 'first page' })
  const second = handoverOf(1, eventsFrom(3, 2), { producer: 'second page' })
  const own = handoverOf(1, eventsFrom(5, 2), { producer: 'this page' })
  for (const handover of [first, second, own]) expect(writeBackup('queue', handover.producer, [handover])).toBe(true)
  expect(await moveAll()).toEqual([first, second])
  expect(Object.keys(entries())).toEqual([`${KEY}this page`])
})

test('P5: what cannot be moved now stays for a later page', async () => {
  const handover = handoverOf(1, eventsFrom(1, 2), { producer: 'first page' })
  writeBackup('queue', 'first page', [handover])
  await expect(recoverBackups('queue', 'this page', () => Promise.reject(new Error('no disk')))).rejects.toThrow(
    'no disk',
  )
  expect(await moveAll()).toEqual([handover])
})

test('P7: all pages together have a bound: the oldest events go first, and their number stays, with the reason', async () => {
  const big = (first: number) => eventsFrom(first, 20).map((json) => json + ' '.repeat(9_000))
  for (const [index, producer] of ['page 1', 'page 2', 'page 3', 'page 4'].entries()) {
    expect(writeBackup('queue', producer, [handoverOf(1, big(100 * (index + 1)), { producer })], shorten)).toBe(true)
  }
  const size = Object.values(entries()).reduce((sum, text) => sum + text.length, 0)
  expect(size).toBeLessThanOrEqual(500_000)
  const counts = Object.keys(entries()).map((key) => {
    const [handover] = JSON.parse(entries()[key] as string).handovers as Handover[]
    return [handover?.events.length, handover?.dropped.storage_full]
  })
  expect(counts.sort()).toEqual([
    [0, 20],
    [0, 20],
    [20, undefined],
    [20, undefined],
  ])
})

test('P5: of more than there is room for before late code has come, what fits is kept, and the number of the others', async () => {
  const large = eventsFrom(2, 3).map((json) => json + ' '.repeat(200_000))
  const [small = '', huge = ''] = eventsFrom(5, 2)
  const given = [
    handoverOf(1, [...eventsFrom(1, 1), ...large], { producer: 'first page', dropped: { too_large: 1 } }),
    handoverOf(2, [small, huge + ' '.repeat(600_000)], { producer: 'first page' }),
  ]
  expect(writeBackup('queue', 'first page', given)).toBe(true)
  expect(given.map(({ events }) => events.length)).toEqual([4, 2])
  expect(entries()[`${KEY}first page`]?.length).toBeLessThan(510_000)
  const moved = await moveAll()
  expect(moved.map(({ events }) => events)).toEqual([[...eventsFrom(1, 1), ...large.slice(0, 2)], [small]])
  expect(moved.map(({ dropped }) => dropped)).toEqual([{ too_large: 1, storage_full: 1 }, { storage_full: 1 }])
})

test('P5: a page that is ended while it writes its backup anew still has the one before', () => {
  const first = handoverOf(1, eventsFrom(1, 2), { producer: 'this page' })
  const second = handoverOf(2, eventsFrom(3, 2), { producer: 'this page' })
  writeBackup('queue', 'this page', [first])
  // The browser ends the page in the midst of its handler: each step may have been its last.
  const steps: string[] = []
  const { removeItem, setItem } = window.localStorage
  const noting =
    <Given extends unknown[]>(step: (...given: Given) => void) =>
    (...given: Given) => {
      step.apply(window.localStorage, given)
      steps.push(String(entries()[`${KEY}this page`]))
    }
  Object.assign(Object.getPrototypeOf(window.localStorage), {
    removeItem: noting(removeItem),
    setItem: noting(setItem),
  })
  expect(writeBackup('queue', 'this page', [first, second])).toBe(true)
  expect(steps.map((text) => JSON.parse(text).handovers)).toEqual([[first, second]])
})

test("a key of the site's own with the same mark is no backup: it is neither counted nor removed", () => {
  const theirs = 'editor:backup:draft'
  window.localStorage.setItem(theirs, 'x'.repeat(600_000))
  const handover = handoverOf(1, eventsFrom(1, 2), { producer: 'this page' })
  expect(writeBackup('queue', 'this page', [handover], shorten)).toBe(true)
  expect(JSON.parse(entries()[`${KEY}this page`] as string).handovers).toEqual([handover])
  expect(entries()[theirs]).toHaveLength(600_000)
})

test('P11: a damaged entry stops no other, and what a later version left is left to it', async () => {
  const good = handoverOf(1, eventsFrom(1, 2), { producer: 'good' })
  const [json = ''] = eventsFrom(9, 1)
  const cut = {
    ...handoverOf(2, eventsFrom(3, 1), { producer: 'good' }),
    events: [json.slice(0, json.indexOf('}') + 1)],
  }
  entries()[`${KEY}good`] = JSON.stringify({ v: 1, handovers: [cut, good] })
  entries()[`${KEY}cut`] = '{"v":1,"handovers":[{"producer":"cut"'
  entries()[`${KEY}later`] = '{"v":2}'
  expect(await moveAll()).toEqual([good])
  expect(Object.keys(entries())).toEqual([`${KEY}later`])
})

test("P4: another producer's handover in an entry is not taken up: it would not be known again as that page's", async () => {
  entries()[`${KEY}good`] = JSON.stringify({
    v: 1,
    handovers: [handoverOf(1, eventsFrom(1, 1), { producer: 'other' })],
  })
  expect(await moveAll()).toEqual([])
})

test('P5, P7: what is older than its queue keeps events is dropped as expired, and its number stays', () => {
  const day = 86_400_000
  const now = 1_000 * day
  const ages: [queue: string, producer: string, age: number][] = [
    ['queue', 'old', 8 * day],
    ['queue', 'young', 6 * day],
    ['other queue', 'old', 366 * day],
    ['other queue', 'young', 364 * day],
  ]
  const left = () =>
    ages.map(([queue, producer]) => {
      const text = entries()[`outlast:${queue}:backup:${producer}`] as string
      const [handover] = JSON.parse(text).handovers as Handover[]
      return [handover?.events.length, handover?.dropped]
    })
  for (const [queue, producer, age] of ages) {
    writeBackup(queue, producer, [handoverOf(1, eventsFrom(1, 2), { producer, at: now - age })])
  }
  expire('queue', 7 * day, now)
  const expected = [
    [0, { expired: 2 }],
    [2, {}],
    [0, { expired: 2 }],
    [2, {}],
  ]
  expect(left()).toEqual(expected)
  // Without a limit that can be used the default holds, and what was dropped is not counted again.
  expire('queue', 'a week', now)
  expect(left()).toEqual(expected)
})
