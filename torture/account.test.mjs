// @ts-check
import { describe, expect, it } from 'vitest'
import { account, STRAGGLER_MS } from './account.mjs'

/** @typedef {import('./account.mjs').Facts} Facts */

const MARK = 'round'

/** @param {string} uuid @param {Partial<import('./account.mjs').ReceivedEvent>} [more] */
function event(uuid, more) {
  const timestamp = '2026-01-02T03:04:05.678Z'
  const properties = { mark: MARK, signed_uuid: uuid, signed_timestamp: timestamp }
  return { uuid, timestamp, copies: 1, altered: 0, properties, ...more }
}

/** @param {number} arrived @param {string[]} uuids @param {Partial<import('./account.mjs').SeenRequest>} [more] */
const request = (arrived, uuids, more) => ({ arrived, uuids, beacon: false, status: 200, answered: true, ...more })

/** Facts of a round in which nothing is amiss: a and b acknowledged and delivered. @param {Partial<Facts>} [more] */
function facts(more) {
  return {
    mark: MARK,
    captured: new Set(['a', 'b']),
    acknowledged: new Set(['a', 'b']),
    dropped: new Map(),
    received: [event('a'), event('b')],
    requests: [request(0, ['a', 'b'])],
    disturbances: [],
    stats: { accepted: 2, delivered: 2, pending: 0, dropped: {} },
    ...more,
  }
}

describe('the account of a round', () => {
  it('finds nothing where nothing is amiss', () => {
    expect(account(facts())).toEqual({
      captured: 2,
      acknowledged: 2,
      delivered: 2,
      lost: 0,
      unacknowledged: 0,
      arrivedAnyway: 0,
      duplicates: 0,
      breaches: [],
    })
  })

  it('P2: an acknowledged event that did not arrive is lost', () => {
    const { lost, breaches } = account(facts({ acknowledged: new Set(['a', 'b', 'c']) }))
    expect(lost).toBe(1)
    expect(breaches).toEqual([expect.stringContaining('1 acknowledged and lost, such as c')])
  })

  it('what no page knew to be committed may arrive or not, and is counted', () => {
    const { captured, unacknowledged, arrivedAnyway, breaches } = account(
      facts({ captured: new Set(['a', 'b', 'c', 'd']), acknowledged: new Set(['a']) }),
    )
    expect({ captured, unacknowledged, arrivedAnyway, breaches }).toEqual({
      captured: 4,
      unacknowledged: 3,
      arrivedAnyway: 1,
      breaches: [],
    })
  })

  it("an event that the round's page signed was captured, though the killed browser took the word of it along", () => {
    const { captured, breaches } = account(facts({ captured: new Set(['a']), acknowledged: new Set() }))
    expect({ captured, breaches }).toEqual({ captured: 2, breaches: [] })
  })

  it('P4: a changed timestamp, a changed uuid and a copy that differs are breaches', () => {
    const received = [event('a', { timestamp: '2026-01-02T03:04:06.000Z' }), event('b', { altered: 1 })]
    expect(account(facts({ received })).breaches).toEqual([
      expect.stringContaining('2 delivered with another uuid or timestamp'),
    ])
    const renamed = event('c', { properties: event('b').properties })
    const { breaches } = account(facts({ received: [event('a'), renamed], acknowledged: new Set(['a']) }))
    expect(breaches).toContainEqual(expect.stringContaining('1 delivered with another uuid or timestamp'))
    expect(breaches).toContainEqual(expect.stringContaining('1 delivered and never captured'))
  })

  it('an event of another round is one that was never captured', () => {
    const stranger = event('a', { properties: { ...event('a').properties, mark: 'another' } })
    expect(account(facts({ received: [stranger, event('b')] })).breaches).toEqual([
      expect.stringContaining('1 delivered and never captured'),
    ])
  })

  describe('P4: a second copy', () => {
    const twice = [event('a', { copies: 2 }), event('b')]
    const later = request(5_000, ['a'])

    /** @param {Partial<Facts>} more */
    const found = (more) => account(facts({ received: twice, ...more }))

    it('needs a cause', () => {
      const { duplicates, breaches } = found({ requests: [request(0, ['a', 'b']), later] })
      expect(duplicates).toBe(1)
      expect(breaches).toEqual([expect.stringContaining('1 delivered again though no answer can have been lost')])
    })

    it('is excused by an answer that was not given', () => {
      expect(found({ requests: [request(0, ['a', 'b'], { answered: false }), later] }).breaches).toEqual([])
      const unknown = request(0, ['a', 'b'], { answered: false, status: undefined })
      expect(found({ requests: [unknown, later] }).breaches).toEqual([])
    })

    it('is not excused by a request that was refused', () => {
      const refused = request(10, ['a'], { status: 503, answered: false })
      expect(found({ requests: [request(0, ['a', 'b']), refused, later] }).breaches).toHaveLength(1)
    })

    it('is excused by a beacon, which has no answer', () => {
      expect(found({ requests: [request(0, ['a'], { beacon: true }), request(1, ['a', 'b'])] }).breaches).toEqual([])
    })

    it('is excused by a fault between the two, or just before the first', () => {
      const requests = [request(2_000, ['a', 'b']), later]
      expect(found({ requests, disturbances: [{ from: 3_000, to: 3_100 }] }).breaches).toEqual([])
      expect(found({ requests, disturbances: [{ from: 1_500, to: 1_900 }] }).breaches).toEqual([])
      const long = 1_999 - STRAGGLER_MS
      expect(found({ requests, disturbances: [{ from: 0, to: long }] }).breaches).toHaveLength(1)
      expect(found({ requests, disturbances: [{ from: 5_001, to: 6_000 }] }).breaches).toHaveLength(1)
    })

    it('is not excused where no request is known to have carried it', () => {
      expect(found({}).breaches).toEqual([expect.stringContaining('1 delivered again')])
    })
  })

  it('P5: nothing may be dropped, be left, or be missing in the counts of the queue', () => {
    expect(account(facts({ dropped: new Map([['a', 'queue_full: no room']]) })).breaches).toEqual([
      expect.stringContaining('1 dropped without a cause, such as a (queue_full: no room)'),
    ])
    const stats = { accepted: 2, delivered: 2, pending: 0, dropped: {} }
    expect(account(facts({ stats: { ...stats, delivered: 1, pending: 1 } })).breaches).toEqual([
      'the queue was not drained: 1 pending',
    ])
    expect(account(facts({ stats: { ...stats, delivered: 1 } })).breaches).toEqual([
      expect.stringContaining('accepted is not delivered + dropped + pending'),
    ])
    expect(account(facts({ stats: { ...stats, accepted: 3, delivered: 3 } })).breaches).toEqual([
      'the queue counts 3 accepted events, but 2 were in requests of it',
    ])
  })

  it('an event that went out by a beacon alone was never in the queue', () => {
    const requests = [request(0, ['a']), request(0, ['b'], { beacon: true })]
    const stats = { accepted: 1, delivered: 1, pending: 0, dropped: {} }
    expect(account(facts({ acknowledged: new Set(['a']), requests, stats })).breaches).toEqual([])
  })
})
