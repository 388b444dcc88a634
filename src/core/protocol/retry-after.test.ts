import { expect, test } from 'vitest'
import { retryAfterMs } from './retry-after'

/** 2026-01-01T00:00:00Z, a Thursday. */
const NOW = 1_767_225_600_000
const DAY = 86_400_000

test.each([
  ['1', 1_000],
  [' 120 ', 120_000],
  ['007', 7_000],
  ['86400', DAY],
  ['86401', DAY],
  ['9'.repeat(400), DAY],
  ['Thu, 01 Jan 2026 00:00:30 GMT', 30_000],
  ['Thursday, 01-Jan-26 00:00:30 GMT', 30_000],
  ['Thu Jan  1 00:00:30 2026', 30_000],
  ['Sat Jan 10 00:00:00 2026', DAY],
  ['Fri, 31 Dec 9999 23:59:59 GMT', DAY],
])('%s asks for %d ms', (header, ms) => {
  expect(retryAfterMs(header, NOW)).toBe(ms)
})

test.each([
  null,
  '',
  '  ',
  '0',
  '000',
  '-1',
  '+1',
  '1.5',
  '1e3',
  '0x10',
  '١',
  'abc',
  '3 seconds',
  'Infinity',
  '2026-01-01T00:00:30Z',
  'Thu, 01 Jan 2026 00:00:30',
  'Thu, 01 Jan 2026 00:00:30 +0100',
  'Thu, 1 Jan 2026 00:00:30 GMT',
  'Thu, 01 Foo 2026 00:00:30 GMT',
  'Thu, 01 Jan 2026 00:00:00 GMT',
  'Wed, 31 Dec 2025 23:59:59 GMT',
  'Tuesday, 01-Jan-80 00:00:30 GMT',
  'Thu Jan  1 00:00:30 1970',
])('%s asks for nothing', (header) => {
  expect(retryAfterMs(header, NOW)).toBeUndefined()
})

test('a two-digit year is the one that is at most 50 years ahead', () => {
  expect(retryAfterMs('Friday, 01-Jan-27 00:00:00 GMT', NOW)).toBe(DAY)
  expect(retryAfterMs('Wednesday, 01-Jan-76 00:00:00 GMT', NOW)).toBe(DAY)
  expect(retryAfterMs('Friday, 01-Jan-77 00:00:00 GMT', NOW)).toBeUndefined()
})
