import { expect, test } from 'vitest'
import { ceilingFor, createDepthLog, SPAN } from './depth'

test('keeps two minutes, and the sample before them', () => {
  const log = createDepthLog()
  for (let at = 0; at <= 2 * SPAN; at += 1_000) log.add({ at, pending: 0, broken: false })
  expect(log.samples()[0]?.at).toBe(SPAN)
  expect(log.samples()).toHaveLength(SPAN / 1_000 + 1)
})

test.each([
  [0, 10],
  [10, 10],
  [11, 20],
  [250, 300],
  [10_000, 10_000],
  [10_001, 10_500],
])('%i events fit under %i', (highest, ceiling) => {
  expect(ceilingFor(highest)).toBe(ceiling)
})
