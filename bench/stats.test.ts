import { expect, it } from 'vitest'
import { median, medians, percentile } from './stats'

it('a median is the one in the middle, or between the two', () => {
  expect(median([3, 1, 2])).toBe(2)
  expect(median([4, 1, 2, 3])).toBe(2.5)
  expect(median([])).toBeNaN()
})

it('a percentile lies between the nearest values', () => {
  const values = Array.from({ length: 101 }, (_, index) => index)
  expect(percentile(values, 99)).toBe(99)
  expect(percentile([0, 10], 25)).toBe(2.5)
})

it('the medians of records are those of each number; what is none is kept', () => {
  const records = [
    { peer: 'a', ms: 3, heap: null },
    { peer: 'a', ms: 1, heap: null },
    { peer: 'a', ms: 2, heap: null },
  ]
  expect(medians(records)).toEqual({ peer: 'a', ms: 2, heap: null })
})
