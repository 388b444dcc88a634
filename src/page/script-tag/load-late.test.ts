import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { loadLate } from './load-late'

const warned: unknown[] = []

beforeEach(() => {
  warned.length = 0
  vi.useFakeTimers()
  vi.spyOn(console, 'warn').mockImplementation((text) => void warned.push(text))
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

test('code that cannot be loaded is asked for again until it comes, and the console hears of it once', async () => {
  const failed = Error('404')
  const answers = [() => Promise.reject(failed), () => Promise.reject(failed), () => Promise.resolve('code')]
  let asked = 0
  const loading = loadLate(() => (answers[asked++] as () => Promise<string>)())
  await vi.advanceTimersByTimeAsync(4_999)
  expect([asked, warned]).toEqual([1, [failed]])
  await vi.advanceTimersByTimeAsync(10_001)
  expect(asked).toBe(3)
  expect(await loading).toBe('code')
  expect(warned).toEqual([failed])
})

test('code that does not come is told of', async () => {
  void loadLate(() => new Promise(() => undefined))
  await vi.advanceTimersByTimeAsync(9_999)
  expect(warned).toEqual([])
  await vi.advanceTimersByTimeAsync(1)
  expect(warned).toEqual([expect.stringContaining('slow')])
})
