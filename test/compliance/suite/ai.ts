/** Suite `capture_ai`: events for the AI endpoint, which plain captures never reach. */

import assert from 'node:assert/strict'
import { bare, isUuid, NON_UTC, nonUtcWasConverted } from './checks'
import { suiteOf } from './test'

const test = suiteOf('capture_ai', { requires: 'capture_ai_v0', types: ['server'] })

const SUPPLIED = '0198c0de-0000-7000-8000-000000000abc'

export const ai = [
  test('routing.capture_ai_posts_to_ai_endpoint', {}, async (t) => {
    await t.init({ flush_at: 1 })
    await t.captureAi()
    await t.flush()
    t.exactly(1)
    assert.equal(t.request().path, '/i/v0/ai/batch/')
    assert.equal(t.event().event, '$ai_generation')
  }),
  test('routing.capture_does_not_reroute_ai_named_events', {}, async (t) => {
    await t.init({ flush_at: 1 })
    await t.capture({ event: '$ai_generation' })
    await t.flush()
    t.exactly(1)
    assert.equal(bare(t.request().path), '/batch')
  }),
  test('identity.capture_ai_event_has_uuid', {}, async (t) => {
    await t.init({ flush_at: 1 })
    const { success, uuid } = await t.captureAi()
    assert.equal(success, true)
    await t.flush()
    isUuid(t.event().uuid)
    assert.equal(t.event().uuid, uuid)
  }),
  test('identity.capture_ai_keeps_supplied_uuid', {}, async (t) => {
    await t.init({ flush_at: 1 })
    const { success, uuid } = await t.captureAi({ uuid: SUPPLIED })
    assert.equal(success, true)
    assert.equal(uuid, SUPPLIED)
    await t.flush()
    assert.equal(t.event().uuid, SUPPLIED)
  }),
  test('timestamp_format.non_utc_event_timestamp_is_converted_to_utc', {}, async (t) => {
    await t.init({ flush_at: 1 })
    await t.captureAi(NON_UTC)
    await t.flush()
    nonUtcWasConverted(t.requests)
  }),
]
