// @ts-check
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createRecorder, SAFE_MS } from './recorder.mjs'

const BEGAN = 10_000

beforeEach(() => void vi.useFakeTimers({ now: BEGAN, toFake: ['Date'] }))
afterEach(() => void vi.useRealTimers())

const page = () => /** @type {import('playwright').Page} */ ({})

it('owed is what was captured long enough before the first thing that happened to its page', () => {
  const recorder = createRecorder()
  const [one, other] = [page(), page()]
  recorder.tell(one, { type: 'captured', uuids: ['early'], at: BEGAN, age: 7 })
  vi.setSystemTime(BEGAN + 1)
  recorder.tell(one, { type: 'captured', uuids: ['late'], at: BEGAN + 1, age: 8 })
  recorder.tell(other, { type: 'captured', uuids: ['elsewhere'], at: BEGAN + 1, age: 9 })
  recorder.ends(one, 'it was closed', BEGAN + SAFE_MS + 1)
  recorder.ends(one, 'the browser was killed', BEGAN + 5_001)
  recorder.ends(other, 'the browser was killed', BEGAN + 5_001)
  expect(recorder.owed).toEqual(
    new Map([
      ['early', `${SAFE_MS + 1} ms before it was closed, age 7 ms, words took up to 0 ms`],
      ['elsewhere', '5000 ms before the browser was killed, age 9 ms, words took up to 0 ms'],
    ]),
  )
})

it('a machine that is slow to pass on the word of captures is given longer', () => {
  const recorder = createRecorder()
  const one = page()
  recorder.tell(one, { type: 'captured', uuids: ['a'], at: BEGAN, age: 0 })
  vi.setSystemTime(BEGAN + 100)
  recorder.tell(one, { type: 'captured', uuids: ['b'], at: BEGAN, age: 0 })
  recorder.ends(one, 'it was closed', BEGAN + SAFE_MS + 100)
  expect(recorder.owed.size).toBe(0)
})

it('a word that takes long afterwards changes nothing', () => {
  const recorder = createRecorder()
  const one = page()
  recorder.tell(one, { type: 'captured', uuids: ['a'], at: BEGAN, age: 0 })
  vi.setSystemTime(BEGAN + 2_000)
  recorder.tell(one, { type: 'captured', uuids: ['b'], at: BEGAN + SAFE_MS + 1, age: 0 })
  recorder.ends(one, 'it was closed', BEGAN + 1_000)
  expect([...recorder.owed.keys()]).toEqual(['a'])
})
