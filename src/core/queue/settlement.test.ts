import { expect, test } from 'vitest'
import { configOf, eventsFrom, uuid } from '../../../test/support/core/fixtures'
import type { EventVerdict, Verdict } from '../protocol/verdict'
import { settlementOf } from './settlement'

const events = eventsFrom(1, 4)
const settle = (verdict: Verdict, given: { answered?: number; failures?: number; maxRetries?: number } = {}) => {
  const { answered = 0, failures = answered, maxRetries = Number.POSITIVE_INFINITY } = given
  return settlementOf(verdict, { answered, failures }, events, configOf({ maxRetries }).settings, 0, () => 0)
}
const retry = (answered = true): Verdict => ({ kind: 'retry', cause: 'status 503', answered, retryAfter: null })
const partial = (verdicts: Record<number, EventVerdict>): Verdict => ({
  kind: 'partial',
  verdicts: new Map(Object.entries(verdicts).map(([n, verdict]) => [uuid(Number(n)), verdict])),
  details: 'billing',
  retryAfter: null,
})

test('delivered is delivered', () => {
  expect(settle({ kind: 'delivered' })).toEqual({ delivered: events, dropped: [], endpoint: 'up' })
})

test('rejected is dropped with the status', () => {
  expect(settle({ kind: 'rejected', status: 401, detail: 'no' })).toMatchObject({
    delivered: [],
    dropped: [{ events, reason: 'rejected', status: 401, detail: 'no' }],
  })
})

test.each([
  { answered: 0, kept: true },
  { answered: 2, kept: true },
  { answered: 3, kept: false },
])('with maxRetries 3, after $answered answered failures another one is kept: $kept', ({ answered, kept }) => {
  const settlement = settle(retry(), { answered, maxRetries: 3 })
  expect(settlement.kept !== undefined).toBe(kept)
  expect(settlement.dropped.map(({ reason }) => reason)).toEqual(kept ? [] : ['attempts_exhausted'])
  expect(settlement.endpoint).toBe('failing')
})

test('a failure that was not answered is kept whatever maxRetries says', () => {
  expect(settle(retry(false), { answered: 0, failures: 100, maxRetries: 0 }).kept).toMatchObject({ answered: false })
})

test('a partial answer is taken apart, each part in order; an event it leaves out is delivered', () => {
  const { delivered, dropped, kept, endpoint } = settle(partial({ 1: 'retry', 2: 'rejected', 4: 'retry' }))
  expect(delivered).toEqual([events[2]])
  expect(dropped).toEqual([{ events: [events[1]], reason: 'rejected', detail: 'billing' }])
  expect(kept).toMatchObject({ answered: true })
  expect(endpoint).toBe('up')
})

test('the last attempt makes what it should retry a loss', () => {
  const { delivered, dropped, kept } = settle(partial({ 1: 'retry' }), { answered: 3, maxRetries: 3 })
  expect(delivered).toHaveLength(3)
  expect(dropped).toMatchObject([{ events: [events[0]], reason: 'attempts_exhausted' }])
  expect(kept).toBeUndefined()
})

test('400 halves, and drops one event alone with what the server said', () => {
  const { settings } = configOf()
  const refusal = (count: number, status = 400) => {
    const verdict: Verdict = { kind: 'rejected', status, detail: 'status 400: no name' }
    return settlementOf(verdict, { answered: 0, failures: 0 }, events.slice(0, count), settings, 0, () => 0)
  }
  expect(refusal(3).split?.map((half) => half.length)).toEqual([2, 1])
  expect(refusal(3)).toMatchObject({ dropped: [], endpoint: 'up' })
  expect(refusal(1).split).toBeUndefined()
  expect(refusal(1).refused).toMatchObject({ reason: 'rejected', status: 400, detail: 'status 400: no name' })
  expect(refusal(3, 422)).toMatchObject({ dropped: [{ reason: 'rejected', status: 422 }] })
  expect(refusal(3, 422).split).toBeUndefined()
})

test('413 halves, the larger half first', () => {
  const settings = configOf().settings
  const halves = (count: number) =>
    settlementOf(
      { kind: 'too_large', status: 413 },
      { answered: 0, failures: 0 },
      events.slice(0, count),
      settings,
      0,
      () => 0,
    )
  expect(halves(4).split?.map((half) => half.length)).toEqual([2, 2])
  expect(halves(3).split?.map((half) => half.length)).toEqual([2, 1])
  expect(halves(1)).toMatchObject({ dropped: [{ reason: 'too_large', status: 413 }] })
})
