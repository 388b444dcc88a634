import fc from 'fast-check'
import { expect, test } from 'vitest'
import { uuid } from '../../../test/support/core/fixtures'
import { isEventJson, parseEvent, serializeEvent } from './codec'
import { canonicalUuid, type OutlastEvent } from './event'
import { uuidOf } from './event-json'

const event = (properties: Record<string, unknown> = {}): OutlastEvent => ({
  event: 'bought',
  uuid: uuid(1),
  distinctId: 'visitor',
  timestamp: '2026-01-01T00:00:00.000Z',
  properties,
})
const wire = (format: 'v0' | 'v1', properties: Record<string, unknown> = {}) =>
  JSON.parse(serializeEvent(event(properties), format, 'phc_test'))

test('v0 carries the distinct id and the token where both kinds of endpoint look', () => {
  expect(wire('v0', { price: 5, $lib: 'outlast', $session_id: 's' })).toEqual({
    uuid: uuid(1),
    event: 'bought',
    distinct_id: 'visitor',
    timestamp: '2026-01-01T00:00:00.000Z',
    properties: { price: 5, $lib: 'outlast', $session_id: 's', distinct_id: 'visitor', token: 'phc_test' },
  })
})

test('v1 has the distinct id at the root alone, lifts the session, and leaves $lib to the header', () => {
  const properties = {
    price: 5,
    $lib: 'outlast',
    $lib_version: '1',
    $session_id: 's',
    $window_id: 'w',
    distinct_id: 'x',
    token: 'y',
    $set: { plan: 'a' },
    $geoip_disable: true,
  }
  expect(wire('v1', properties)).toEqual({
    uuid: uuid(1),
    event: 'bought',
    distinct_id: 'visitor',
    timestamp: '2026-01-01T00:00:00.000Z',
    session_id: 's',
    window_id: 'w',
    options: {},
    properties: { price: 5, $set: { plan: 'a' }, $geoip_disable: true },
  })
})

test.each([5, true, {}, null])('v1 discards a session id of %j, and the property with it', (bad) => {
  const { session_id, properties } = wire('v1', { $session_id: bad })
  expect([session_id, properties]).toEqual([undefined, {}])
})

const FLAGS = [
  ['$cookieless_mode', 'cookieless_mode'],
  ['$ignore_sent_at', 'disable_skew_correction'],
  ['$process_person_profile', 'process_person_profile'],
] as const

test.each(FLAGS)('v1 lifts %s into the option %s as a boolean', (property, option) => {
  const table: [unknown, boolean | undefined][] = [
    [true, true],
    [false, false],
    [' TRUE ', true],
    ['1', true],
    ['false', false],
    ['0', false],
    [1, true],
    [0, false],
    [-2, true],
    ['yes', undefined],
    ['', undefined],
    [null, undefined],
    [{}, undefined],
    [[], undefined],
  ]
  for (const [given, lifted] of table) {
    const { options, properties } = wire('v1', { [property]: given })
    expect(options).toEqual(lifted === undefined ? {} : { [option]: lifted })
    expect(properties).toEqual({})
  }
})

test('v1 lifts $product_tour_id as a string or not at all', () => {
  expect(wire('v1', { $product_tour_id: 'tour' }).options).toEqual({ product_tour_id: 'tour' })
  for (const bad of [5, true, {}, null]) expect(wire('v1', { $product_tour_id: bad }).options).toEqual({})
})

test('v0 lifts nothing', () => {
  expect(wire('v0', { $process_person_profile: false })).toMatchObject({
    properties: { $process_person_profile: false },
  })
  expect(wire('v0', { $process_person_profile: false })).not.toHaveProperty('options')
})

test('what a hook in the worker sees is what was captured', () => {
  const properties = { price: 5, $session_id: 's', $window_id: 'w', $process_person_profile: false, nested: { a: [1] } }
  for (const format of ['v0', 'v1'] as const) {
    const json = serializeEvent(event(properties), format, 'phc_test')
    expect(parseEvent(json, format)).toEqual(event(properties))
  }
})

test('an event goes through any number of parsings unchanged', () => {
  const properties = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 }))
  fc.assert(
    fc.property(properties, fc.constantFrom('v0' as const, 'v1' as const), (given, format) => {
      const json = serializeEvent(event(given), format, 'phc_test')
      expect(serializeEvent(parseEvent(json, format), format, 'phc_test')).toBe(json)
      expect(isEventJson(json)).toBe(true)
      expect(uuidOf(json)).toBe(uuid(1))
    }),
  )
})

test('the caller’s own properties are not touched', () => {
  const properties = Object.freeze({ $session_id: 's', toJSON: () => 5 })
  serializeEvent(event(properties), 'v1', 'phc_test')
  serializeEvent(event(properties), 'v0', 'phc_test')
})

test.each([
  '',
  '{}',
  '{"uuid":"',
  `{"uuid":"${uuid(1)}`,
  `{"uuid":"${uuid(0xabc).toUpperCase()}"}`,
  ` {"uuid":"${uuid(1)}"}`,
  5,
  null,
  {},
])('P11: %j is no serialized event', (value) => {
  expect(isEventJson(value)).toBe(false)
})

test.each([
  [uuid(0xabc).toUpperCase(), uuid(0xabc)],
  [` ${uuid(1)}\n`, uuid(1)],
  [uuid(1).replaceAll('-', ''), undefined],
  [`{${uuid(1)}}`, undefined],
  ['', undefined],
  [5, undefined],
])('the canonical form of %j is %j', (given, canonical) => {
  expect(canonicalUuid(given)).toBe(canonical)
})
