import type { Page } from 'playwright'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createRecorder, SAFE_MS } from './recorder'

const BEGAN = 10_000

beforeEach(() => void vi.useFakeTimers({ now: BEGAN, toFake: ['Date'] }))
afterEach(() => void vi.useRealTimers())

const page = () => ({}) as Page

it('owed is what was captured long enough before the first thing that happened to its page', () => {
  const recorder = createRecorder()
  const [one, other] = [page(), page()]
  recorder.tell(one, { type: 'captured', uuids: ['early'], at: BEGAN, age: 7 })
  vi.setSystemTime(BEGAN + 1)
  recorder.tell(one, { type: 'captured', uuids: ['late'], at: BEGAN + 1, age: 8 })
  recorder.tell(other, { type: 'captured', uuids: ['elsewhere'], at: BEGAN + 1, age: 9 })
  for (const each of [one, other]) recorder.tell(each, { type: 'wrote', since: BEGAN + 1 })
  recorder.ends(one, 'it was closed', BEGAN + SAFE_MS + 1)
  recorder.ends(one, 'the browser was killed', BEGAN + 5_001)
  recorder.ends(other, 'the browser was killed', BEGAN + 5_001)
  expect(recorder.owed).toEqual(
    new Map([
      ['early', `${SAFE_MS + 1} ms before it was closed, age 7 ms, yardstick 1 ms`],
      ['elsewhere', '5000 ms before the browser was killed, age 9 ms, yardstick 0 ms'],
    ]),
  )
})

it('what a page itself could not have had written in a quarter of the time is not owed', () => {
  const recorder = createRecorder()
  const one = page()
  recorder.tell(one, { type: 'captured', uuids: ['a'], at: BEGAN, age: 0 })
  recorder.tell(one, { type: 'captured', uuids: ['b'], at: BEGAN + 300, age: 300 })
  recorder.tell(one, { type: 'captured', uuids: ['never written'], at: BEGAN + 301, age: 301 })
  vi.setSystemTime(BEGAN + 400)
  recorder.tell(one, { type: 'wrote', since: BEGAN + 300 })
  recorder.ends(one, 'it was closed', BEGAN + 1_000)
  expect([...recorder.owed.keys()]).toEqual(['b'])
})

it('a run may allow for more', () => {
  const recorder = createRecorder(2_000)
  const one = page()
  recorder.tell(one, { type: 'captured', uuids: ['a'], at: BEGAN, age: 0 })
  recorder.tell(one, { type: 'wrote', since: BEGAN })
  recorder.ends(one, 'it was closed', BEGAN + 2_000)
  expect(recorder.owed.size).toBe(0)
})
