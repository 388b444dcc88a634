import { expect, test } from 'vitest'
import { latestOf } from './copy-older-names'

const A = 'https://us.i.posthog.com'
const B = 'https://example.com/ingest'
const NONE = { refused: false, at: 0 }

const person = (anonymousId: string, lastAt = 1): [string, string][] => [
  ['person', JSON.stringify({ anonymousId, distinctId: anonymousId })],
  [`person:${anonymousId}:session`, JSON.stringify({ lastAt })],
]
const choice = (refused: boolean, at?: number): [string, string][] => [
  ['opt_out', String(refused)],
  ...(at === undefined ? [] : ([['opt_out_at', String(at)]] as [string, string][])),
]

const found = (hosts: Record<string, [string, string][]>, own = NONE) =>
  latestOf(new Map(Object.entries(hosts).map(([host, values]) => [host, new Map(values)])), own)

test('the person who was active last is taken over, and of two the younger one', () => {
  expect(found({ [A]: person('0a', 5), [B]: person('0b', 9) })).toEqual({ choice: undefined, host: B })
  expect(found({ [A]: person('0a', 9), [B]: person('0b', 5) }).host).toBe(A)
  expect(found({ [A]: person('0a'), [B]: person('0b') }).host).toBe(B)
})

test('no person is made of a damaged record', () => {
  expect(found({ [A]: [['person', '-']], [B]: [['person', '{"anonymousId":7}']] }).host).toBeUndefined()
  expect(found({ [A]: [['person', '{"anonymousId"']] }).host).toBeUndefined()
})

test('P10: the latest choice counts, and a refusal where that is not known', () => {
  expect(found({ [A]: choice(true, 5), [B]: choice(false, 9) }).choice).toEqual({ refused: false, at: 9 })
  expect(found({ [A]: choice(true, 9), [B]: choice(false, 5) }).choice).toEqual({ refused: true, at: 9 })
  expect(found({ [A]: choice(false, 9), [B]: choice(true, 9) }).choice).toEqual({ refused: true, at: 9 })
  // A choice of the first versions has no time.
  expect(found({ [A]: choice(false, 9), [B]: choice(true) }).choice).toEqual({ refused: true, at: 0 })
  expect(found({ [A]: choice(false), [B]: choice(true, 3) }).choice).toEqual({ refused: true, at: 3 })
})

test('P10: a later choice under the name of today stays', () => {
  expect(found({ [A]: choice(false, 5) }, { refused: true, at: 9 })).toEqual({ choice: undefined, host: undefined })
  expect(found({ [A]: choice(true) }, { refused: false, at: 9 }).choice).toBeUndefined()
  expect(found({ [A]: choice(true, 12) }, { refused: false, at: 9 }).choice).toEqual({ refused: true, at: 12 })
})

test('P10: an erased person does not come back from another host, and one who only refuses stays', () => {
  const erased = { [A]: choice(true, 9), [B]: [...choice(false, 5), ...person('0b')] }
  expect(found(erased)).toEqual({ choice: { refused: true, at: 9 }, host: undefined })
  const refuses = { [A]: [...choice(true, 9), ...person('0a', 1)], [B]: [...choice(false, 5), ...person('0b', 7)] }
  expect(found(refuses)).toEqual({ choice: { refused: true, at: 9 }, host: A })
  expect(found({ [B]: person('0b') }, { refused: true, at: 9 }).host).toBeUndefined()
})
