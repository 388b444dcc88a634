import fc from 'fast-check'
import { expect, test } from 'vitest'
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
import { configOf, eventsFrom, uuid } from './testing/fixtures'

const batch = {
  lane: 'live',
  format: 'v0',
  requestId: uuid(1),
  createdAt: 1,
  at: 1,
  from: 1,
  count: 2,
  size: 3,
  attempt: 1,
  failures: 0,
  answered: 0,
  notBefore: 5,
  byServer: false,
  unreachable: false,
}
const chunk = { events: eventsFrom(1, 2), format: 'v0', at: 1 }

test('what was stored is read as it was', () => {
  const queue = { ...newQueue(configOf({ maxRetries: 3 })), dropped: { rejected: 2 }, pending: 4 }
  expect(parseQueue(structuredClone(queue))).toEqual(queue)
  expect(parseBatch(structuredClone(batch))).toEqual(batch)
  expect(parseBatch({ ...batch, lease: { sender: 'a', at: 1 } })).toMatchObject({ lease: { sender: 'a' } })
  expect(parseChunk(structuredClone(chunk))).toEqual(chunk)
  expect(parseBody({ events: chunk.events })).toEqual(chunk.events)
})

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

test('counts under names that are no reasons are left out', () => {
  const queue = parseQueue({
    ...newQueue(configOf()),
    dropped: { rejected: 1, expired: -1, nonsense: 5, __proto__: 5 },
  })
  expect(queue?.dropped).toEqual({ rejected: 1 })
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
