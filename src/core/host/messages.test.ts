import fc from 'fast-check'
import { expect, test } from 'vitest'
import { configOf, eventsFrom, handoverOf } from '../../../test/support/core/fixtures'
import { MAX_DELAY, MAX_HANDOVER_EVENTS } from '../base/limits'
import { queueKey } from '../config/queue-config'
import { parseHandover } from '../queue/handover'
import { MESSAGE_VERSION } from './messages'
import { parseHostMessage } from './parse-host-message'
import { parsePageMessage } from './parse-page-message'

const config = configOf()
const base = { outlast: MESSAGE_VERSION, id: 1, queue: queueKey(config) }
const handover = handoverOf(1, eventsFrom(1, 2), { dropped: { invalid: 1 } })
const anything = () => fc.anything({ withNullPrototype: true, withDate: true, withMap: true, withBigInt: true })

test.each([
  { ...base, type: 'handover', handover, urgent: false },
  { ...base, type: 'handover', handover, urgent: true, config },
  { ...base, type: 'wake', reason: 'online' },
  { ...base, type: 'flush' },
  { ...base, type: 'flush', timeoutMs: 5 },
  { ...base, type: 'stats' },
  { ...base, type: 'shutdown', timeoutMs: 0 },
])('a $type message is read as it was sent', (message) => {
  expect(parsePageMessage(structuredClone(message))).toEqual({ ok: true, warnings: [], message })
})

test.each([undefined, null, 5, 'x', [], {}, { outlast: '1' }, { type: 'stats' }])('%j is not ours', (raw) => {
  expect(parsePageMessage(raw)).toBeUndefined()
})

test.each([0, 2, 99, Number.NaN, -1])('P8: message version %d is refused as such, whatever else it says', (outlast) => {
  expect(parsePageMessage({ ...base, outlast, type: 'something new' })).toMatchObject({ ok: false, reason: 'version' })
})

test.each([
  { type: 'unknown' },
  { type: '__proto__' },
  { type: 'constructor' },
  { type: Object.create(null) },
  { type: 'stats', id: -1 },
  { type: 'stats', id: '1' },
  { type: 'stats', queue: 5 },
  { type: 'stats', queue: 'x'.repeat(3_000) },
  { type: 'wake', config: {} },
  { type: 'wake', config: { ...config, apiKey: 'another' } },
  { type: 'shutdown' },
  { type: 'shutdown', timeoutMs: Number.NaN },
  { type: 'shutdown', timeoutMs: -1 },
  { type: 'handover' },
  { type: 'handover', handover: { ...handover, seq: 0 } },
  { type: 'handover', handover: { ...handover, seq: 1.5 } },
  { type: 'handover', handover: { ...handover, producer: '' } },
  { type: 'handover', handover: { ...handover, producer: 'x'.repeat(65) } },
  { type: 'handover', handover: { ...handover, lane: 'constructor' } },
  { type: 'handover', handover: { ...handover, format: '__proto__' } },
  { type: 'handover', handover: { ...handover, events: ['{}'] } },
  { type: 'handover', handover: { ...handover, events: Array(MAX_HANDOVER_EVENTS + 1).fill(handover.events[0]) } },
])('P11: message %# is malformed', (wrong) => {
  expect(parsePageMessage({ ...base, ...wrong })).toMatchObject({ ok: false, reason: 'malformed' })
})

test('a reason to wake that is not known is as good as none', () => {
  expect(parsePageMessage({ ...base, type: 'wake', reason: 'toString' })).toMatchObject({ message: { reason: 'due' } })
})

test.each([1e300, Number.POSITIVE_INFINITY])('a timeout of %d is a day (invariant 5)', (timeoutMs) => {
  for (const type of ['flush', 'shutdown']) {
    expect(parsePageMessage({ ...base, type, timeoutMs })).toMatchObject({ message: { timeoutMs: MAX_DELAY } })
  }
})

test('when a handover was captured and by which clock is kept, within what dates allow', () => {
  const times = (given: object) => {
    const { at, skew } = parseHandover({ ...handover, ...given }) ?? {}
    return [at, skew]
  }
  expect(times({ at: 1_767_225_600_000, skew: -691_200_000 })).toEqual([1_767_225_600_000, -691_200_000])
  // An earlier version's has neither.
  expect(times({ at: undefined, skew: undefined })).toEqual([0, 0])
  for (const wrong of ['1', null, Number.NaN, Number.POSITIVE_INFINITY, 8.64e15]) {
    expect(times({ at: wrong, skew: wrong })).toEqual([0, 0])
  }
  expect(times({ at: -1 })).toEqual([0, 0])
})

test('counts of drops that are none are left out', () => {
  const dropped = { invalid: 2, before_send: -1, rejected: '5', expired: 1.5 }
  expect(parseHandover({ ...handover, dropped })?.dropped).toEqual({ invalid: 2 })
})

test.each([
  { type: 'committed', refused: [], firstRefusal: false, pending: 0 },
  { type: 'flushed', flushed: { delivered: 0, pending: 0, dropped: 0 } },
  { type: 'stats', stats: { accepted: 0, delivered: 0, pending: 0, dropped: {} } },
  { type: 'awake', pending: 0 },
  { type: 'idle', pending: 3, nextWakeAt: 5 },
  { type: 'refused', reason: 'storage', detail: 'x' },
])('a host’s $type message is read as it was sent', (body) => {
  const message = { ...base, instance: 'worker:1', ...body }
  expect(parseHostMessage(structuredClone(message))).toEqual(message)
})

test.each([
  { type: 'committed' },
  { type: 'flushed', flushed: null },
  { type: 'constructor' },
  { type: 'hasOwnProperty' },
  { type: '__proto__' },
  { type: 'awake', pending: '0' },
  { type: 'awake', pending: 0, outlast: 2 },
  { type: 'awake', pending: 0, instance: 5 },
])('P11: host message %# is none', (wrong) => {
  expect(parseHostMessage({ ...base, instance: 'worker:1', ...wrong })).toBeUndefined()
})

test('P11: no parser throws, whatever is posted', () => {
  const shape = fc.record(
    {
      outlast: fc.oneof(fc.constant(MESSAGE_VERSION), anything()),
      id: fc.oneof(fc.nat(), anything()),
      queue: fc.oneof(fc.constant(base.queue), anything()),
      type: fc.oneof(
        fc.constantFrom('handover', 'wake', 'flush', 'stats', 'shutdown', 'committed', 'idle'),
        anything(),
      ),
      handover: fc.oneof(
        fc.record({ producer: anything(), seq: anything(), lane: anything(), events: anything() }),
        anything(),
      ),
      config: anything(),
      reason: anything(),
      timeoutMs: anything(),
      instance: anything(),
    },
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(fc.oneof(shape, anything()), (raw) => {
      parsePageMessage(raw)
      parseHostMessage(raw)
      parseHandover(raw)
    }),
    { numRuns: 500 },
  )
})

test('P11: a handover that reports more drops than a page can make is refused: counters would no longer count', () => {
  expect(parseHandover({ ...handover, dropped: { invalid: 2_000_000_000 } })).toBeUndefined()
})

test('P11: a handover with holes in it is refused', () => {
  expect(parseHandover({ ...handover, events: new Array(3) })).toBeUndefined()
})

test.each([
  { type: 'committed', refused: [null], pending: 0 },
  { type: 'committed', refused: [{ reason: 'queue_full' }], pending: 0 },
  { type: 'committed', refused: [], pending: Number.NaN },
  { type: 'flushed', flushed: {} },
  { type: 'stats', stats: { accepted: 1 } },
  { type: 'stats', stats: { accepted: 1, delivered: 1, pending: 0, dropped: { expired: 'x' } } },
  { type: 'idle', pending: 1, nextWakeAt: 'soon' },
  { type: 'idle', pending: 1, blockedBy: {} },
  { type: 'refused', reason: 'storage', detail: { toString: 1 } },
])('P11: a page takes no answer like %o', (wrong) => {
  expect(parseHostMessage({ ...base, instance: 'worker:1', ...wrong })).toBeUndefined()
})

test('P8: that a host speaks another version is understood by every version, and nothing else of it', () => {
  const other = { outlast: MESSAGE_VERSION + 1, id: 1, queue: 'q', instance: 'worker:1', detail: 'x' }
  expect(parseHostMessage({ ...other, type: 'refused', reason: 'version' })).toMatchObject({ reason: 'version' })
  expect(parseHostMessage({ ...other, type: 'refused', reason: 'storage' })).toBe(undefined)
  expect(parseHostMessage({ ...other, type: 'awake', pending: 0 })).toBe(undefined)
})
