import { expect, test } from 'vitest'
import { eventJson, handoverOf } from '../../../test/support/core/fixtures'
import { createUnacknowledged } from './unacknowledged'

const first = handoverOf(1, [eventJson(1)])
const second = handoverOf(2, [eventJson(2)])

test('a handover waits under each id that it was posted with, and no longer once it is settled', () => {
  const unacknowledged = createUnacknowledged()
  unacknowledged.add(1, first)
  unacknowledged.add(2, second)
  unacknowledged.add(3, first)
  expect(unacknowledged.size).toBe(3)
  expect(unacknowledged.answered(1)).toBe(first)
  expect(unacknowledged.answered(1)).toBeUndefined()
  unacknowledged.forget(first)
  expect(unacknowledged.answered(3)).toBeUndefined()
  expect(unacknowledged.answered(2)).toBe(second)
  expect(unacknowledged.size).toBe(0)
})

test('another host has been posted nothing, but what was posted before is known to have been', () => {
  const unacknowledged = createUnacknowledged()
  unacknowledged.add(1, first)
  expect(unacknowledged.isGiven(first)).toBe(true)
  unacknowledged.clear()
  expect(unacknowledged.size).toBe(0)
  expect(unacknowledged.answered(1)).toBeUndefined()
  expect(unacknowledged.isGiven(first)).toBe(false)
  expect(unacknowledged.wasPosted(first)).toBe(true)
  expect(unacknowledged.wasPosted(second)).toBe(false)
})
