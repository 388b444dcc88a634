import { expect, test } from 'vitest'
import { absence } from './away'

const LEFT_AT = Date.UTC(2026, 0, 1, 12)
const departure = { leftAt: LEFT_AT, pending: 5, delivered: 10, dropped: 0, events: 10, duplicates: 1 }

/** @param answers with the seconds after leaving */
function back(answers: { at: number; status: number | null; events?: number }[], changes = {}) {
  const requests = answers.map(({ at, status, events = 5 }, id) => ({
    id,
    received_at: new Date(LEFT_AT + at * 1_000).toISOString(),
    method: 'POST',
    path: '/batch/',
    status,
    events,
    bytes: 100,
    compressed: true,
    fault: null,
  }))
  const collector = { events: 15, copies: 16, duplicates: 1, requests: requests.length }
  return { at: LEFT_AT + 60_000, pending: 0, delivered: 15, dropped: 0, collector, requests, ...changes }
}

test('tells what was delivered meanwhile, when, and after how many failures', () => {
  const answers = [
    { at: -3, status: 503 },
    { at: 2, status: 503 },
    { at: 7, status: null },
    { at: 12, status: 200 },
    { at: 90, status: 200 },
  ]
  expect(absence(departure, back(answers))).toEqual({
    leftAt: LEFT_AT,
    backAt: LEFT_AT + 60_000,
    left: 5,
    delivered: 5,
    dropped: 0,
    waiting: 0,
    takenAt: LEFT_AT + 12_000,
    failed: 2,
    duplicates: 0,
  })
})

test('tells of events that are still waiting', () => {
  const found = absence(departure, back([{ at: 5, status: 503 }], { pending: 5, delivered: 10 }))
  expect(found).toMatchObject({ delivered: 0, waiting: 5, takenAt: undefined, failed: 1 })
})

test('says nothing about duplicates when the collector has forgotten', () => {
  const collector = { events: 5, copies: 5, duplicates: 0, requests: 1 }
  expect(absence(departure, back([], { collector }))?.duplicates).toBeUndefined()
})

test('there is no story after a reload', () => {
  expect(absence(departure, back([], { at: LEFT_AT + 500 }))).toBeUndefined()
})

test('there is no story when nothing was left and nothing happened', () => {
  expect(absence({ ...departure, pending: 0 }, back([], { delivered: 10 }))).toBeUndefined()
})
