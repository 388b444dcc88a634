import { expect, test } from 'vitest'
import { MAX_HANDOVER_EVENTS, MAX_HANDOVER_SIZE } from '../../core/base/limits'
import { droppedHere } from '../late/outbox-settle'
import { cut, eraseOutbox, newOutbox, putIn } from './outbox'

const filled = (jsons: string[]) => {
  const outbox = newOutbox('producer')
  for (const json of jsons) putIn(outbox, 'live', 'v0', json, 0, 0)
  return outbox
}

test('P7: a burst is cut into handovers of bounded number, in order', () => {
  const jsons = Array.from({ length: 10_000 }, (_, n) => `{${n}}`)
  const handovers = cut(filled(jsons))
  expect(Math.max(...handovers.map(({ events }) => events.length))).toBe(MAX_HANDOVER_EVENTS)
  expect(handovers.flatMap(({ events }) => events)).toEqual(jsons)
  expect(handovers.map(({ seq }) => seq)).toEqual(handovers.map((_, index) => index + 1))
})

test('P7: large events are cut into handovers of bounded size, and one that is larger goes alone', () => {
  const sizes = [MAX_HANDOVER_SIZE / 2, MAX_HANDOVER_SIZE / 2, 10, MAX_HANDOVER_SIZE * 2, 10, 10]
  const handovers = cut(filled(sizes.map((size) => 'x'.repeat(size))))
  expect(handovers.map(({ events }) => events.map(({ length }) => length))).toEqual([
    sizes.slice(0, 2),
    [10],
    [MAX_HANDOVER_SIZE * 2],
    [10, 10],
  ])
})

test('events that clocks of different skew stamped do not share a handover, and jitter parts none', () => {
  const outbox = newOutbox('producer')
  const ahead = [0, 3, -999, 8_000, 8_002, 7_998, -5_000]
  for (const [index, ms] of ahead.entries()) putIn(outbox, 'live', 'v0', `{${index}}`, 100 + index, ms)
  expect(cut(outbox).map(({ events, skew, at }) => ({ events, skew, at }))).toEqual([
    { events: ['{0}', '{1}', '{2}'], skew: 0, at: 102 },
    { events: ['{3}', '{4}', '{5}'], skew: 8_000, at: 105 },
    { events: ['{6}'], skew: -5_000, at: 106 },
  ])
})

test('P10: cleared, its handovers keep their numbers and hold no event', () => {
  const outbox = filled(['{1}', '{2}'])
  cut(outbox)
  putIn(outbox, 'live', 'v0', '{3}', 0, 0)
  eraseOutbox(outbox)
  expect({ count: outbox.count, size: outbox.size, dropped: droppedHere(outbox) }).toEqual({
    count: 0,
    size: 0,
    dropped: { opted_out: 3 },
  })
  expect([...outbox.unacknowledged]).toMatchObject([{ seq: 1, events: [], dropped: { opted_out: 2 } }])
})
