import fc from 'fast-check'
import { expect, test } from 'vitest'
import { configOf, eventsFrom, uuid } from '../../../test/support/core/fixtures'
import { parseDropped } from './handover'
import {
  commitHandover,
  newQueue,
  type ProducerRecord,
  parseBatch,
  parseBody,
  parseChunk,
  parseProducer,
  parseQueue,
} from './records'

const batch = {
  lane: 'live',
  format: 'v0',
  requestId: uuid(1),
  createdAt: 1,
  at: 1,
  capturedAt: 1,
  from: 1,
  count: 2,
  size: 3,
  attempt: 1,
  failures: 0,
  answered: 0,
  notBefore: 5,
  fromRetryAfter: false,
  unreachable: false,
  skew: -8_000,
}
const chunk = { events: eventsFrom(1, 2), format: 'v0', at: 1, capturedAt: 1, skew: 8_000 }

test('what was stored is read as it was', () => {
  const queue = { ...newQueue(configOf({ maxRetries: 3 })), dropped: { rejected: 2 }, pending: 4 }
  expect(parseQueue(structuredClone(queue))).toEqual(queue)
  expect(parseBatch(structuredClone(batch))).toEqual(batch)
  expect(parseBatch({ ...batch, lease: { sender: 'a', at: 1 } })).toMatchObject({ lease: { sender: 'a' } })
  expect(parseChunk(structuredClone(chunk))).toEqual(chunk)
  expect(parseBody({ events: chunk.events })).toEqual(chunk.events)
})

test('a queue record of an earlier version, which stored the sum of the counters as `accepted`, is read', () => {
  const queue = { ...newQueue(configOf()), delivered: 3, pending: 4 }
  expect(parseQueue({ ...queue, accepted: 7 })).toMatchObject(queue)
})

test.each([undefined, null, '8000', Number.NaN, Number.POSITIVE_INFINITY, 1e15])(
  'a skew of %s is none: events of an earlier version have no other, and what is damaged costs no event',
  (skew) => {
    expect(parseBatch({ ...batch, skew })).toMatchObject({ count: 2, skew: 0 })
    expect(parseChunk({ ...chunk, skew })).toMatchObject({ events: chunk.events, skew: 0 })
  },
)

test.each([
  { pending: -1 },
  { pending: 1.5 },
  { nextId: Number.NaN },
  { failures: '1' },
  { failedAt: undefined },
  { pausedUntil: Number.POSITIVE_INFINITY },
  { lanes: {} },
  { config: {} },
])('P11: a queue record with %o is damaged', (wrong) => {
  expect(parseQueue({ ...newQueue(configOf()), ...wrong })).toBeUndefined()
})

test.each([
  { lane: '__proto__' },
  { format: 'v9' },
  { requestId: 5 },
  { count: -1 },
  { notBefore: null },
  { lease: {} },
])('P11: a batch record with %o is damaged', (wrong) => {
  expect(parseBatch({ ...batch, ...wrong })).toBeUndefined()
})

test.each([{ events: [] }, { events: ['{}'] }, { events: 'x' }, { format: 'constructor' }, { at: '1' }])(
  'P11: a chunk with %o is damaged',
  (wrong) => {
    expect(parseChunk({ ...chunk, ...wrong })).toBeUndefined()
  },
)

test('P11: no parser throws, whatever is stored', () => {
  fc.assert(
    fc.property(fc.anything(), (raw) => {
      for (const parse of [parseQueue, parseBatch, parseChunk, parseBody, parseProducer, parseDropped]) parse(raw)
    }),
  )
})

test('P5: a count under a reason that only a later version has is kept, and no name that every object has is a reason', () => {
  const hostile = JSON.parse('{"__proto__":5,"constructor":5,"rejected":1,"expired":-1,"of_later":5}')
  const dropped = parseDropped({ ...hostile, ['long'.repeat(20)]: 5 })
  expect(Object.entries(dropped)).toEqual([
    ['rejected', 1],
    ['of_later', 5],
  ])
  expect(parseQueue({ ...newQueue(configOf()), dropped })?.dropped).toEqual(dropped)
})

test('P11: a record keeps no more reasons than there may ever be', () => {
  const many = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`reason_${index}`, 1]))
  expect(Object.keys(parseDropped(many))).toHaveLength(32)
})

const none: ProducerRecord = { at: 0, committed: [] }
const commitAll = (seqs: number[]) =>
  seqs.reduce((producer, seq) => {
    const next = commitHandover(producer, seq)
    return next === 'seen' ? producer : next
  }, none)

test.each([
  [[1, 2, 3], [[1, 3]]],
  [
    [3, 1],
    [
      [1, 1],
      [3, 3],
    ],
  ],
  [[3, 1, 2], [[1, 3]]],
  [[5, 9, 7, 6, 8], [[5, 9]]],
  [[1, 1, 1], [[1, 1]]],
  [
    [2, 4, 6, 3],
    [
      [2, 4],
      [6, 6],
    ],
  ],
])('handovers %j are remembered as %j', (seqs, committed) => {
  expect(commitAll(seqs).committed).toEqual(committed)
})

test('P4: a handover is new exactly once, in whatever order they come', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 80 }), (seqs) => {
      const seen = new Set<number>()
      let producer = none
      for (const seq of seqs) {
        const next = commitHandover(producer, seq)
        expect(next === 'seen').toBe(seen.has(seq))
        seen.add(seq)
        if (next !== 'seen') producer = next
      }
      expect(parseProducer(structuredClone(producer))).toEqual(producer)
    }),
  )
})

test.each([
  { at: 1, committed: [[3, 1]] },
  { at: 1, committed: [[1]] },
  { at: 1, committed: [[1, 2, 3]] },
  { at: 1 },
  5,
])('P11: a producer record of %j is as good as none', (raw) => {
  expect(parseProducer(raw)).toEqual(none)
})

test("P11: an event that is cut short, has no name or is nobody's is damaged: it would fail the whole request", () => {
  const [json = ''] = eventsFrom(1, 1)
  for (const wrong of [
    json.slice(0, json.indexOf('}') + 1),
    json.replace('"event 1"', '""'),
    json.replace('"visitor"', '""'),
    json.replace('"timestamp"', '"time"'),
  ]) {
    expect(parseChunk({ ...chunk, events: [json, wrong] })).toBeUndefined()
  }
})

test('P11: a sparse list is not taken for a full one', () => {
  const sparse: unknown[] = []
  sparse[2] = chunk.events[0]
  expect(parseChunk({ ...chunk, events: sparse })).toBeUndefined()
  expect(parseProducer({ at: 1, committed: new Array(3) })).toEqual(none)
})

test('P11: a batch that holds an event twice holds it once', () => {
  const [first, second] = chunk.events
  expect(parseBody({ events: [first, first, second] })).toEqual([first, second])
})

test('P11: lanes that count more than is pending contradict the queue', () => {
  const lanes = {
    live: { count: 2, size: 9, chunks: 1, since: 0, due: 0 },
    historical: newQueue(configOf()).lanes.live,
  }
  expect(parseQueue({ ...newQueue(configOf()), lanes, pending: 1 })).toBeUndefined()
  expect(parseQueue({ ...newQueue(configOf()), lanes, pending: 2 })).toBeDefined()
})

test.each([{ createdAt: 1e300 }, { at: 8.64e15 + 1 }, { requestId: 'ü' }, { attempt: Number.MAX_SAFE_INTEGER }])(
  'P11: a batch record with %o could never be sent, so it is damaged',
  (wrong) => {
    expect(parseBatch({ ...batch, ...wrong })).toBeUndefined()
  },
)
