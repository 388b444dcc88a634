import { expect, test } from 'vitest'
import { virtualClock } from '../../../test/support/core/virtual-clock'
import type { Front } from '../../client/first/front'
import { cut, eraseOutbox, newOutbox, putIn } from '../../client/first/outbox'
import { isRefused, NO_RULES, type Rules } from '../../core/queue/rules'
import type { Journal } from '../first/journal'
import { heedRules } from './heed-rules'

const ERASED_AT = 1_000
const AGREED_AT = 2_000
const UUID = '00000000-0000-7000-8000-000000000001'

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

/** What a page tells of its one event, as it reads on disk that the person was erased. */
function toldOfErasure(isInJournal: boolean): unknown[] {
  const told: unknown[] = []
  const outbox = newOutbox('page-1')
  putIn(outbox, 'live', 'v0', JSON.stringify({ uuid: UUID }), 1_500, 0)
  cut(outbox)
  const choice = { refused: false, at: ERASED_AT }
  const front = {
    outbox,
    capture: { emitDrop: (reason: string, _: string, uuids: string[]) => told.push(reason, uuids) },
    ofConsent: { choice, optedOut: true, keep: (rules: Rules) => Object.assign(choice, rules) },
    choices: { choose: expect.unreachable, eraseAll: () => eraseOutbox(outbox), erased: () => true },
    setup: { logs: { warn: expect.unreachable } },
    lasting: { optedIn: () => undefined },
    tab: { optedIn: () => undefined },
  } as unknown as Front
  const lastRules = { ...NO_RULES, refused: true, at: AGREED_AT, erase: AGREED_AT }
  const journal = { lastRules, asked: { has: () => isInJournal } } as Partial<Journal> as Journal
  heedRules(
    front,
    journal,
    virtualClock(),
    () => 0,
    () => undefined,
  )
  expect(outbox.count).toBe(0)
  return told
}

test('an erasure that a page reads of on disk takes what the page has captured, and `drop` tells of it', () => {
  expect(toldOfErasure(false)).toEqual(['opted_out', [UUID]])
})

test('an erasure that a page reads of on disk leaves it to the host to tell of what is in the journal', () => {
  expect(toldOfErasure(true)).toEqual(['opted_out', []])
})

test('P5: an erasure that the queue knows is owed once', () => {
  const known = { ...NO_RULES, at: AGREED_AT, erase: ERASED_AT }
  expect(heeded(known, ERASED_AT)).toBe(known)
})
