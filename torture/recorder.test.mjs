// @ts-check
import { expect, it } from 'vitest'
import { createRecorder, SAFE_MS } from './recorder.mjs'

const page = () => /** @type {import('playwright').Page} */ ({})

it('owed is what was captured long enough before the first thing that happened to its page', () => {
  const recorder = createRecorder()
  const [one, other] = [page(), page()]
  const END = 10_000
  recorder.tell(one, { type: 'captured', uuids: ['early'], at: END - SAFE_MS - 1 })
  recorder.tell(one, { type: 'captured', uuids: ['late'], at: END - SAFE_MS })
  recorder.tell(other, { type: 'captured', uuids: ['elsewhere'], at: END })
  recorder.ends(one, 'it was closed', END)
  recorder.ends(one, 'the browser was killed', END + 5_000)
  recorder.ends(other, 'the browser was killed', END + 5_000)
  expect([...recorder.owed]).toEqual([
    ['early', `${SAFE_MS + 1} ms before it was closed`],
    ['elsewhere', '5000 ms before the browser was killed'],
  ])
})
