import { expect, test } from 'vitest'
import { CAMPAIGN_PARAMS } from '../../plugins/web-context/arrival'
import { parseLeft, personName, saysNo } from './left-by-posthog-js'

const ID = '0193b3f6-6d9c-7000-8000-000000000001'
const SESSION = '0193b3f6-6d9c-7000-8000-000000000002'

const left = (stored: unknown, ...others: unknown[]) => parseLeft([stored, ...others].map((one) => JSON.stringify(one)))

test('an anonymous visitor goes by the distinct id, and a known one has that of the device beside it', () => {
  expect(left({ distinct_id: ID, $device_id: 'device', $user_state: 'anonymous' })).toMatchObject({
    distinctId: ID,
    anonymousId: ID,
    identified: false,
  })
  expect(left({ distinct_id: 'ada', $device_id: ID, $user_state: 'identified', $epp: true })).toMatchObject({
    distinctId: 'ada',
    anonymousId: ID,
    identified: true,
    hasProfile: true,
  })
})

test('first visit and session entry are taken over, and the entry of another session is not', () => {
  const visit = { r: '$direct', u: 'https://example.com/a' }
  const stored = { distinct_id: ID, $sesid: [2, SESSION, 1], $initial_person_info: visit }
  expect(left({ ...stored, $client_session_props: { sessionId: SESSION, props: visit } })).toMatchObject({
    first: { from: '$direct', to: 'https://example.com/a' },
    entry: { from: '$direct', to: 'https://example.com/a' },
  })
  expect(left({ ...stored, $client_session_props: { sessionId: ID, props: visit } })?.entry).toBeUndefined()
  expect(left({ ...stored, $initial_person_info: { r: 1, u: 'x'.repeat(5_001) } })?.first).toBeUndefined()
})

test('of two places the first counts, and the second has what the first has not', () => {
  const found = left({ plan: 'pro' }, { plan: 'free', distinct_id: ID, $sesid: [2, SESSION, 1] })
  expect(found).toMatchObject({ distinctId: ID, superProperties: { plan: 'pro' } })
  expect(found?.session).toEqual({ id: SESSION, startedAt: 1, lastAt: 2 })
})

test("posthog-js's own state is no super property", () => {
  const own = {
    $enabled_feature_flags: { a: true },
    __timers: {},
    ph_product_tours: [],
    $initial_person_info: { r: 'x' },
  }
  expect(left({ distinct_id: ID, ...own, ph_plan: 1 })?.superProperties).toEqual({ ph_plan: 1 })
})

test('the campaign of the latest visit is no super property: it would stand on each event for good', () => {
  const campaign = Object.fromEntries([...CAMPAIGN_PARAMS, 'ph_keyword'].map((name) => [name, 'news']))
  expect(left({ distinct_id: ID, ...campaign, plan: 'pro' })?.superProperties).toEqual({ plan: 'pro' })
})

test.each([
  ['no JSON', ['{']],
  ['a text', ['"id"']],
  ['nothing', []],
  ['null', ['null']],
  ['an id that is no text', ['{"distinct_id":{"toString":1}}']],
  ['a blank id', ['{"distinct_id":" "}']],
  ["nobody's id", ['{"distinct_id":"undefined"}']],
  ["another id of nobody's", ['{"distinct_id":"anonymous"}']],
  ['an id without end', [JSON.stringify({ distinct_id: 'x'.repeat(201) })]],
  ['a text without end', [JSON.stringify({ distinct_id: ID, more: 'x'.repeat(1_000_001) })]],
])('%s is nobody', (_, values) => {
  expect(parseLeft(values)).toBeUndefined()
})

test('what is damaged beside the id is left out', () => {
  const hostile = `{"distinct_id":"${ID}","$device_id":[],"$user_state":"identified","$sesid":["1","no id",{}],"$groups":{"__proto__":"a","company":"acme","plan":{}},"__proto__":{"polluted":1}}`
  expect(parseLeft([hostile])).toEqual({
    distinctId: ID,
    anonymousId: ID,
    identified: true,
    hasProfile: false,
    superProperties: {},
    groups: { company: 'acme' },
    session: undefined,
    first: undefined,
    entry: undefined,
  })
  expect({}).not.toHaveProperty('polluted')
})

test('as many super properties are taken as a client may have', () => {
  const many = Object.fromEntries(Array.from({ length: 1_200 }, (_, index) => [`p${index}`, index]))
  expect(Object.keys(left({ distinct_id: ID, ...many })?.superProperties ?? {})).toHaveLength(1_000)
  const long = left({ distinct_id: ID, long: 'x'.repeat(500_000), short: 'y' })
  expect(long?.superProperties).not.toHaveProperty('long')
})

test('P10: what posthog-js takes for a refusal is one, in either place, and nothing else is', () => {
  for (const value of ['0', 'false', 'no', '"no"', 'False', '"0"']) expect(saysNo(['1', value])).toBe(true)
  for (const value of ['1', 'yes', 'true', '', '00', '-1', 'nobody']) expect(saysNo([value])).toBe(false)
})

test("the person's name is that of posthog-js's persistence", () => {
  expect(personName('a+b/c=')).toBe('ph_aPLbSLcEQ_posthog')
})
