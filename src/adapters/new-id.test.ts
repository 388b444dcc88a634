import { afterEach, expect, test, vi } from 'vitest'
import { newId } from './new-id'

afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

const at = (ms: number) => vi.useFakeTimers({ toFake: ['Date'], now: ms })

/** The time that an id says it was made at. */
const timeOf = (id: string) => Number.parseInt(id.replace('-', '').slice(0, 12), 16)

test('an id is a canonical UUID of version 7 that tells its time', () => {
  const id = newId()
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(Math.abs(timeOf(id) - Date.now())).toBeLessThan(1_000)
})

test('ids of one millisecond differ and sort as they were made', () => {
  at(Date.now() + 60_000)
  const ids = Array.from({ length: 20_000 }, newId)
  // The first that is not after the one before it: none. `toEqual` takes seconds for lists of this length.
  expect(ids.find((id, index) => id <= (ids[index - 1] ?? ''))).toBeUndefined()
})

test('a clock that goes back leaves the order', () => {
  const now = Date.now() + 120_000
  at(now)
  const first = newId()
  at(now - 3_600_000)
  const second = newId()
  expect(second > first).toBe(true)
  expect(timeOf(second)).toBe(now)
})

test('an id is made where getRandomValues fills the array and gives nothing back', () => {
  vi.spyOn(crypto, 'getRandomValues').mockImplementation(
    (array) => void (array as unknown as Uint32Array).fill(0xffff_ffff) as never,
  )
  expect(newId()).toMatch(/-bfff-ffffffffffff$/)
})

test('all that is not time, count, version and variant is random', () => {
  vi.spyOn(crypto, 'getRandomValues').mockImplementation((array) => (array as Uint32Array).fill(0xffff_ffff) as never)
  expect(newId()).toMatch(/-bfff-ffffffffffff$/)
})
