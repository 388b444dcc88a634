import { afterEach, expect, test, vi } from 'vitest'
import { newId } from './new-id'

const V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

afterEach(() => void vi.restoreAllMocks())

test.each([
  ['not a number', () => Number.NaN],
  [
    'an error',
    () => {
      throw new Error('patched')
    },
  ],
])('P1: an id is made although Date.now gives %s', (_, now) => {
  vi.spyOn(Date, 'now').mockImplementation(now)
  const ids = Array.from({ length: 1_000 }, newId)
  for (const id of ids) expect(id).toMatch(V7)
  expect(new Set(ids).size).toBe(ids.length)
})
