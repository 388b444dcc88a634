// @ts-check
/** Suite `capture_v1`: what a v1 event looks like, alone and in a batch, and its options. */

import assert from 'node:assert/strict'
import { isObject } from '../read-body.mjs'
import {
  allUuidsDistinct,
  CUSTOM,
  customPropertiesPreserved,
  isUtc,
  isUuid,
  NON_UTC,
  nonUtcWasConverted,
} from './checks.mjs'
import { suiteOf } from './test.mjs'

const test = suiteOf('capture_v1', { requires: 'capture_v1' })

/** @typedef {import('./stage.mjs').Stage} Stage */

const OPTIONS = ['cookieless_mode', 'disable_skew_correction', 'process_person_profile', 'product_tour_id']

const ROOT_FIELDS = ['event', 'uuid', 'distinct_id', 'timestamp']

/** Each holds for an event alone and in a batch of three. */
const FORMAT = /** @type {[name: string, event: object, check: (t: Stage, count: number) => void][]} */ ([
  ['event_has_required_root_fields', {}, hasRootFields],
  ['event_uuid_is_valid', {}, (t) => isUuid(t.event().uuid)],
  ['event_timestamp_is_rfc3339', {}, everyTimestampIsUtc],
  ['distinct_id_is_string', {}, (t) => assert.equal(typeof t.event().distinct_id, 'string')],
  ['distinct_id_at_root_not_properties', {}, distinctIdIsAtRoot],
  ['custom_properties_preserved', { properties: CUSTOM }, (t) => customPropertiesPreserved(t.event())],
  ['set_properties_preserved', { properties: { $set: { plan: 'pro' } } }, hasObject('$set')],
  ['set_once_properties_preserved', { properties: { $set_once: { source: 'ad' } } }, hasObject('$set_once')],
  ['groups_properties_preserved', { properties: { $groups: { company: 'acme' } } }, hasObject('$groups')],
  ['sdk_generates_uuid_if_not_provided', {}, hasUuids],
])

export const v1Events = [
  ...FORMAT.flatMap(([name, event, check]) => [
    test(`event_format.${name}`, {}, async (t) => {
      await t.init({ flush_at: 1 })
      await t.capture(event)
      await t.flush()
      check(t, 1)
    }),
    test(`event_format.${name}_batch`, {}, async (t) => {
      await t.init({ flush_at: 3 })
      await t.captureMany(3, event)
      await t.flush()
      check(t, 3)
    }),
  ]),
  test('event_format.non_utc_event_timestamp_is_converted_to_utc', {}, async (t) => {
    await t.init({ flush_at: 1 })
    await t.capture(NON_UTC)
    await t.flush()
    nonUtcWasConverted(t.requests)
  }),
  override('cookieless_mode', true),
  override('disable_skew_correction', true),
  override('process_person_profile', false),
  override('product_tour_id', 'tour_123'),
  test('event_options.unset_options_omitted', {}, async (t) => {
    await t.init({ flush_at: 1 })
    await t.capture()
    await t.flush()
    const { options } = t.event()
    assert.ok(isObject(options), 'options is an object')
    for (const name of OPTIONS) assert.ok(!(name in options), name)
  }),
  test('event_options.options_override_in_batch', {}, async (t) => {
    await t.init({ flush_at: 3 })
    await t.captureMany(3, { options: { cookieless_mode: true } })
    await t.flush()
    t.exactly(1)
    assert.equal(t.request().events.length, 3)
    assert.equal(t.event().options.cookieless_mode, true)
  }),
]

/**
 * @param {string} option
 * @param {unknown} value
 */
function override(option, value) {
  return test(`event_options.${option}_override`, {}, async (t) => {
    await t.init({ flush_at: 1 })
    await t.capture({ options: { [option]: value } })
    await t.flush()
    assert.equal(t.event().options[option], value)
  })
}

/**
 * @param {Stage} t
 * @param {number} count
 */
function hasRootFields(t, count) {
  t.exactly(1)
  const { events } = t.request()
  assert.equal(events.length, count, 'number of events')
  for (const event of events) for (const field of ROOT_FIELDS) assert.ok(field in event, field)
}

/**
 * @param {Stage} t
 * @param {number} count
 */
function everyTimestampIsUtc(t, count) {
  const { events } = t.request()
  assert.equal(events.length, count, 'number of events')
  for (const { timestamp } of events) isUtc(timestamp)
}

/** @param {Stage} t */
function distinctIdIsAtRoot(t) {
  assert.ok('distinct_id' in t.event())
  assert.ok(!('distinct_id' in t.event().properties), 'no distinct_id in the properties')
}

/** @param {string} property */
function hasObject(property) {
  return (/** @type {Stage} */ t) => assert.ok(isObject(t.event().properties[property]), property)
}

/** @param {Stage} t */
function hasUuids(t) {
  isUuid(t.event().uuid)
  allUuidsDistinct(t.requests)
}
