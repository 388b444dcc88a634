/** Suite `capture_v1`: what a v1 event looks like, alone and in a batch, and its options. */

import assert from 'node:assert/strict'
import { isObject } from '../read-body'
import {
  allUuidsDistinct,
  CUSTOM,
  customPropertiesPreserved,
  isUtc,
  isUuid,
  NON_UTC,
  nonUtcWasConverted,
} from './checks'
import type { Stage } from './stage'
import { suiteOf } from './test'

const test = suiteOf('capture_v1', { requires: 'capture_v1' })

const OPTIONS = ['cookieless_mode', 'disable_skew_correction', 'process_person_profile', 'product_tour_id']

const ROOT_FIELDS = ['event', 'uuid', 'distinct_id', 'timestamp']

/** Each holds for an event alone and in a batch of three. */
const FORMAT: [name: string, event: object, check: (t: Stage, count: number) => void][] = [
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
]

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

function override(option: string, value: unknown) {
  return test(`event_options.${option}_override`, {}, async (t) => {
    await t.init({ flush_at: 1 })
    await t.capture({ options: { [option]: value } })
    await t.flush()
    assert.equal(t.event().options[option], value)
  })
}

function hasRootFields(t: Stage, count: number) {
  t.exactly(1)
  const { events } = t.request()
  assert.equal(events.length, count, 'number of events')
  for (const event of events) for (const field of ROOT_FIELDS) assert.ok(field in event, field)
}

function everyTimestampIsUtc(t: Stage, count: number) {
  const { events } = t.request()
  assert.equal(events.length, count, 'number of events')
  for (const { timestamp } of events) isUtc(timestamp)
}

function distinctIdIsAtRoot(t: Stage) {
  assert.ok('distinct_id' in t.event())
  assert.ok(!('distinct_id' in t.event().properties), 'no distinct_id in the properties')
}

function hasObject(property: string) {
  return (t: Stage) => assert.ok(isObject(t.event().properties[property]), property)
}

function hasUuids(t: Stage) {
  isUuid(t.event().uuid)
  allUuidsDistinct(t.requests)
}
