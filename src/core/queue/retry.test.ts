import fc from 'fast-check'
import { expect, test } from 'vitest'
import { configOf } from '../../../test/support/core/fixtures'
import { MAX_DELAY } from '../base/limits'
import { pauseAfter } from './retry'

const { settings } = configOf()
const pause = (failures: number, retryAfter: string | null = null, given = {}, random = 0) =>
  pauseAfter({ failures, retryAfter }, { ...settings, ...given }, 0, () => random)

test('the first pause is retryInitialBackoff, and it doubles up to retryMaxBackoff', () => {
  const delays = [1, 2, 3, 8, 9, 100, 10_000].map((failures) => pause(failures).delayMs)
  expect(delays).toEqual([200, 400, 800, 25_600, 30_000, 30_000, 30_000])
})

test('jitter only adds, and at most a fifth', () => {
  expect(pause(1, null, {}, 0.999_999).delayMs).toBeCloseTo(240, 0)
  expect(pause(1, null, {}, 0).delayMs).toBe(200)
})

test.each([
  { failures: 1, retryAfter: '3', delayMs: 3_000, fromRetryAfter: true },
  { failures: 9, retryAfter: '3', delayMs: 30_000, fromRetryAfter: true },
  { failures: 1, retryAfter: '3600', delayMs: 30_000, fromRetryAfter: true },
  { failures: 1, retryAfter: '0', delayMs: 200, fromRetryAfter: false },
  { failures: 1, retryAfter: 'soon', delayMs: 200, fromRetryAfter: false },
])(
  'Retry-After $retryAfter after $failures failures is a minimum, cut to retryMaxBackoff',
  ({ failures, retryAfter, ...expected }) => {
    expect(pause(failures, retryAfter)).toEqual(expected)
  },
)

test('no pause is NaN, negative or longer than a day, whatever the settings', () => {
  const ms = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: MAX_DELAY }), fc.constant(Number.MAX_VALUE))
  const failures = fc.oneof(fc.integer({ min: 1, max: 2_000 }), fc.constant(Number.MAX_SAFE_INTEGER))
  const header = fc.oneof(fc.constant(null), fc.string(), fc.nat().map(String), fc.constant('9'.repeat(400)))
  const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
  fc.assert(
    fc.property(ms, ms, failures, header, random, (retryInitialBackoff, retryMaxBackoff, count, retryAfter, number) => {
      const { delayMs } = pause(count, retryAfter, { retryInitialBackoff, retryMaxBackoff }, number)
      return delayMs >= 0 && delayMs <= MAX_DELAY
    }),
  )
})
