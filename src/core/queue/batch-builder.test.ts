import { expect, test } from 'vitest'
import { eventsFrom, uuid } from '../../../test/support/core/fixtures'
import type { BeforeSend } from '../event/before-send'
import { uuidOf } from '../event/event-json'
import { addChunk, newBatchBuilder } from './batch-builder'
import type { ChunkRecord } from './records'

/** The `ageSpan` of the batches, in ms. */
const SPAN = 1_000

const chunk = (from: number, count: number, given: Partial<ChunkRecord> = {}): ChunkRecord => ({
  events: eventsFrom(from, count),
  format: 'v0',
  at: 0,
  capturedAt: 0,
  skew: 0,
  ...given,
})

/** Fills one batch from the chunks. Returns what it holds and what was left of each chunk. */
function batch(
  chunks: ChunkRecord[],
  given: { maxCount?: number; maxSize?: number; oneChunk?: boolean; hooks?: BeforeSend[] } = {},
) {
  const limits = { maxCount: 100, maxSize: 1_000_000, ageSpan: SPAN, oneChunk: false, token: 't', hooks: [], ...given }
  const builder = newBatchBuilder()
  const uuids = new Set<string>()
  const left = chunks.map((one) => (builder.full ? one.events : addChunk(builder, uuids, one, limits)).length)
  return { left, builder, events: builder.events.map((json) => Number.parseInt(uuidOf(json).slice(-4), 16)) }
}

test('events come in order, across chunks', () => {
  expect(batch([chunk(1, 2), chunk(3, 2)])).toMatchObject({ events: [1, 2, 3, 4], left: [0, 0] })
})

test('P6: a batch is of one clock, because one time corrects it all', () => {
  const chunks = [chunk(1, 2, { skew: 8_000 }), chunk(3, 2, { skew: 8_000 }), chunk(5, 2)]
  expect(batch(chunks)).toMatchObject({ events: [1, 2, 3, 4], left: [0, 0, 2], builder: { skew: 8_000 } })
})

test('the count cuts', () => {
  expect(batch([chunk(1, 2), chunk(3, 2)], { maxCount: 3 })).toMatchObject({ events: [1, 2, 3], left: [0, 1] })
})

test('the size cuts, but one event is always taken', () => {
  const size = (eventsFrom(1, 1)[0] ?? '').length
  expect(batch([chunk(1, 4)], { maxSize: size * 2 })).toMatchObject({ events: [1, 2], left: [2] })
  expect(batch([chunk(1, 4)], { maxSize: 1 })).toMatchObject({ events: [1], left: [3] })
})

test('another format cuts', () => {
  const other = chunk(3, 2, { events: eventsFrom(3, 2, 'v1'), format: 'v1' })
  expect(batch([chunk(1, 2), other])).toMatchObject({ events: [1, 2], left: [0, 2] })
})

test('a uuid that is in it already cuts (invariant 8)', () => {
  expect(batch([chunk(1, 2), chunk(2, 2)])).toMatchObject({ events: [1, 2], left: [0, 2] })
})

test('chunks of different ages do not share a batch', () => {
  expect(batch([chunk(1, 1), chunk(2, 1, { at: SPAN })])).toMatchObject({ left: [0, 0] })
  expect(batch([chunk(1, 1), chunk(2, 1, { at: SPAN + 1 })])).toMatchObject({ left: [0, 1] })
  expect(batch([chunk(1, 1, { at: SPAN + 1 }), chunk(2, 1)])).toMatchObject({ left: [0, 1] })
})

test('a batch is as old as its oldest chunk', () => {
  expect(batch([chunk(1, 1, { at: 50 }), chunk(2, 1, { at: 20 }), chunk(3, 1, { at: 90 })]).builder.at).toBe(20)
})

test('a historical chunk is alone', () => {
  expect(batch([chunk(1, 2), chunk(3, 2)], { oneChunk: true })).toMatchObject({ events: [1, 2], left: [0, 2] })
})

test('hooks drop and change; what they drop is told apart and still counts as taken', () => {
  const hooks: BeforeSend[] = [
    (event) => (event.event === 'event 2' ? null : { ...event, uuid: uuid(9), event: 'changed' }),
  ]
  const { events, builder } = batch([chunk(1, 3)], { hooks })
  expect(events).toEqual([1, 3])
  expect(builder.events.every((json) => JSON.parse(json).event === 'changed')).toBe(true)
  expect(builder.rejected.map(({ event }) => uuidOf(event))).toEqual([uuid(2)])
  expect(builder.storedCount).toBe(3)
})

test('P10: a hook that makes an event that cannot be serialized drops that event alone', () => {
  const { proxy: properties, revoke } = Proxy.revocable({}, {})
  revoke()
  const hooks: BeforeSend[] = [(event) => (event.event === 'event 1' ? { ...event, properties } : event)]
  const { events, builder } = batch([chunk(1, 2)], { hooks })
  expect(events).toEqual([2])
  expect(builder.rejected).toHaveLength(1)
})
