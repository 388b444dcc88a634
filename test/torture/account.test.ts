import { describe, expect, it } from 'vitest'
import { account, type Facts, type ReceivedEvent, type SeenRequest, STRAGGLER_MS } from './account'

const MARK = 'round'

const CAPTURED_AT = Date.parse('2026-01-02T03:04:05.678Z')

function event(uuid: string, more?: Partial<ReceivedEvent>) {
  const timestamp = '2026-01-02T03:04:05.678Z'
  const properties = { mark: MARK, signed_uuid: uuid, signed_timestamp: timestamp }
  return { uuid, timestamp, copies: 1, altered: 0, properties, ...more }
}

const request = (arrived: number, uuids: string[], more?: Partial<SeenRequest>) => ({
  arrived,
  uuids,
  beacon: false,
  status: 200,
  answered: true,
  ...more,
})

const captured = (...uuids: string[]) => new Map(uuids.map((uuid) => [uuid, CAPTURED_AT]))

/** Facts of a round in which nothing is amiss: a and b acknowledged and delivered. */
function facts(more?: Partial<Facts>) {
  return {
    mark: MARK,
    captured: captured('a', 'b'),
    acknowledged: new Set(['a', 'b']),
    owed: new Map(),
    dropped: new Map(),
    choices: [],
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
      owed: 0,
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

  it('P2: an event that was captured in time and did not arrive is lost, though no page knew it to be committed', () => {
    const { owed, lost, breaches } = account(facts({ owed: new Map([['c', '400 ms before it was closed']]) }))
    expect({ owed, lost }).toEqual({ owed: 1, lost: 1 })
    expect(breaches).toEqual(['1 captured in time and lost, such as c (400 ms before it was closed)'])
  })

  it('what no page knew to be committed may arrive or not, and is counted', () => {
    const found = account(facts({ captured: captured('a', 'b', 'c', 'd'), acknowledged: new Set(['a']) }))
    expect(found).toMatchObject({
      captured: 4,
      unacknowledged: 3,
      arrivedAnyway: 1,
      breaches: [],
    })
  })

  it("an event that the round's page signed was captured, though the killed browser took the word of it along", () => {
    const found = account(facts({ captured: captured('a'), acknowledged: new Set() }))
    expect(found).toMatchObject({ captured: 2, breaches: [] })
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

    const found = (more: Partial<Facts>) => account(facts({ received: twice, ...more }))

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
      expect.stringMatching(/^the queue counts .* but 2 events were in requests of it$/),
    ])
  })

  it('an event that went out by a beacon alone was never in the queue', () => {
    const requests = [request(0, ['a']), request(0, ['b'], { beacon: true })]
    const stats = { accepted: 1, delivered: 1, pending: 0, dropped: {} }
    expect(account(facts({ acknowledged: new Set(['a']), requests, stats })).breaches).toEqual([])
  })

  describe('once the person has opted out with clear', () => {
    /** Of b's capture that lies so many ms from a's. */
    const apart = (ms: number) => {
      const at = new Date(CAPTURED_AT + ms).toISOString()
      return event('b', { timestamp: at, properties: { mark: MARK, signed_uuid: 'b', signed_timestamp: at } })
    }
    const refused = { refused: true, from: CAPTURED_AT + 100, sureAt: CAPTURED_AT + 1_100 }
    const agreed = { refused: false, from: CAPTURED_AT + 3_000, sureAt: CAPTURED_AT + 4_000 }
    const early = { requests: [request(CAPTURED_AT, ['a', 'b'])] }

    const breachesWith = (ms: number, choices: Facts['choices']) =>
      account(
        facts({
          ...early,
          captured: new Map([...captured('a'), ['b', CAPTURED_AT + ms]]),
          received: [event('a'), apart(ms)],
          choices,
        }),
      ).breaches

    it('nothing that is captured from then on arrives', () => {
      expect(breachesWith(2_000, [refused])).toEqual([expect.stringContaining('after the person had opted out')])
      expect(breachesWith(2_000, [refused, agreed])).toHaveLength(1)
    })

    it('what another tab captured before it can have heard of it may arrive, and what came after an opt-in', () => {
      expect(breachesWith(500, [refused])).toEqual([])
      expect(breachesWith(5_000, [refused, agreed])).toEqual([])
    })

    it('a choice that was made right before a kill proves nothing', () => {
      expect(breachesWith(2_000, [{ ...refused, sureAt: undefined }])).toEqual([])
    })

    it('what was captured before may be missing, and is dropped for that reason', () => {
      const stats = { accepted: 3, delivered: 2, pending: 0, dropped: { opted_out: 1 } }
      const gone = { acknowledged: new Set(['a', 'b', 'c']), captured: captured('a', 'b', 'c'), stats }
      const dropped = new Map([['c', 'opted_out: opted_out']])
      expect(account(facts({ ...early, ...gone, dropped, choices: [refused] }))).toMatchObject({
        lost: 0,
        breaches: [],
      })
      expect(account(facts({ ...early, ...gone, dropped })).breaches).toHaveLength(3)
    })

    it('what was captured after the opt-in must arrive', () => {
      const later = new Map([...captured('a', 'b'), ['c', CAPTURED_AT + 5_000]])
      const owed = new Map([['c', 'why']])
      const found = account(facts({ ...early, captured: later, owed, choices: [refused, agreed] }))
      expect(found.breaches).toEqual(['1 captured in time and lost, such as c (why)'])
      expect(account(facts({ ...early, captured: later, owed, choices: [refused] })).breaches).toEqual([])
    })

    it('what was erased is not sent any more, unless it was on its way', () => {
      const sent = (ms: number) =>
        account(facts({ requests: [request(CAPTURED_AT + ms, ['a', 'b'])], choices: [refused] })).breaches
      expect(sent(2_000)).toEqual([])
      expect(sent(2_200)).toEqual([expect.stringContaining('2 sent after the person had it erased')])
    })
  })
})
