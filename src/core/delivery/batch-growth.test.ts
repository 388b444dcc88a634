import { expect, test } from 'vitest'
import { createBatchGrowth } from './batch-growth'

const TAKEN = { kind: 'delivered' } as const
const FAILED = { kind: 'retry', cause: 'status 503', answered: true, retryAfter: null } as const

function grown() {
  const growth = createBatchGrowth()
  growth.note(TAKEN, 100, 50)
  growth.note(TAKEN, 200, 50)
  return growth
}

test('each full batch that is taken quickly doubles the next one', () => {
  expect(grown().most).toBe(400)
})

test('a batch that was not full says nothing of a larger one', () => {
  const growth = grown()
  growth.note(TAKEN, 7, 50)
  expect(growth.most).toBe(400)
})

test.each([
  ['a failure', FAILED, 50],
  ['a request that is too large', { kind: 'too_large', status: 413 } as const, 50],
  ['a slow answer', TAKEN, 1_000],
  ['a clock that was set back meanwhile', TAKEN, -5],
])('P6: after %s new batches are small again', (_, verdict, tookMs) => {
  const growth = grown()
  growth.note(verdict, 400, tookMs)
  expect(growth.most).toBe(100)
})
