/** Suite `capture`: what a v0 event and its batch look like. */

import assert from 'node:assert/strict'
import { isObject } from '../read-body'
import {
  CUSTOM,
  customPropertiesPreserved,
  isUuid,
  NON_UTC,
  noDuplicateInAnyRequest,
  nonUtcWasConverted,
} from './checks'
import { API_KEY, type Stage } from './stage'
import { suiteOf } from './test'

const test = suiteOf('capture', { requires: 'capture_v0' })
const SERVER: { types: ['server'] } = { types: ['server'] }
const CLIENT: { types: ['client'] } = { types: ['client'] }
const BOTH: { types: ['client', 'server'] } = { types: ['client', 'server'] }

export const v0Format = [
  test('format_validation.event_has_required_fields', SERVER, async (t) => {
    await sendOne(t, { flush_at: 1 })
    t.exactly(1)
    assert.equal(t.event().event, 'test_event')
    assert.equal(t.event().distinct_id, 'test_user')
  }),
  test('format_validation.event_has_required_fields_client', CLIENT, async (t) => {
    await sendOne(t, { flush_at: 1 })
    t.exactly(1)
    assert.equal(t.event().event, 'test_event')
    assert.equal(t.event().properties.distinct_id, 'test_user')
  }),
  test('format_validation.event_has_uuid', BOTH, async (t) => {
    await sendOne(t)
    isUuid(t.event().uuid)
  }),
  test('format_validation.event_has_lib_properties', BOTH, async (t) => {
    await sendOne(t)
    assert.ok('$lib' in t.event().properties)
  }),
  test('format_validation.distinct_id_is_string', SERVER, async (t) => {
    await sendOne(t, {}, { distinct_id: 'test_user_123' })
    assert.equal(t.event().distinct_id, 'test_user_123')
  }),
  test('format_validation.distinct_id_is_string_client', CLIENT, async (t) => {
    await sendOne(t, {}, { distinct_id: 'test_user_123' })
    assert.equal(t.event().properties.distinct_id, 'test_user_123')
  }),
  test('format_validation.token_is_present', SERVER, async (t) => {
    await sendOne(t)
    const body = t.request().json
    assert.ok(isObject(body), 'the body is an object')
    assert.equal(t.event().token ?? body.api_key ?? body.token, API_KEY)
  }),
  test('format_validation.token_is_present_client', CLIENT, async (t) => {
    await sendOne(t)
    const { token, api_key, properties } = t.event()
    assert.equal(token ?? api_key ?? properties.token ?? properties.api_key, API_KEY)
  }),
  test('format_validation.custom_properties_preserved', BOTH, async (t) => {
    await sendOne(t, {}, { properties: CUSTOM })
    customPropertiesPreserved(t.event())
  }),
  test('format_validation.event_has_timestamp', BOTH, async (t) => {
    await sendOne(t)
    assert.ok('timestamp' in t.event())
  }),
  test('format_validation.non_utc_event_timestamp_is_converted_to_utc', BOTH, async (t) => {
    await sendOne(t, { flush_at: 1 }, NON_UTC)
    nonUtcWasConverted(t.requests)
  }),
  test('compression.sends_gzip_when_enabled', SERVER, async (t) => {
    await sendOne(t, { enable_compression: true })
    assert.ok(t.requests.some(({ headers }) => headers['content-encoding'] === 'gzip'))
  }),
  test('batch_format.uses_proper_batch_structure', SERVER, async (t) => {
    await sendOne(t)
    const body = t.request().json
    assert.ok(isObject(body) && 'api_key' in body && Array.isArray(body.batch))
  }),
  test('batch_format.flush_with_no_events_sends_nothing', BOTH, async (t) => {
    await t.init()
    await t.flush()
    t.exactly(0)
  }),
  test('batch_format.multiple_events_batched_together', SERVER, async (t) => {
    await t.init({ flush_at: 10 })
    await t.captureMany(5)
    await t.flush()
    t.exactly(1)
    const body = t.request().json
    assert.ok(isObject(body) && Array.isArray(body.batch))
  }),
  test('deduplication.no_duplicate_events_in_batch', BOTH, async (t) => {
    await t.init({ flush_at: 10 })
    await t.captureMany(5)
    await t.flush()
    await t.atLeast(1)
    noDuplicateInAnyRequest(t.requests)
  }),
]

async function sendOne(t: Stage, options?: object, event?: object) {
  await t.init(options)
  await t.capture(event)
  await t.flush()
}
