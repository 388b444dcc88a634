import { expect, test } from 'vitest'
import { readSettings } from '../../../src/core/config/settings'
import type { Context, Exchange } from '../exchange'
import { balanced } from './accounting'
import { attemptsOnWire } from './attempts'
import { duplicate } from './duplicate'
import type { Sent } from './facts'
import { farewell, takenUp } from './farewell'
import { identity } from './identity'
import { lease } from './lease'
import { Oracle } from './oracle'
import { settles } from './settles'
import { survives } from './survives'
import { newWitness, type Witness } from './witness'

const settings = readSettings({}, () => undefined)
const UUID = '00000000-0000-7000-8000-000000000001'

/** A sender that nothing has disturbed. */
const senderNamed = (name: string): Context => ({ name, gave: () => true, disturbedSince: () => false })
const worker = senderNamed('worker 1')
const other = senderNamed('worker 2')

function witness(more: Partial<Witness> = {}): Witness {
  const captured = { uuid: UUID, capturedAt: 0, page: 'page 1', name: 'event', timestamp: 'then' }
  return { ...newWitness(captured, 0), committedAt: 1, ...more }
}

function exchange(more: Partial<Exchange> = {}): Exchange {
  const request = { url: '', format: 'v1' as const, events: ['{}'], uuids: [UUID], headers: {} }
  return { ...request, sender: worker, taken: new Set(), startedAt: 0, state: 'open', ...more }
}

function sent(of: Witness, more: Partial<Sent> = {}): Sent {
  const now = { settings, elapsed: 0, wall: 0, setBackMs: 0, leasesUnsure: false, refused: false }
  const events = [{ witness: of, json: '{}', first: undefined }]
  return { ...now, exchange: exchange({ sender: other }), open: 1, events, attempt: undefined, ...more }
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
  expect(duplicate(sent(witness({ settled: true, purgedBy: worker })))).toBeUndefined()
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
  expect(farewell({ ...left, words })?.message).toContain('was not written down by page 1')
  expect(farewell({ ...left, words: { ...words, unwritten: true } })).toBeUndefined()
  const lost = witness({ writtenDown: true, committedAt: undefined })
  expect(takenUp({ events: [lost], purges: 0 })?.message).toContain('was written down by page 1 and is lost')
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
