import { describe, expect, it } from 'vitest'
import { eventJson, handoverOf } from '../../../test/support/core/fixtures'
import { newOutbox, type Outbox } from '../first/outbox'
import { answerWithoutHost, flushResult, mergeStats, shutdownResult, statsOfOutbox } from './results'

/** Two events in a handover that no host has answered for, which also tells of one drop; one event and one drop are newer. */
function outboxOf(): Outbox {
  const outbox = newOutbox('page')
  outbox.unacknowledged.add(handoverOf(1, [eventJson(1), eventJson(2)], { dropped: { queue_full: 1 } }))
  outbox.unsent.push({ lane: 'live', format: 'v0', events: [eventJson(3)], at: 0, skew: 0 })
  outbox.count = 3
  outbox.dropped = { invalid: 1, queue_full: 2 }
  return outbox
}

describe('stats', () => {
  it('P5: adds to what the host counted what it has not counted yet, so that the sum is right', () => {
    const there = { accepted: 10, delivered: 4, pending: 5, dropped: { queue_full: 1 } }
    const merged = mergeStats(there, outboxOf())
    expect(merged).toEqual({ accepted: 17, delivered: 4, pending: 8, dropped: { queue_full: 4, invalid: 1 } })
    expect(merged.accepted).toBe(merged.delivered + merged.pending + 5)
  })

  it('leaves what the host said and what the outbox has as they are', () => {
    const there = { accepted: 1, delivered: 0, pending: 0, dropped: { queue_full: 1 } }
    const outbox = outboxOf()
    mergeStats(there, outbox)
    expect(there.dropped).toEqual({ queue_full: 1 })
    expect(outbox).toEqual(outboxOf())
  })

  it('P5: are those of the outbox alone where no host said any, with what was dropped here', () => {
    const dropped = { queue_full: 3, invalid: 1 }
    expect(statsOfOutbox(outboxOf())).toEqual({ accepted: 7, delivered: 0, pending: 3, dropped })
  })
})

describe('without a host', () => {
  it('stats count nothing twice', () => {
    const answer = answerWithoutHost('queue', outboxOf(), { type: 'stats' })
    expect(answer).toMatchObject({ type: 'stats', queue: 'queue', id: 0 })
    if (answer.type === 'stats') expect(mergeStats(answer.stats, outboxOf())).toMatchObject({ accepted: 7, pending: 3 })
  })

  it.each(['flush', 'erase', 'shutdown'] as const)('%s finds everything pending', (type) => {
    const body = type === 'shutdown' ? { type, timeoutMs: 1 } : { type }
    expect(answerWithoutHost('queue', outboxOf(), body)).toMatchObject({
      type: 'flushed',
      flushed: { delivered: 0, pending: 3, dropped: 0 },
    })
  })
})

describe('flush', () => {
  it('counts as dropped what the host refused on the way to it', () => {
    const flushed = { delivered: 2, pending: 1, dropped: 1 }
    expect(flushResult(flushed, 3)).toEqual({ delivered: 2, pending: 1, dropped: 4 })
  })
})

describe('shutdown', () => {
  it('keeps what is pending in the queue', () => {
    expect(shutdownResult({ delivered: 2, pending: 3, dropped: 1 }, 0, 0)).toEqual({
      delivered: 2,
      kept: 3,
      dropped: 1,
    })
  })

  it('without a word of the host, keeps what this page could keep and drops the rest', () => {
    expect(shutdownResult(undefined, 5, 2)).toEqual({ delivered: 0, kept: 3, dropped: 2 })
  })
})
