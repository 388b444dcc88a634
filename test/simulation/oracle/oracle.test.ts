import { expect, test } from 'vitest'
import { readSettings } from '../../../src/core/config/settings'
import type { Context, Exchange } from '../exchange'
import { balanced } from './accounting'
import { agreed } from './agreed'
import { attemptsOnWire } from './attempts'
import { consent, consentOfBeacon } from './consent'
import { duplicate } from './duplicate'
import { erased, erasedOfBeacon } from './erased'
import type { Choices, Sent } from './facts'
import { givenUp } from './given-up'
import { identity } from './identity'
import { lease } from './lease'
import { lostFromJournal } from './lost'
import { Oracle } from './oracle'
import { moved, pageExit, takenUp } from './page-exit'
import { leftRefused } from './requests'
import { settles } from './settles'
import { survives } from './survives'
import { unsent } from './unsent'
import { newWitness, type Witness } from './witness'

const settings = readSettings({}, () => undefined)
const UUID = '00000000-0000-7000-8000-000000000001'

/** A sender that nothing has disturbed. */
const senderNamed = (name: string): Context => ({
  name,
  hinderedUntil: Number.NEGATIVE_INFINITY,
  failedUntil: Number.NEGATIVE_INFINITY,
  thawedAt: Number.NEGATIVE_INFINITY,
  readyAt: 0,
  keepsNothing: false,
  gave: () => true,
  disturbedSince: () => false,
})
const worker = senderNamed('worker 1')
const other = senderNamed('worker 2')
const page = senderNamed('page 1')

/** A person who has never chosen anything, with what more is true of the choices. */
const choicesWith = (more: Partial<Choices> = {}): Choices => ({
  isUnheard: false,
  isRefusedIn: () => false,
  mayGiveUp: () => false,
  isAgreed: () => false,
  couldRead: () => true,
  ...more,
})

function witness(more: Partial<Witness> = {}): Witness {
  const captured = {
    uuid: UUID,
    capturedAt: 0,
    page,
    name: 'event',
    timestamp: new Date(0).toISOString(),
    turn: undefined,
  }
  return { ...newWitness(captured, 0), committedAt: 1, ...more }
}

function exchange(more: Partial<Exchange> = {}): Exchange {
  const request = { url: '', format: 'v1' as const, events: ['{}'], uuids: [UUID], headers: {} }
  return { ...request, sender: worker, taken: new Set(), begunAt: 0, startedAt: 0, state: 'open', ...more }
}

function sent(of: Witness, more: Partial<Sent> = {}): Sent {
  const now = {
    settings,
    elapsed: 0,
    wall: 0,
    latestWallSince: () => 0,
    setBackMs: 0,
    leasesUnsure: false,
    choices: choicesWith(),
  }
  const events = [{ witness: of, json: '{}', first: undefined }]
  return {
    ...now,
    exchange: exchange({ sender: other }),
    open: 1,
    openAlike: 1,
    onDisk: new Set<Witness>(),
    events,
    attempt: undefined,
    ...more,
  }
}

test('two senders have an event in a request at once', () => {
  const held = witness({ exchanges: [exchange()] })
  expect(lease(sent(held))?.message).toBe(`lease: worker 2 sends ${UUID} while worker 1 has it in a request`)
  expect(lease(sent(held, { leasesUnsure: true }))).toBeUndefined()
  const ofDisturbed = exchange({ sender: { ...worker, disturbedSince: () => true } })
  expect(lease(sent(witness({ exchanges: [ofDisturbed] })))).toBeUndefined()
})

test('an event is sent again that its sender knew to be delivered, or that was settled', () => {
  const delivered = witness({ exchanges: [exchange({ state: 'answered', taken: new Set([UUID]) })] })
  expect(duplicate(sent(delivered))?.message).toContain('again, which worker 1 had delivered')
  const cut = witness({ exchanges: [exchange({ state: 'cut', taken: new Set([UUID]) })] })
  expect(duplicate(sent(cut))).toBeUndefined()
  expect(duplicate(sent(witness({ settled: true })))?.message).toContain('after it was settled')
  expect(duplicate(sent(witness({ settled: true, erasedBy: worker })))).toBeUndefined()
})

test('an attempt is not later than the one before, or brings an event of its own', () => {
  const last = { attempt: 2, uuids: new Set([UUID]) }
  const attempt = (number: number) => ({ requestId: 'r', attempt: number, last })
  expect(attemptsOnWire(sent(witness(), { attempt: attempt(2) }))?.message).toContain('sends attempt 2 after 2')
  expect(attemptsOnWire(sent(witness(), { attempt: attempt(3) }))).toBeUndefined()
  const more = exchange({ uuids: [UUID, 'another'] })
  const found = attemptsOnWire(sent(witness(), { attempt: attempt(3), exchange: more }))
  expect(found?.message).toBe('attempts: a retry has events of its own')
})

test('an event changes between requests, but not by the order of its members', () => {
  const going = (json: string, first: string) => identity({ events: [{ witness: witness(), json, first }] })
  expect(going('{"a":1,"b":2}', '{"b":2,"a":1}')).toBeUndefined()
  expect(going('{"a":1}', '{"a":2}')?.check).toBe('identity')
})

test('what a page that was left could have written down is with a beacon alone', () => {
  const words = { posted: new Set<string>(), unwritten: false, unsent: false }
  const left = { page: 'page 1', open: [witness({ beaconed: true })], size: 1_000 }
  expect(pageExit({ ...left, words })?.message).toContain('was not written down by page 1')
  expect(pageExit({ ...left, words: { ...words, unwritten: true } })).toBeUndefined()
  const lost = witness({ writtenDown: true, committedAt: undefined })
  const at = { settings, latestWallSince: () => settings.maxEventAge, choices: choicesWith() }
  expect(takenUp({ events: [lost], refusals: 0, ...at })?.message).toContain('was written down by page 1 and is lost')
  expect(takenUp({ events: [lost], refusals: 1, ...at })).toBeUndefined()
  expect(
    takenUp({ events: [lost], refusals: 0, ...at, latestWallSince: () => settings.maxEventAge + 1 }),
  ).toBeUndefined()
  const agreeing = choicesWith({ isAgreed: () => true })
  expect(takenUp({ events: [lost], refusals: 1, ...at, choices: agreeing })?.check).toBe('pageExit')
})

test('a page removes what another one wrote down before it is on disk', () => {
  const at = { settings, latestWallSince: () => 0, choices: choicesWith() }
  const removed = { by: senderNamed('page 2'), written: [witness({ committedAt: undefined })], ...at }
  const message = `pageExit: page 2 removed ${UUID} of page 1 from localStorage, and no disk has it`
  expect(moved({ ...removed, refusals: 0 })?.message).toBe(message)
  expect(moved({ ...removed, refusals: 1 })).toBeUndefined()
  expect(moved({ ...removed, refusals: 0, by: page })).toBeUndefined()
  const journaled = [witness({ committedAt: undefined, journaled: 1 })]
  expect(moved({ ...removed, refusals: 0, written: journaled })).toBeUndefined()
})

test('a row of the journal goes with an event that no queue has and that no choice may have cost', () => {
  const gone = { by: worker, leftJournal: [witness({ committedAt: undefined })] }
  const found = lostFromJournal({ ...gone, refusals: 0, choices: choicesWith() })
  expect(found?.message).toBe(`lost: worker 1 took ${UUID} out of the journal, and no queue has it`)
  expect(lostFromJournal({ ...gone, refusals: 1, choices: choicesWith() })).toBeUndefined()
  expect(lostFromJournal({ ...gone, refusals: 1, choices: choicesWith({ isAgreed: () => true }) })?.check).toBe('lost')
})

test('an event leaves that was captured against a refusal which its page could read', () => {
  const events = [{ witness: witness({ refusedSince: 5 }), json: '{}', first: undefined }]
  const message = `consent: ${UUID} of page 1 was sent, and the person had refused before`
  expect(consent({ events, choices: choicesWith() })?.message).toBe(message)
  expect(consentOfBeacon({ events, choices: choicesWith() })?.message).toBe(message)
  expect(consent({ events, choices: choicesWith({ couldRead: (_page, since) => since < 5 }) })).toBeUndefined()
  expect(consent({ events, choices: choicesWith({ isUnheard: true }) })?.check).toBe('consent')
  expect(consentOfBeacon({ events, choices: choicesWith({ isUnheard: true }) })).toBeUndefined()
})

test('what was captured before an erasure is claimed, or sent by a page with memory alone, after it', () => {
  const never = Number.POSITIVE_INFINITY
  const erasure = { at: 40, wall: 40, onDiskFrom: 100, toldFrom: never }
  const leaving = (of: Partial<Witness>, by: Partial<Exchange>) => {
    const { exchange: own, events } = sent(witness({ erasures: [erasure], ...of }), { exchange: exchange(by) })
    return { exchange: own, events }
  }
  const message = `erased: worker 1 sends ${UUID} of page 1, and the person had it erased before`
  expect(erased(leaving({ claimedAt: 101 }, { begunAt: 102 }))?.message).toBe(message)
  expect(erased(leaving({ claimedAt: 100 }, { begunAt: 9_000 }))).toBeUndefined()
  expect(erased(leaving({ claimedAt: 101, erasures: [] }, { begunAt: 102 }))).toBeUndefined()
  expect(erased(leaving({ inMemory: true }, { begunAt: 102 }))).toBeUndefined()
  const told = { inMemory: true, erasures: [{ ...erasure, toldFrom: 100 }] }
  expect(erased(leaving(told, { begunAt: 102 }))?.check).toBe('erased')
  expect(erased(leaving(told, { begunAt: 102, sender: { ...page, failedUntil: 40 } }))).toBeUndefined()

  const inMemory = { inMemory: true, erasures: [{ ...erasure, onDiskFrom: never, toldFrom: 100 }] }
  const sender = { ...page, keepsNothing: true }
  expect(erased(leaving(inMemory, { sender, begunAt: 101 }))?.check).toBe('erased')
  expect(erased(leaving(inMemory, { sender, begunAt: 100 }))).toBeUndefined()
  const backLate = { ...sender, thawedAt: 500 }
  expect(erased(leaving(inMemory, { sender: backLate, begunAt: 500 }))).toBeUndefined()
  expect(erased(leaving(inMemory, { sender: backLate, begunAt: 501 }))?.check).toBe('erased')
})

test('a beacon has what was captured before an erasure of which its page was told, and that it could read', () => {
  const erasures = [{ at: 40, wall: 40, onDiskFrom: 100, toldFrom: 100 }]
  const leaving = (sender: Partial<Context>, begunAt: number) => {
    const by = exchange({ sender: { ...page, ...sender }, begunAt })
    return erasedOfBeacon({ exchange: by, events: sent(witness({ erasures })).events })
  }
  expect(leaving({}, 101)?.check).toBe('erased')
  expect(leaving({}, 100)).toBeUndefined()
  expect(leaving({ readyAt: Number.POSITIVE_INFINITY }, 101)).toBeUndefined()
  expect(leaving({ thawedAt: 50 }, 110)).toBeUndefined()
  expect(leaving({ thawedAt: 50, keepsNothing: true }, 110)?.check).toBe('erased')
  expect(leaving({ failedUntil: 40 }, 101)).toBeUndefined()
  expect(leaving({ failedUntil: 40, keepsNothing: true }, 101)?.check).toBe('erased')
})

const ONE_OPTED_OUT = { added: [], removed: [], dropped: { opted_out: 1 }, isErasure: true, handedOver: undefined }

test('an event of a person who agreed is erased from the queue, or refused there, for an earlier choice', () => {
  const choices = choicesWith({ isAgreed: (_page, turn) => turn === 3 })
  const inAgreement = witness({ turn: 3 })
  const erasure = { ...ONE_OPTED_OUT, removed: [inAgreement] }
  const message = `agreed: ${UUID} of page 1 was dropped as opted_out, and the person agreed`
  expect(agreed({ queue: erasure, choices })?.message).toBe(message)
  expect(agreed({ queue: { ...erasure, removed: [witness({ turn: 2 })] }, choices })).toBeUndefined()
  expect(agreed({ queue: { ...erasure, dropped: { expired: 1 }, isErasure: false }, choices })).toBeUndefined()

  const form = { uuids: [UUID], dropped: {} }
  const handedOver = { forms: [[form]], committed: [form], refused: [inAgreement] }
  expect(agreed({ queue: { ...ONE_OPTED_OUT, handedOver }, choices })?.message).toBe(message)
  expect(
    agreed({ queue: { ...ONE_OPTED_OUT, isErasure: false, dropped: { queue_full: 1 }, handedOver }, choices }),
  ).toBeUndefined()
  const counted = { uuids: [UUID], dropped: { opted_out: 1 } }
  const full = { forms: [[counted]], committed: [counted], refused: [inAgreement] }
  expect(agreed({ queue: { ...ONE_OPTED_OUT, handedOver: full }, choices })).toBeUndefined()
})

test('a page gives up what it captures while a choice may cost it', () => {
  const capturedAmid = (more: Partial<Choices>) => {
    const oracle = new Oracle(() => sent(witness(), { choices: choicesWith(more) }))
    return oracle.captured({ page, uuid: UUID, name: 'event', turn: undefined }, 0).droppedHere
  }
  expect(capturedAmid({})).toBeUndefined()
  expect(capturedAmid({ mayGiveUp: ({ name }) => name === 'page 1' })).toBe('opted_out')
})

test('an event that its page had for 60 ms died with it, while nothing hindered the disk', () => {
  const page = { page: 'page 1', captured: [witness({ capturedAt: 10, committedAt: undefined })] }
  const hindered = { hinderedUntil: Number.NEGATIVE_INFINITY, diskHinderedUntil: Number.NEGATIVE_INFINITY }
  expect(survives({ ...page, ...hindered, at: 70 })).toBeUndefined()
  expect(survives({ ...page, ...hindered, at: 71 })?.message).toContain('was captured 61 ms before page 1 was killed')
  expect(survives({ ...page, ...hindered, diskHinderedUntil: 10, at: 71 })).toBeUndefined()
})

test('a shutdown has no excuse, and other calls have', () => {
  const late = { page: 'page 1', tookMs: 101, limitMs: 100, troubled: true, pending: 1 }
  expect(settles({ ...late, what: 'shutdown' })?.check).toBe('settles')
  expect(settles({ ...late, what: 'stats' })).toBeUndefined()
  expect(settles({ ...late, what: 'flush', troubled: false })).toBeUndefined()
})

test('a transaction of a host that gets no answer is given up, and one of a page waits for its page', () => {
  expect(givenUp({ context: 'worker 1', tookMs: 10_000, ofHost: true })).toBeUndefined()
  expect(givenUp({ context: 'worker 1', tookMs: 10_001, ofHost: true })?.check).toBe('givenUp')
  expect(givenUp({ context: 'page 1', tookMs: 10_001, ofHost: false })).toBeUndefined()
})

test('an event that is on disk waits for no request longer than a lease may', () => {
  const waiting = { page: 'page 1', uuid: 'a', limitMs: 100 }
  expect(unsent({ ...waiting, waitedMs: 100 })).toBeUndefined()
  expect(unsent({ ...waiting, waitedMs: 101 })?.check).toBe('unsent')
})

test('the oracle keeps the first breach, and counts of which some are missing are one', () => {
  const oracle = new Oracle(() => sent(witness()))
  const counts = { accepted: 3, delivered: 1, pending: 1, dropped: {} }
  oracle.hold({ counts: { ...counts, accepted: 2 }, of: 'a queue' }, balanced)
  expect(oracle.broken).toBeUndefined()
  oracle.hold({ counts, of: 'a queue' }, balanced)
  oracle.took('unknown')
  expect(oracle.broken?.check).toBe('accounting')
})

test('a uuid that no page has captured', () => {
  const oracle = new Oracle(() => sent(witness()))
  oracle.took('unknown')
  expect(oracle.broken?.message).toBe('uuid: unknown was never captured')
})

test('a page in which the person refuses sends no request as it is left', () => {
  const events = [{ json: '', witness: witness() }] as never
  expect(leftRefused({ sender: page, events, choices: choicesWith() })).toBeUndefined()
  const refused = leftRefused({ sender: page, events, choices: choicesWith({ isRefusedIn: () => true }) })
  expect(refused?.check).toBe('consent')
})
