/** Suite `feature_flags`: what a flag read asks of the server, and what it leaves behind. */

import assert from 'node:assert/strict'
import { isObject } from '../read-body'
import { bare, capturesOf, flagsRequests } from './checks'
import { API_KEY, type Stage } from './stage'
import { suiteOf } from './test'

const test = suiteOf('feature_flags', { types: ['server'] })

const KEY = 'signup-aa-test'

export const flags = [
  test('request_payload.request_with_person_properties_device_id', {}, async (t) => {
    const person = { $device_id: 'device_abc_123' }
    const read = { person_properties: person, groups: {}, group_properties: {}, disable_geoip: true }
    const body = await bodyOfRead(t, read)
    assert.equal(body.token ?? body.api_key, API_KEY)
    assert.equal(body.distinct_id, 'test_user_123')
    assert.equal(body.person_properties.$device_id, 'device_abc_123')
    assert.deepEqual(body.groups, {})
    assert.deepEqual(body.group_properties, {})
    assert.equal(body.geoip_disable, true)
    assert.deepEqual(body.flag_keys_to_evaluate, [KEY])
  }),
  test('request_payload.flags_request_uses_v2_query_param', {}, async (t) => {
    await bodyOfRead(t)
    assert.equal(t.request().query.v, '2')
  }),
  test('request_payload.flags_request_hits_flags_path_not_decide', {}, async (t) => {
    await bodyOfRead(t)
    assert.ok(t.requests.every(({ path }) => bare(path) !== '/decide'))
  }),
  test('request_payload.flags_request_omits_authorization_header', {}, async (t) => {
    await bodyOfRead(t)
    assert.equal(bare(t.request().path), '/flags')
    assert.equal(t.request().headers.authorization, undefined)
  }),
  test('request_payload.token_in_flags_body_matches_init', {}, async (t) => {
    await t.init({ api_key: 'phc_another_key' })
    await t.getFlag()
    const body = bodyOf(t)
    assert.equal(body.token ?? body.api_key, 'phc_another_key')
  }),
  test('request_payload.groups_round_trip', {}, async (t) => {
    const groups = { company: 'acme' }
    const body = await bodyOfRead(t, { groups, group_properties: { company: { plan: 'enterprise' } } })
    assert.equal(body.groups.company, 'acme')
    assert.equal(body.group_properties.company?.plan, 'enterprise')
  }),
  test('request_payload.groups_default_to_empty_object', {}, async (t) => {
    const body = await bodyOfRead(t)
    assert.deepEqual(body.groups, {})
    assert.deepEqual(body.group_properties, {})
  }),
  test('request_payload.disable_geoip_false_propagates_as_geoip_disable_false', {}, async (t) => {
    assert.equal((await bodyOfRead(t, { disable_geoip: false })).geoip_disable, false)
  }),
  test('request_payload.disable_geoip_omitted_defaults_to_false', {}, async (t) => {
    assert.equal((await bodyOfRead(t)).geoip_disable, false)
  }),
  test('request_payload.flag_keys_to_evaluate_contains_only_requested_key', {}, async (t) => {
    assert.deepEqual((await bodyOfRead(t)).flag_keys_to_evaluate, [KEY])
  }),
  test('request_lifecycle.no_flags_request_on_init_alone', {}, async (t) => {
    await t.init()
    hasFlagsRequests(t, 0)
  }),
  test('request_lifecycle.no_flags_request_on_normal_capture', {}, async (t) => {
    await t.init()
    await t.capture()
    await t.flush()
    hasFlagsRequests(t, 0)
  }),
  test('request_lifecycle.two_flag_calls_produce_two_remote_requests', {}, async (t) => {
    await t.init()
    await t.getFlag()
    await t.getFlag()
    hasFlagsRequests(t, 2)
  }),
  test('request_lifecycle.mock_response_value_is_returned_to_caller', {}, async (t) => {
    t.respond({ body: { featureFlags: { [KEY]: 'variant-a' } } })
    await t.init()
    assert.equal((await t.getFlag()).value, 'variant-a')
  }),
  retried('retry_behavior.retries_flags_on_502', 502),
  retried('retry_behavior.retries_flags_on_504', 504),
  test('side_effect_events.get_feature_flag_captures_feature_flag_called_event', {}, async (t) => {
    t.respond({ body: { featureFlags: { [KEY]: true } } })
    await t.init()
    await t.getFlag()
    await t.flush()
    const events = capturesOf(t.requests).flatMap((request) => request.events)
    const called = events.filter(({ event }) => event === '$feature_flag_called')
    assert.equal(called.length, 1, 'number of $feature_flag_called')
    assert.equal(called[0]?.properties.$feature_flag, KEY)
    assert.equal(called[0]?.properties.$feature_flag_response, true)
  }),
]

function retried(name: string, status: number) {
  return test(name, {}, async (t) => {
    t.respond(status, { body: { featureFlags: { [KEY]: true } } })
    await t.init()
    const { value } = await t.getFlag()
    hasFlagsRequests(t, 2)
    assert.equal(value, true)
  })
}

async function bodyOfRead(t: Stage, read?: object) {
  await t.init()
  await t.getFlag(read)
  return bodyOf(t)
}

/** What a flags request says. What is really in it is for each test to assert. */
interface FlagsBody {
  person_properties: Record<string, unknown>
  groups: Record<string, unknown>
  group_properties: Record<string, Record<string, unknown>>
  [name: string]: unknown
}

const isFlagsBody = (json: unknown): json is FlagsBody => isObject(json)

function bodyOf(t: Stage) {
  hasFlagsRequests(t, 1)
  const body = flagsRequests(t.requests)[0]?.json
  assert.ok(isFlagsBody(body), 'the body is an object')
  return body
}

function hasFlagsRequests(t: Stage, count: number) {
  assert.equal(flagsRequests(t.requests).length, count, 'number of flags requests')
}
