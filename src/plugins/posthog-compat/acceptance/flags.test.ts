import { afterEach, expect, test, vi } from 'vitest'
import { flagsAnswer, on } from '../../../../test/support/client/flags-endpoint'
import type { PostHogConfig } from '../types'
import { HOST, instance, page, started, TOKEN, visitor } from './rig'

afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

const silent = () => vi.spyOn(console, 'warn').mockImplementation(() => undefined)

test('flags are loaded at init and answered at once, and asking is counted once', async () => {
  silent()
  const heard: unknown[] = []
  const { posthog, w, names } = started({}, (early) => early.onFeatureFlags((...given) => heard.push(given)))
  expect(posthog.getFeatureFlag('beta')).toBe(undefined)
  await w.settle()
  // Flags that are off are not told to listeners.
  expect(heard).toEqual([[['beta'], { beta: 'blue' }, { errorsLoading: false }]])
  posthog.onFeatureFlags((...given) => heard.push(given))
  expect(heard[1]).toEqual([['beta'], { beta: 'blue' }])
  expect(posthog.getFeatureFlag('beta')).toBe('blue')
  expect(posthog.getFeatureFlag('old')).toBe(false)
  expect(posthog.isFeatureEnabled('beta')).toBe(true)
  expect(posthog.isFeatureEnabled('no')).toBe(undefined)
  expect(posthog.isFeatureEnabled('no', { defaultValue: true })).toBe(true)
  expect(posthog.getFeatureFlagPayload('beta')).toEqual({ size: 4 })
  const result = { key: 'beta', enabled: true, variant: 'blue', payload: { size: 4 } }
  expect(posthog.getFeatureFlagResult('beta')).toEqual(result)
  expect(posthog.getAllFeatureFlags()).toHaveLength(2)
  expect(names()).toEqual(['$feature_flag_called', '$feature_flag_called', '$feature_flag_called'])
  posthog.capture('bought')
  expect(w.last()).toMatchObject({ '$feature/beta': 'blue', '$feature/old': false, $active_feature_flags: ['beta'] })
})

test('$feature_flag_called has the members that it has in posthog-js', async () => {
  const made = instance()
  made.posthog.init(TOKEN, { api_host: HOST, capture_pageview: false })
  const metadata = { id: 7, version: 3, payload: '"large"', has_experiment: true }
  made.w.flags.answer = () =>
    flagsAnswer(
      { beta: { ...on('blue', metadata), reason: { code: 'condition_match', description: 'matched set 1' } } },
      { requestId: 'request', evaluatedAt: 5 },
    )
  await made.w.settle()
  made.posthog.getFeatureFlag('beta')
  expect(made.w.last()).toMatchObject({
    $feature_flag: 'beta',
    $feature_flag_response: 'blue',
    $feature_flag_payload: 'large',
    $feature_flag_request_id: 'request',
    $feature_flag_evaluated_at: 5,
    $feature_flag_bootstrapped_response: null,
    $feature_flag_bootstrapped_payload: null,
    $used_bootstrap_value: false,
    $feature_flag_has_experiment: true,
    $feature_flag_version: 3,
    $feature_flag_reason: 'matched set 1',
    $feature_flag_id: 7,
  })
  made.posthog.getFeatureFlag('missing')
  expect(made.w.last()).toMatchObject({ $feature_flag: 'missing', $feature_flag_error: 'flag_missing' })
})

test('send_event: false, payloads and other questions are not counted', async () => {
  const { posthog, w, names } = started()
  await w.settle()
  expect(posthog.getFeatureFlag('beta', { send_event: false })).toBe('blue')
  expect(posthog.isFeatureEnabled('beta', { send_event: false })).toBe(true)
  posthog.getFeatureFlagPayload('beta')
  posthog.getAllFeatureFlags()
  expect(names()).toEqual([])
})

test('bootstrap answers until the server has, and says so', async () => {
  const config = { bootstrap: { featureFlags: { beta: 'early' }, featureFlagPayloads: { beta: 'payload' } } }
  const { posthog, w } = started({ ...config, advanced_disable_feature_flags: true })
  expect(posthog.getFeatureFlag('beta')).toBe('early')
  expect(posthog.getFeatureFlag('beta', { fresh: true })).toBe(undefined)
  expect(w.last()).toMatchObject({
    $feature_flag_bootstrapped_response: 'early',
    $feature_flag_bootstrapped_payload: 'payload',
    $used_bootstrap_value: true,
  })
  await w.settle()
  expect(w.flags.sent).toHaveLength(0)
  const next = started(config)
  await next.w.settle()
  expect(next.posthog.getFeatureFlag('beta')).toBe('blue')
  expect(next.w.last()).toMatchObject({ $used_bootstrap_value: false })
})

test('one request at the start and one after changes of one task, with person and groups', async () => {
  const { posthog, w } = started({
    loaded(early) {
      early.identify('ada', { plan: 'pro' })
      early.group('company', 'acme', { size: 5 })
      early.group('list', '77', { length: 8 })
    },
  })
  await w.settle()
  expect(w.flags.sent).toHaveLength(1)
  expect(w.flags.sent[0]?.body).toMatchObject({
    token: TOKEN,
    distinct_id: 'ada',
    groups: { company: 'acme', list: '77' },
    person_properties: { plan: 'pro' },
    group_properties: { company: { size: 5 }, list: { length: 8 } },
  })
  posthog.group('company', 'other')
  posthog.group('list', '77')
  posthog.group('team', 'blue')
  await w.settle()
  expect(w.flags.sent).toHaveLength(2)
  expect(w.flags.sent[1]?.body).toMatchObject({ group_properties: { list: { length: 8 } } })
})

test('properties for flags are set and removed', async () => {
  const { posthog, w } = started()
  await w.settle()
  posthog.setPersonPropertiesForFlags({ plan: 'pro' }, false)
  posthog.setGroupPropertiesForFlags({ company: { size: 5 } })
  await w.settle()
  expect(w.flags.sent.at(-1)?.body).toMatchObject({
    person_properties: { plan: 'pro' },
    group_properties: { company: { size: 5 } },
  })
  posthog.resetGroupPropertiesForFlags()
  posthog.resetPersonPropertiesForFlags()
  await w.settle()
  expect(w.flags.sent.at(-1)?.body).toMatchObject({ person_properties: {}, group_properties: {} })
})

test('properties that no request can carry cost themselves alone', async () => {
  const { posthog, w } = started()
  await w.settle()
  const cyclic: Record<string, unknown> = {}
  cyclic.self = cyclic
  posthog.setPersonPropertiesForFlags(cyclic)
  await w.settle()
  expect(w.flags.sent).toHaveLength(2)
})

test('overrides and updateFlags need no server', () => {
  const { posthog } = started({ advanced_disable_flags: true })
  const heard: unknown[] = []
  posthog.onFeatureFlags((keys) => heard.push(keys))
  posthog.updateFlags({ a: true, b: 'two' }, { b: { n: 1 } })
  posthog.updateFlags({ c: true }, undefined, { merge: true })
  expect([posthog.getFeatureFlag('a'), posthog.getFeatureFlagPayload('b')]).toEqual([true, { n: 1 }])
  posthog.featureFlags.overrideFeatureFlags({ a: 'mine' })
  expect(posthog.getFeatureFlag('a')).toBe('mine')
  posthog.featureFlags.overrideFeatureFlags({ flags: ['x'], payloads: { x: 5 } })
  expect(posthog.getFeatureFlagResult('x')).toEqual({ key: 'x', enabled: true, variant: undefined, payload: 5 })
  posthog.featureFlags.override(false)
  expect(posthog.getFeatureFlag('a')).toBe(true)
  expect(heard).toEqual([
    ['a', 'b'],
    ['a', 'b', 'c'],
    ['a', 'b', 'c'],
    ['a', 'b', 'c', 'x'],
    ['a', 'b', 'c'],
  ])
})

test('flags of an earlier page answer at once, and not for another person', async () => {
  silent()
  const of = visitor()
  page(of)
  const first = started()
  await first.w.settle()
  page(of)
  const next = started({ advanced_disable_flags: true })
  expect(next.posthog.getFeatureFlag('beta')).toBe('blue')
  expect(next.posthog.getFeatureFlag('beta', { fresh: true })).toBe(undefined)
  next.posthog.reset()
  expect(next.posthog.getFeatureFlag('beta')).toBe(undefined)
})

test('a failed load is told to listeners, and what is known stays', async () => {
  silent()
  const heard: unknown[] = []
  const { posthog, w } = started()
  await w.settle()
  posthog.onFeatureFlags((...given) => heard.push(given))
  w.flags.answer = () => ({ status: 500 })
  posthog.reloadFeatureFlags()
  await w.settle()
  expect(heard[1]).toEqual([['beta'], { beta: 'blue' }, { errorsLoading: true }])
  expect(posthog.getFeatureFlag('beta')).toBe('blue')
})

test('the first request after identify names the id of before, and the next page what was set', async () => {
  silent()
  const who = visitor()
  page(who)
  const first = started()
  const before = first.posthog.get_distinct_id()
  await first.w.settle()
  first.posthog.identify('ada', { plan: 'pro' }, { since: 2020 })
  first.posthog.group('company', 'acme', { size: 5 })
  await first.w.settle()
  first.posthog.reloadFeatureFlags()
  await first.w.settle()
  const told = first.w.flags.sent.map(({ body }) => body.$anon_distinct_id)
  expect(told).toEqual([undefined, before, undefined])

  page(who)
  const next = started()
  await next.w.settle()
  expect(next.w.flags.sent[0]?.body).toMatchObject({
    distinct_id: 'ada',
    person_properties: { plan: 'pro', since: 2020 },
    group_properties: { company: { size: 5 } },
  })
  expect(next.w.flags.sent[0]?.body).not.toHaveProperty('$anon_distinct_id')
  next.posthog.reset()
  await next.w.settle()
  expect(next.w.flags.sent.at(-1)?.body).toMatchObject({ person_properties: {}, group_properties: {} })

  page(who)
  const last = started()
  await last.w.settle()
  expect(last.w.flags.sent[0]?.body).toMatchObject({ person_properties: {}, group_properties: {} })
})

test('after a change of the groups, or of the person in another tab, nobody else is answered for, and flags are asked for', async () => {
  silent()
  const who = visitor()
  page(who)
  const { posthog, w } = started()
  posthog.identify('ada')
  await w.settle()
  expect(posthog.getFeatureFlag('beta')).toBe('blue')
  expect(w.flags.sent).toHaveLength(1)
  posthog.group('company', 'acme')
  expect(posthog.getFeatureFlag('beta')).toBe(undefined)
  await w.settle()
  expect(posthog.getFeatureFlag('beta')).toBe('blue')
  expect(w.flags.sent).toHaveLength(2)

  const other = started({ advanced_disable_flags: true })
  other.posthog.reset()
  other.posthog.identify('bob')
  expect(posthog.getFeatureFlag('beta')).toBe(undefined)
  await w.settle()
  expect(posthog.getFeatureFlag('beta')).toBe('blue')
  expect(w.flags.sent.map(({ body }) => body.distinct_id)).toEqual(['ada', 'ada', 'bob'])
})

test('a server that gives no flags is left alone while properties change, and asked by reloadFeatureFlags', async () => {
  silent()
  const { posthog, w } = started()
  w.flags.answer = () => ({ status: 500 })
  await w.settle()
  for (let size = 0; size < 5; size++) {
    posthog.setPersonPropertiesForFlags({ size })
    posthog.setGroupPropertiesForFlags({ company: { size } })
    posthog.setPersonProperties({ size })
    await w.settle()
  }
  expect(w.flags.sent).toHaveLength(1)
  posthog.reloadFeatureFlags()
  await w.settle()
  expect(w.flags.sent).toHaveLength(2)
})

test('flags are asked for again where a listener changes whose they are', async () => {
  silent()
  const { posthog, w } = started()
  let asked = 0
  posthog.onFeatureFlags(() => {
    asked += 1
    if (asked === 1) posthog.group('company', 'acme')
  })
  await w.settle()
  expect(w.flags.sent.map(({ body }) => body.groups)).toEqual([{}, { company: 'acme' }])
  expect(posthog.getFeatureFlag('beta')).toBe('blue')
})

test('flags of a site that asks for none stay through a change of groups', async () => {
  silent()
  const { posthog, w } = started({
    advanced_disable_feature_flags: true,
    bootstrap: { featureFlags: { beta: 'green' } },
  })
  await w.settle()
  posthog.group('company', 'acme')
  expect(posthog.getFeatureFlag('beta')).toBe('green')
})

test('what is given for flags is of one person, and gone after a reset, a refusal with clear and another identify', async () => {
  silent()
  const who = visitor()
  page(who)
  const { posthog, w } = started({ opt_out_capturing_by_default: true })
  posthog.opt_in_capturing()
  posthog.identify('ada', { email: 'ada@example.com' })
  await w.settle()
  const left = () => JSON.stringify([...who.local])
  expect(left()).toContain('ada@example.com')
  w.flags.answer = () => ({ status: 500 })
  posthog.identify('bob')
  posthog.reloadFeatureFlags()
  await w.settle()
  const { body } = w.flags.sent.at(-1) ?? {}
  expect(body).toMatchObject({ distinct_id: 'bob', person_properties: {} })
  expect(body).not.toHaveProperty('$anon_distinct_id')
  posthog.setPersonProperties({ email: 'bob@example.com' })
  expect(left()).toContain('bob@example.com')
  posthog.reset()
  expect(left()).not.toContain('example.com')
})

test("P10: flags are asked for with nothing that the site's hook took out of the events", async () => {
  silent()
  const { posthog, w } = started({
    before_send(event) {
      if (event?.event === '$set') return null
      if (!event) return event
      const { email: _, ...kept } = { ...event.$set }
      const { $group_set, ...properties } = event.properties
      return { ...event, $set: kept, properties: $group_set ? { ...properties, $group_set: { size: 5 } } : properties }
    },
  })
  posthog.identify('ada', { email: 'ada@example.com', plan: 'pro' })
  posthog.setPersonProperties({ email: 'ada@example.com' })
  posthog.group('company', 'acme', { size: 5, owner: 'ada@example.com' })
  await w.settle()
  expect(w.flags.sent.at(-1)?.body).toMatchObject({
    distinct_id: 'ada',
    person_properties: { plan: 'pro' },
    group_properties: { company: { size: 5 } },
  })
  expect(JSON.stringify(w.flags.sent)).not.toContain('ada@')
})

test('a server that hangs is left alone too, though properties change while it is asked', async () => {
  silent()
  const { posthog, w } = started({ feature_flag_request_max_retries: 0 })
  w.flags.answer = () => ({ kind: 'lost' })
  for (let size = 0; size < 5; size++) {
    posthog.setPersonPropertiesForFlags({ size })
    await w.clock.advance(2_000)
    await w.settle()
  }
  expect(w.flags.sent).toHaveLength(1)
})

test('P10: listeners hear at once that nothing is known after a reset, whether or not the server may be asked', async () => {
  silent()
  for (const config of [{}, { opt_out_capturing_by_default: true }, { advanced_disable_flags: true }]) {
    page(visitor())
    const bootstrap = { featureFlags: { beta: 'blue' } }
    const { posthog, w } = started({ ...config, bootstrap })
    posthog.opt_in_capturing()
    posthog.identify('ann')
    posthog.updateFlags({ beta: 'blue' })
    await w.settle()
    const heard: unknown[] = []
    posthog.onFeatureFlags((_, values) => heard.push(values))
    expect(heard).toEqual([{ beta: 'blue' }])
    posthog.reset()
    expect(posthog.getFeatureFlag('beta')).toBe(undefined)
    expect(heard).toEqual([{ beta: 'blue' }, {}])
    posthog.reset()
    expect(heard).toHaveLength(2)
    posthog.reset({ bootstrap: { featureFlags: { beta: 'green' } } })
    expect(heard.at(-1)).toEqual({ beta: 'green' })
  }
})

test('listeners hear that nothing is known of who is known by another name, where no answer will tell', () => {
  silent()
  const { posthog } = started({ advanced_disable_flags: true, bootstrap: { featureFlags: { beta: 'blue' } } })
  const heard: unknown[] = []
  posthog.onFeatureFlags((_, values) => heard.push(values))
  posthog.identify('ann')
  expect(posthog.getFeatureFlag('beta')).toBe(undefined)
  expect(heard).toEqual([{ beta: 'blue' }, {}])
})

test('P10: listeners hear that nothing is known once a refusal has ended the groups that flags were for', async () => {
  silent()
  const of = visitor()
  page(of)
  started().posthog.group('company', 'acme')
  page(of)
  const { posthog, w } = started()
  await w.settle()
  const heard: unknown[] = []
  posthog.onFeatureFlags((_, values) => heard.push(values))
  posthog.opt_out_capturing()
  expect(posthog.getFeatureFlag('beta')).toBe(undefined)
  expect(heard).toEqual([{ beta: 'blue' }, {}])
})

test('a listener may ask about flags that are not known, without a warning', async () => {
  const warn = silent()
  const { posthog, w } = started()
  await w.settle()
  const heard: unknown[] = []
  posthog.onFeatureFlags(() => heard.push(posthog.getFeatureFlag('beta')))
  w.flags.answer = () => ({ status: 500 })
  posthog.reset()
  await w.settle()
  expect(heard.slice(0, 2)).toEqual(['blue', undefined])
  const told = () => warn.mock.calls.filter(([text]) => /is not known before/.test(String(text)))
  expect(told()).toEqual([])
  posthog.getFeatureFlag('beta')
  expect(told()).toHaveLength(1)
})

test('flags of bootstrap are of nobody but the person that it names, or with whom the page began', async () => {
  silent()
  const bootstrap = { featureFlags: { beta: 'green' } }
  const returning = (config: PostHogConfig) => {
    const of = visitor()
    page(of)
    started().posthog.identify('ann')
    page(of)
    return started(config).posthog
  }
  expect(returning({ bootstrap }).getFeatureFlag('beta')).toBe('green')
  for (const isIdentifiedID of [true, false]) {
    const other = returning({ bootstrap: { ...bootstrap, distinctID: 'dan', isIdentifiedID } })
    expect([other.get_distinct_id(), other.getFeatureFlag('beta')]).toEqual(['ann', undefined])
  }
  const changed = returning({ bootstrap })
  changed.identify('dan')
  expect(changed.getFeatureFlag('beta')).toBe(undefined)
  const entered = returning({ bootstrap })
  entered.group('company', 'acme')
  expect(entered.getFeatureFlag('beta')).toBe(undefined)
})
