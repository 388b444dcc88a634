import { expect, test } from 'vitest'
import { mayBeErased } from './may-be-erased'

const NOW = 1_767_225_600_000
const HOUR = 3_600_000

test.each([
  ['a clock an hour ahead, which was set back since', NOW + HOUR, { erase: NOW - 2, at: NOW - 1 }, true],
  ['the clock of the present', NOW, { erase: NOW - 2, at: NOW - 1 }, false],
  ['a clock an hour ahead, where nobody asked for an erasure', NOW + HOUR, { erase: 0, at: NOW - 1 }, false],
  ['a clock that was set back behind the consent', NOW + HOUR, { erase: NOW - 2, at: NOW + HOUR }, false],
  [
    'a clock that was set back behind the erasure, as a host in memory knows it',
    NOW + HOUR,
    { erase: NOW + HOUR, at: 0 },
    false,
  ],
  ['no clock that is known', Number.POSITIVE_INFINITY, { erase: NOW - 2, at: NOW - 1 }, true],
])('P10: what was captured by %s', (_, capturedAt, rules, expected) => {
  expect(mayBeErased(rules, capturedAt, NOW)).toBe(expected)
})
