import { expect, test } from 'vitest'
import { eventJson, handoverOf } from '../../../test/support/core/fixtures'
import { createPostedHandovers, wasPosted } from './posted-handovers'

const first = handoverOf(1, [eventJson(1)])
const second = handoverOf(2, [eventJson(2)])

test('a handover waits under each id that it was posted with, and no longer once it is settled', () => {
  const posted = createPostedHandovers()
  posted.add(1, first)
  posted.add(2, second)
  posted.add(3, first)
  expect(posted.size).toBe(3)
  expect(posted.answered(1)).toBe(first)
  expect(posted.waits(first)).toBe(true)
  expect(posted.answered(1)).toBeUndefined()
  posted.forget(first)
  expect(posted.waits(first)).toBe(false)
  expect(posted.answered(3)).toBeUndefined()
  expect(posted.answered(2)).toBe(second)
  expect(posted.size).toBe(0)
})

test('another host has been posted nothing, but what was posted before is known to have been', () => {
  const posted = createPostedHandovers()
  posted.add(1, first)
  expect(posted.isGiven(first)).toBe(true)
  posted.clear()
  expect(posted.size).toBe(0)
  expect(posted.answered(1)).toBeUndefined()
  expect(posted.isGiven(first)).toBe(false)
  expect(wasPosted(first)).toBe(true)
  expect(wasPosted(handoverOf(3, [eventJson(3)]))).toBe(false)
})
