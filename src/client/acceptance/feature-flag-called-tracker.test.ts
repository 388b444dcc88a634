import { expect, test } from 'vitest'
import { flagsAnswer, on } from '../../../test/support/client/flags-endpoint'
import { type World, world } from '../../../test/support/client/world'

const CALLED = '$feature_flag_called'
const calls = (w: World) => w.enqueued.filter(({ event }) => event === CALLED).map(({ properties }) => properties)

/** A client whose flag `beta` is on. */
function withBeta(options = {}): World {
  const w = world({ options })
  w.flags.answer = () => flagsAnswer({ beta: on() })
  return w
}

test('Tracker emits the first flag-called event for a value', async () => {
  const w = withBeta()
  await w.client.getFeatureFlag('beta')
  expect(calls(w)).toEqual([
    expect.objectContaining({
      $feature_flag: 'beta',
      $feature_flag_response: true,
      '$feature/beta': true,
      locally_evaluated: false,
    }),
  ])
})

test('Tracker suppresses duplicate events for the same flag value', async () => {
  const w = withBeta()
  await w.client.getFeatureFlag('beta')
  await w.client.getFeatureFlag('beta')
  await w.client.isFeatureEnabled('beta')
  await w.client.getFeatureFlag('beta', { forceRemote: true })
  expect(calls(w)).toHaveLength(1)
})

test('Tracker emits again when the flag value changes', async () => {
  const w = withBeta()
  await w.client.getFeatureFlag('beta')
  w.flags.answer = () => flagsAnswer({ beta: on('blue') })
  await w.client.reloadFeatureFlags()
  await w.client.getFeatureFlag('beta')
  expect(calls(w).map(({ $feature_flag_response }) => $feature_flag_response)).toEqual([true, 'blue'])
})

test('Tracker clears on identity reset', async () => {
  const w = withBeta()
  await w.client.getFeatureFlag('beta', { distinctId: 'ada' })
  w.client.reset()
  await w.client.getFeatureFlag('beta', { distinctId: 'ada' })
  expect(calls(w)).toHaveLength(2)
})

test('Tracker clears on SDK shutdown', async () => {
  const w = withBeta()
  await w.client.getFeatureFlag('beta')
  await w.client.shutdown()
  expect(await w.client.getFeatureFlag('beta')).toBeUndefined()
  expect(calls(w)).toHaveLength(1)
  const next = w.restart()
  await next.client.getFeatureFlag('beta')
  expect(calls(next)).toHaveLength(1)
})

test('each distinct id, each key and each set of groups is told of on its own', async () => {
  const w = withBeta()
  const read = (key: string, distinctId: string, groups: Record<string, string>) =>
    w.client.getFeatureFlag(key, { distinctId, groups })
  await read('beta', 'ada', { company: 'acme', team: 'blue' })
  // The same groups in another order.
  await read('beta', 'ada', { team: 'blue', company: 'acme' })
  expect(calls(w)).toHaveLength(1)
  await read('beta', 'grace', { company: 'acme', team: 'blue' })
  await read('beta', 'ada', { company: 'other', team: 'blue' })
  await read('other', 'ada', { company: 'acme', team: 'blue' })
  expect(calls(w)).toHaveLength(4)
  expect(calls(w)[0]).toMatchObject({ distinct_id: 'ada', $groups: { company: 'acme', team: 'blue' } })
})

test('a missing flag is told of with null and its error', async () => {
  const w = withBeta()
  expect(await w.client.getFeatureFlag('nothing')).toBeUndefined()
  expect(calls(w)).toEqual([
    expect.objectContaining({ $feature_flag_response: null, $feature_flag_error: 'flag_missing' }),
  ])
})

test('all that is known of the answer goes with it', async () => {
  const w = world()
  const beta = {
    ...on('blue', { id: 7, version: 3, payload: '{"color":"#00f"}', has_experiment: true }),
    reason: { code: 'condition_match', description: 'Matched condition set 1', condition_index: 0 },
  }
  w.flags.answer = () =>
    flagsAnswer({ beta }, { requestId: 'request 1', evaluatedAt: 1_735_689_600_000, errorsWhileComputingFlags: true })
  await w.client.getFeatureFlag('beta')
  expect(calls(w)[0]).toMatchObject({
    $feature_flag_response: 'blue',
    '$feature/beta': 'blue',
    $feature_flag_id: 7,
    $feature_flag_version: 3,
    $feature_flag_reason: 'Matched condition set 1',
    $feature_flag_request_id: 'request 1',
    $feature_flag_evaluated_at: 1_735_689_600_000,
    $feature_flag_payload: { color: '#00f' },
    $feature_flag_has_experiment: true,
    $feature_flag_error: 'errors_while_computing_flags',
  })
})

test('a read that the quota denied says so', async () => {
  const w = world()
  w.flags.answer = () => flagsAnswer({}, { quotaLimited: ['feature_flags'] })
  await w.client.getFeatureFlag('beta', { forceRemote: true })
  expect(calls(w)[0]).toMatchObject({ $feature_flag_error: 'quota_limited,flag_missing' })
})

test('what is not reported is left out', async () => {
  const w = withBeta()
  await w.client.getFeatureFlag('beta')
  for (const name of ['id', 'version', 'reason', 'request_id', 'evaluated_at', 'payload', 'has_experiment', 'error']) {
    expect(calls(w)[0]).not.toHaveProperty(`$feature_flag_${name}`)
  }
})

test('a payload read emits none, nor does getFeatureFlags', async () => {
  const w = withBeta()
  await w.client.getFeatureFlagPayload('beta')
  await w.client.getFeatureFlags()
  await w.client.reloadFeatureFlags()
  expect(calls(w)).toEqual([])
})

test('P10, P11: a name that is no option of the question is told once, and send_event: false keeps the event back too', async () => {
  const w = withBeta()
  const given = { send_event: false, distinct_id: 'ada' } as object
  expect(await w.client.getFeatureFlag('beta', given)).toBe(true)
  expect(await w.client.isFeatureEnabled('beta', given)).toBe(true)
  expect(await w.client.getFeatureFlagResult('beta', null as never)).toMatchObject({ enabled: true })
  expect(w.warnings).toEqual([
    '[outlast] "send_event" is no option of getFeatureFlag; did you mean sendEvent?',
    '[outlast] "distinct_id" is no option of getFeatureFlag; did you mean distinctId?',
  ])
  expect(calls(w)).toHaveLength(1)
})

test('sendEvent false emits none, and a later read does', async () => {
  const w = withBeta()
  expect(await w.client.getFeatureFlag('beta', { sendEvent: false })).toBe(true)
  expect(await w.client.isFeatureEnabled('beta', { sendEvent: false })).toBe(true)
  expect(calls(w)).toEqual([])
  await w.client.getFeatureFlag('beta')
  expect(calls(w)).toHaveLength(1)
})

test('the tracker is bounded: the oldest call is forgotten, and told again', async () => {
  const w = withBeta({ maxQueueSize: 100_000 })
  await w.client.getFeatureFlag('first')
  for (let n = 0; n < 999; n++) await w.client.getFeatureFlag(`flag ${n}`)
  await w.client.getFeatureFlag('first')
  expect(calls(w)).toHaveLength(1_000)
  await w.client.getFeatureFlag('one more')
  await w.client.getFeatureFlag('first')
  expect(calls(w)).toHaveLength(1_002)
  await w.client.getFeatureFlag('flag 998')
  expect(calls(w)).toHaveLength(1_002)
})

test('it goes through the queue, with the geoip setting of the client', async () => {
  const w = withBeta({ disableGeoip: true })
  await w.client.getFeatureFlag('beta')
  await w.client.flush()
  expect(w.endpoint.sent[0]?.body.batch).toMatchObject([{ event: CALLED, properties: { $geoip_disable: true } }])
})

const ALLOWED = new Set([
  ...['$feature_flag', '$feature_flag_response', '$feature_flag_has_experiment', '$feature_flag_id'],
  ...['$feature_flag_version', '$feature_flag_reason', '$feature_flag_request_id', '$feature_flag_evaluated_at'],
  ...['$feature_flag_error', 'locally_evaluated', '$groups', '$process_person_profile', '$geoip_disable'],
  ...['$session_id', '$window_id', '$device_id', '$lib', '$lib_version', 'token', 'distinct_id'],
])

test('minimal mode keeps the allow-list alone', async () => {
  const w = world()
  w.client.register({ plan: 'pro' })
  w.client.group('company', 'acme')
  const beta = on('blue', { id: 7, version: 3, payload: '"x"', has_experiment: false })
  w.flags.answer = () => flagsAnswer({ beta }, { minimalFlagCalledEvents: true, requestId: 'request 1' })
  expect(await w.client.getFeatureFlag('beta')).toBe('blue')
  const [called = {}] = calls(w)
  expect(Object.keys(called).filter((name) => !ALLOWED.has(name))).toEqual([])
  expect(called).toMatchObject({
    $feature_flag: 'beta',
    $feature_flag_response: 'blue',
    $feature_flag_has_experiment: false,
    $feature_flag_request_id: 'request 1',
    $groups: { company: 'acme' },
    $session_id: w.client.getSessionId(),
  })
  w.client.capture('whole')
  expect(w.last()).toMatchObject({ plan: 'pro', $current_url: expect.any(String) })
})

test.each([
  ['the gate is off', { has_experiment: false }, {}],
  ['the flag has an experiment', { has_experiment: true }, { minimalFlagCalledEvents: true }],
  ['nothing is said of experiments', {}, { minimalFlagCalledEvents: true }],
])('the event is whole where %s', async (_, metadata, more) => {
  const w = world()
  w.client.register({ plan: 'pro' })
  w.flags.answer = () => flagsAnswer({ beta: on('blue', { ...metadata, payload: '"x"' }) }, more)
  await w.client.getFeatureFlag('beta')
  expect(calls(w)[0]).toMatchObject({ '$feature/beta': 'blue', $feature_flag_payload: 'x', plan: 'pro' })
})
