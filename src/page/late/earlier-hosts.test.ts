import { expect, test } from 'vitest'
import { isRefused, NO_RULES, type Rules } from '../../core/queue/rules'
import { aligned, hostOf } from './earlier-hosts'

const A = 'phc_test https://us.i.posthog.com'
const B = 'phc_test https://example.com/ingest'
const rules = (change: Partial<Rules>): Rules => ({ ...NO_RULES, ...change })

test('P10: the latest choice becomes that of every queue of the project, also of one without rules', () => {
  const changed = aligned(new Map([[A, rules({ refused: true, at: 9, turns: [9] })]]), [A, B])
  expect([...changed.keys()]).toEqual([B])
  expect(changed.get(B)).toMatchObject({ refused: true, at: 9, eraseOwed: false })
  // What was captured before the refusal is delivered all the same.
  expect(isRefused(changed.get(B) ?? NO_RULES, 8)).toBe(false)
  expect(isRefused(changed.get(B) ?? NO_RULES, 9)).toBe(true)
})

test('P10: an erasure is owed by each of the queues, and a consent after it takes nothing back', () => {
  const erased = rules({ refused: false, at: 12, turns: [9, 12], erase: 9 })
  const next =
    aligned(
      new Map([
        [A, erased],
        [B, rules({ at: 3 })],
      ]),
      [A, B],
    ).get(B) ?? NO_RULES
  expect(next).toMatchObject({ refused: false, at: 12, erase: 9, eraseOwed: true })
  expect([isRefused(next, 8), isRefused(next, 12)]).toEqual([true, false])
})

test('without a choice, or with the same one everywhere, nothing is written', () => {
  expect(aligned(new Map([[A, NO_RULES]]), [A, B]).size).toBe(0)
  const same = rules({ refused: true, at: 9 })
  expect(
    aligned(
      new Map([
        [A, same],
        [B, same],
      ]),
      [A, B],
    ).size,
  ).toBe(0)
})

test('a hook that a queue has to pass stays its own', () => {
  const changed = aligned(
    new Map([
      [A, rules({ at: 9 })],
      [B, rules({ hooked: true, at: 3 })],
    ]),
    [A, B],
  )
  expect(changed.get(B)?.hooked).toBe(true)
})

test("a queue's host is in its name", () => {
  expect(hostOf(B)).toBe('https://example.com/ingest')
})
