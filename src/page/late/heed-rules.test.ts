import { expect, test } from 'vitest'
import { virtualClock } from '../../../test/support/core/virtual-clock'
import type { Front } from '../../client/first/front'
import { isRefused, NO_RULES, type Rules } from '../../core/queue/rules'
import type { Journal } from '../first/journal'
import { heedRules } from './heed-rules'

const ERASED_AT = 1_000
const AGREED_AT = 2_000

/** The rules of a queue after a page has heeded them, whose person has agreed again after an erasure. */
function heeded(stored: Rules, erasedAt: number): Rules {
  let rules = stored
  const journal: Partial<Journal> = {
    lastRules: stored,
    decide(change = (same) => same) {
      const before = rules
      rules = change(rules)
      journal.lastRules = rules
      if (rules !== before) journal.onRules?.(rules)
    },
  }
  const front = {
    ofConsent: { choice: { refused: false, at: AGREED_AT }, optedOut: false, keep: () => undefined },
    choices: { choose: () => undefined, eraseAll: () => undefined, erased: () => false },
    setup: { logs: { warn: expect.unreachable } },
    lasting: { optedIn: () => undefined },
    tab: { optedIn: () => undefined },
  } as unknown as Front
  heedRules(
    front,
    journal as Journal,
    virtualClock(),
    () => erasedAt,
    () => undefined,
  )
  return rules
}

test('P10: an erasure at another host is owed here too, although this page writes the consent after it first', () => {
  const rules = heeded(NO_RULES, ERASED_AT)
  expect(rules).toMatchObject({ refused: false, at: AGREED_AT, erase: ERASED_AT, eraseOwed: true })
  expect(isRefused(rules, ERASED_AT - 1)).toBe(true)
  expect(isRefused(rules, AGREED_AT)).toBe(false)
})

test('P10: an erasure at another host is owed here too, although the consent after it is on disk already', () => {
  const rules = heeded({ ...NO_RULES, at: AGREED_AT }, ERASED_AT)
  expect(rules).toMatchObject({ refused: false, at: AGREED_AT, erase: ERASED_AT, eraseOwed: true })
})

test('P5: an erasure that the queue knows is owed once', () => {
  const known = { ...NO_RULES, at: AGREED_AT, erase: ERASED_AT }
  expect(heeded(known, ERASED_AT)).toBe(known)
})
