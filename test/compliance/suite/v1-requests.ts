/** Suite `capture_v1`: where a v1 request goes, its headers and the body around its events. */

import assert from 'node:assert/strict'
import { isObject } from '../read-body'
import { bare, isUtc, isUuid } from './checks'
import { API_KEY, type Stage } from './stage'
import { suiteOf } from './test'

const test = suiteOf('capture_v1', { requires: 'capture_v1' })

const LEGACY = ['/batch', '/e', '/capture', '/track', '/i/v0/e']

const ENCODINGS = ['gzip', 'deflate', 'br', 'zstd']

export const v1Requests = [
  sent('endpoint_and_method.targets_v1_endpoint', (t) => {
    t.exactly(1)
    assert.equal(bare(t.request().path), '/i/v1/analytics/events')
  }),
  sent('endpoint_and_method.does_not_use_legacy_endpoints', (t) => {
    t.exactly(1)
    for (const { path } of t.requests) assert.ok(!LEGACY.includes(bare(path)), path)
  }),
  sent('required_headers.has_authorization_bearer_header', (t) => {
    assert.equal(header(t, 'authorization'), `Bearer ${API_KEY}`)
  }),
  sent('required_headers.has_content_type_json', (t) => {
    assert.match(header(t, 'content-type'), /^application\/json/)
  }),
  sent('required_headers.has_posthog_sdk_info_format', (t) => {
    assert.match(header(t, 'posthog-sdk-info'), /^.+\/.+$/)
  }),
  sent('required_headers.has_posthog_attempt_header', (t) => {
    assert.equal(header(t, 'posthog-attempt'), '1')
  }),
  sent('required_headers.has_posthog_request_id', (t) => isUuid(header(t, 'posthog-request-id'))),
  sent('required_headers.has_posthog_request_timestamp', (t) => isUtc(header(t, 'posthog-request-timestamp'))),
  sent('required_headers.has_user_agent', (t) => assert.notEqual(header(t, 'user-agent'), '')),
  sent('body_format.body_has_created_at_and_batch', (t) => {
    const { created_at, batch } = bodyOf(t)
    isUtc(created_at)
    assert.ok(Array.isArray(batch) && batch.length > 0, 'batch is an array that is not empty')
  }),
  sent('body_format.no_api_key_in_body', (t) => {
    assert.ok(!('api_key' in bodyOf(t)) && !('token' in bodyOf(t)))
  }),
  sent('body_format.no_sent_at_in_body', (t) => assert.ok(!('sent_at' in bodyOf(t)))),
  ...ENCODINGS.map((encoding) =>
    test(`compression.sends_${encoding}_content_encoding`, { requires: `encoding_${encoding}` }, async (t) => {
      await sendOne(t, { enable_compression: true })
      assert.equal(header(t, 'content-encoding'), encoding)
    }),
  ),
  test('compression.no_content_encoding_when_disabled', {}, async (t) => {
    await sendOne(t, { enable_compression: false })
    assert.equal(t.request().headers['content-encoding'], undefined)
  }),
  test('compression.compressed_body_is_decompressible', { requires: 'encoding_gzip' }, async (t) => {
    await sendOne(t, { enable_compression: true })
    assert.equal(t.event().event, 'test_event')
  }),
  test('geoip_and_historical_migration.geoip_disable_injected_into_properties', {}, async (t) => {
    await sendOne(t, { disable_geoip: true })
    assert.equal(t.event().properties.$geoip_disable, true)
  }),
  test('geoip_and_historical_migration.historical_migration_set_in_body', {}, async (t) => {
    await sendOne(t, { historical_migration: true })
    assert.equal(bodyOf(t).historical_migration, true)
  }),
  sent('geoip_and_historical_migration.historical_migration_absent_by_default', (t) => {
    assert.ok(!('historical_migration' in bodyOf(t)))
  }),
]

/** A test of one event that is sent at once. */
function sent(name: string, check: (t: Stage) => void) {
  return test(name, {}, async (t) => {
    await sendOne(t)
    check(t)
  })
}

async function sendOne(t: Stage, options?: object) {
  await t.init({ flush_at: 1, ...options })
  await t.capture()
  await t.flush()
}

function header(t: Stage, name: string) {
  const value = t.request().headers[name]
  assert.ok(value !== undefined, `there is no ${name} header`)
  return value
}

function bodyOf(t: Stage) {
  const body = t.request().json
  assert.ok(isObject(body), 'the body is an object')
  return body
}
