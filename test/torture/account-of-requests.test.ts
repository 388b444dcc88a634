import { expect, it } from 'vitest'
import { accountOfRequests, type FactsOfRequests } from './account-of-requests'
import type { SeenBody } from './request-host'

const bodyOf = (id: string) => JSON.stringify({ mark: 'm', id, note: id })

const arrival = (id: string, at: number, more: Partial<SeenBody> = {}): SeenBody => ({
  arrived: at,
  uuids: [id],
  beacon: false,
  status: 200,
  answered: true,
  text: bodyOf(id),
  ...more,
})

const accountOf = (more: Partial<FactsOfRequests>) =>
  accountOfRequests({
    mark: 'm',
    given: new Map(['a', 'b', 'c'].map((id) => [id, bodyOf(id)])),
    stored: new Set(['a', 'b']),
    refused: new Map(),
    seen: [arrival('a', 1), arrival('b', 2)],
    disturbances: [],
    pending: 0,
    ...more,
  })

it('P2: a request that was answered with 202 has to arrive, and one that was not may', () => {
  expect(accountOf({})).toMatchObject({
    requests: 3,
    requestsStored: 2,
    requestsArrived: 2,
    requestsLost: 0,
    breaches: [],
  })
  const lost = accountOf({ seen: [arrival('a', 1), arrival('c', 2)] })
  expect(lost).toMatchObject({ requestsLost: 1, breaches: [expect.stringContaining('answered with 202 and lost')] })
})

it('P4: it comes again only where an answer can have been lost, and as it was given', () => {
  const unanswered = [arrival('a', 1, { answered: false }), arrival('a', 2), arrival('b', 3)]
  expect(accountOf({ seen: unanswered })).toMatchObject({ requestsRepeated: 1, breaches: [] })
  const again = [arrival('a', 1), arrival('a', 5_000), arrival('b', 3)]
  expect(accountOf({ seen: again }).breaches).toEqual([expect.stringContaining('sent again')])
  expect(accountOf({ seen: again, disturbances: [{ from: 3, to: 4 }] }).breaches).toEqual([])
  const changed = [arrival('a', 1, { text: `${bodyOf('a')} ` }), arrival('b', 2), arrival('z', 3, { text: '{}' })]
  expect(accountOf({ seen: changed }).breaches).toEqual([
    expect.stringContaining('never given'),
    expect.stringContaining('arrived changed'),
  ])
})

it('P5: none is dropped without a cause, and none is left', () => {
  expect(accountOf({ refused: new Map([['c', 'queue_full']]) }).breaches).toEqual([
    expect.stringContaining('queue_full'),
  ])
  expect(accountOf({ pending: 2 }).breaches).toEqual([expect.stringContaining('2 pending')])
})
