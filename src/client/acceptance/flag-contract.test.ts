/** PostHog's contracts about feature flags, scenario by scenario. */

import { describe, expect, test, vi } from 'vitest'
import { flagsAnswer, on } from '../../../test/support/client/flags-endpoint'
import { type World, world } from '../../../test/support/client/world'

const OFF = { enabled: false }
const called = (w: World) => w.enqueued.filter(({ event }) => event === '$feature_flag_called')

/** A client that has loaded these flags. */
async function knowing(flags: Record<string, unknown>): Promise<World> {
  const w = world()
  w.flags.answer = () => flagsAnswer(flags)
  await w.client.reloadFeatureFlags()
  return w
}

describe('feature-flag-cache', () => {
  test('Cache stores flag values and payloads from a successful load', async () => {
    const w = await knowing({ 'beta-ui': on(undefined, { payload: '{"color":"green"}' }) })
    expect(await w.client.getFeatureFlagsAndPayloads()).toEqual({
      flags: { 'beta-ui': true },
      payloads: { 'beta-ui': { color: 'green' } },
    })
  })

  test('Cache serves reads without a network request', async () => {
    const w = await knowing({ 'beta-ui': on() })
    expect(await w.client.getFeatureFlag('beta-ui')).toBe(true)
    expect(w.flags.sent).toHaveLength(1)
  })

  test('Cache is cleared on identity reset when user-scoped flags are invalidated', async () => {
    const w = await knowing({ 'beta-ui': on() })
    w.client.reset()
    w.flags.answer = () => ({ status: 503 })
    expect(await w.client.getFeatureFlags()).toEqual({})
    expect([...w.kept.keys()].filter((key) => key.endsWith(':flags'))).toEqual([])
  })
})

describe('get-feature-flag', () => {
  test('Client getter returns the cached boolean flag value', async () => {
    const w = await knowing({ 'beta-ui': on() })
    expect(await w.client.getFeatureFlag('beta-ui')).toBe(true)
    expect(called(w)).toEqual([
      expect.objectContaining({
        properties: expect.objectContaining({ $feature_flag: 'beta-ui', $feature_flag_response: true }),
      }),
    ])
  })

  test('Getter returns a variant string for multivariate flags', async () => {
    const w = await knowing({ checkout: on('blue') })
    expect(await w.client.getFeatureFlag('checkout')).toBe('blue')
  })

  test('Getter can suppress feature flag called tracking', async () => {
    const w = await knowing({ 'beta-ui': on() })
    expect(await w.client.getFeatureFlag('beta-ui', { sendEvent: false })).toBe(true)
    expect(called(w)).toEqual([])
  })
})

describe('get-feature-flag-payload', () => {
  test('Payload getter returns payload for the matched flag value', async () => {
    const w = await knowing({ checkout: on('blue', { payload: '{"cta":"Try now"}' }) })
    expect(await w.client.getFeatureFlagPayload('checkout')).toEqual({ cta: 'Try now' })
  })

  test('Payload getter returns no payload for unknown flags', async () => {
    const w = await knowing({})
    await expect(w.client.getFeatureFlagPayload('missing-flag')).resolves.toBeUndefined()
  })

  test('Payload lookup does not emit feature flag called by itself', async () => {
    const w = await knowing({ checkout: on(undefined, { payload: '{"enabled":1}' }) })
    await w.client.getFeatureFlagPayload('checkout')
    expect(called(w)).toEqual([])
  })
})

describe('get-feature-flag-result', () => {
  test('Structured result includes key enabled variant and payload', async () => {
    const w = await knowing({ checkout: on('blue', { payload: '{"copy":"new"}' }) })
    expect(await w.client.getFeatureFlagResult('checkout')).toEqual({
      key: 'checkout',
      enabled: true,
      variant: 'blue',
      payload: { copy: 'new' },
    })
    expect(called(w)).toHaveLength(1)
  })

  test('Boolean false flag result is disabled', async () => {
    const w = await knowing({ 'beta-ui': OFF })
    expect(await w.client.getFeatureFlagResult('beta-ui')).toEqual({ key: 'beta-ui', enabled: false })
  })

  test('Unknown flag returns no structured result', async () => {
    const w = await knowing({})
    expect(await w.client.getFeatureFlagResult('missing-flag')).toBeUndefined()
  })
})

describe('get-feature-flags', () => {
  test('Bulk getter returns all cached flag values', async () => {
    const w = await knowing({ 'beta-ui': on(), checkout: on('blue') })
    expect(await w.client.getFeatureFlags()).toEqual({ 'beta-ui': true, checkout: 'blue' })
  })

  test('Bulk getter can suppress tracking events', async () => {
    const w = await knowing({ 'beta-ui': on() })
    await w.client.getFeatureFlags({ sendEvent: false })
    expect(called(w)).toEqual([])
  })
})

describe('get-feature-flags-and-payloads', () => {
  test('Bulk getter returns flags and payloads together', async () => {
    const w = await knowing({
      'beta-ui': on(undefined, { payload: '{"color":"green"}' }),
      checkout: on('blue', { payload: '{"copy":"new"}' }),
    })
    expect(await w.client.getFeatureFlagsAndPayloads()).toEqual({
      flags: { 'beta-ui': true, checkout: 'blue' },
      payloads: { 'beta-ui': { color: 'green' }, checkout: { copy: 'new' } },
    })
  })

  test('Bulk values and payloads are empty when no flags are known', async () => {
    const w = await knowing({})
    expect(await w.client.getFeatureFlagsAndPayloads()).toEqual({ flags: {}, payloads: {} })
  })
})

describe('is-feature-enabled', () => {
  test.each([
    ['true', on(), true],
    ['false', OFF, false],
    ['variant-a', on('variant-a'), true],
  ])('Enabled check maps flag values to booleans: %s', async (_, flag, enabled) => {
    const w = await knowing({ feature: flag })
    expect(await w.client.isFeatureEnabled('feature')).toBe(enabled)
  })

  test.each([false, true])('Enabled check resolves missing flags to the default: %s', async (defaultValue) => {
    const w = await knowing({})
    expect(await w.client.isFeatureEnabled('missing', { defaultValue })).toBe(defaultValue)
  })

  test.each([
    ['false', OFF, true, false],
    ['variant-a', on('variant-a'), false, true],
  ])('Enabled check prefers the flag value over the caller default: %s', async (_, flag, defaultValue, enabled) => {
    const w = await knowing({ feature: flag })
    expect(await w.client.isFeatureEnabled('feature', { defaultValue })).toBe(enabled)
  })

  test('Enabled check with a default is a boolean, and its options are no unknown ones', async () => {
    const w = await knowing({})
    const isOn: boolean = await w.client.isFeatureEnabled('missing', { defaultValue: false })
    expect([isOn, w.warnings]).toEqual([false, []])
    await w.client.isFeatureEnabled('missing', { default: true } as never)
    await w.client.getFeatureFlag('missing', { defaultValue: true } as never)
    expect(w.warnings).toEqual([
      expect.stringContaining('"default" is no option of isFeatureEnabled'),
      expect.stringContaining('"defaultValue" is no option of getFeatureFlag'),
    ])
  })

  test('Enabled check can suppress tracking', async () => {
    const w = await knowing({ feature: on() })
    expect(await w.client.isFeatureEnabled('feature', { sendEvent: false })).toBe(true)
    expect(called(w)).toEqual([])
  })
})

describe('on-feature-flags', () => {
  test('Listener is invoked when feature flags are loaded', async () => {
    const w = world()
    const heard = vi.fn()
    w.client.onFeatureFlags(heard)
    w.flags.answer = () => flagsAnswer({ 'beta-ui': on() })
    await w.client.reloadFeatureFlags()
    expect(heard.mock.calls).toEqual([[{ 'beta-ui': true }]])
  })

  test('Listener registered after flags are ready is invoked with current values', async () => {
    const w = await knowing({ 'beta-ui': on() })
    const heard = vi.fn()
    w.client.onFeatureFlags(heard)
    await w.settle()
    expect(heard.mock.calls).toEqual([[{ 'beta-ui': true }]])
  })

  test('Listener can be unsubscribed', async () => {
    const w = world()
    const heard = vi.fn()
    w.client.onFeatureFlags(heard)()
    w.flags.answer = () => flagsAnswer({ 'beta-ui': on() })
    await w.client.reloadFeatureFlags()
    expect(heard).not.toHaveBeenCalled()
  })
})

describe('reload-feature-flags', () => {
  test('Reload feature flags fetches flags for the current identity', async () => {
    const w = world()
    w.client.identify('user-123')
    w.flags.answer = () => flagsAnswer({ 'beta-ui': on() })
    await w.client.reloadFeatureFlags()
    expect(w.flags.sent.map(({ body }) => body.distinct_id)).toEqual(['user-123'])
    expect(await w.client.getFeatureFlags()).toEqual({ 'beta-ui': true })
  })

  test('Reload includes group and property override context', async () => {
    const w = world()
    w.client.group('company', 'company-123')
    await w.client.setPersonPropertiesForFlags({ plan: 'pro' })
    await w.client.reloadFeatureFlags()
    expect(w.flags.sent.at(-1)?.body).toMatchObject({
      groups: { company: 'company-123' },
      person_properties: { plan: 'pro' },
    })
  })

  test('Reload failure keeps existing cached flags', async () => {
    const w = await knowing({ 'beta-ui': on() })
    w.flags.answer = () => ({ status: 503 })
    await expect(w.client.reloadFeatureFlags()).resolves.toBeUndefined()
    expect(await w.client.getFeatureFlags()).toEqual({ 'beta-ui': true })
  })
})

describe('set-person-properties-for-flags', () => {
  test('Set person properties stores overrides for future flag evaluation', async () => {
    const w = world()
    await w.client.setPersonPropertiesForFlags({ plan: 'pro' })
    await w.client.setPersonPropertiesForFlags({ role: 'admin' })
    await w.client.getFeatureFlags()
    expect(w.flags.sent[0]?.body.person_properties).toEqual({ plan: 'pro', role: 'admin' })
    expect(w.enqueued).toEqual([])
    await w.restart().client.getFeatureFlags()
    expect(w.flags.sent[1]?.body.person_properties).toEqual({ plan: 'pro', role: 'admin' })
  })

  test('Person property overrides are sent with flag reloads', async () => {
    const w = world()
    await w.client.setPersonPropertiesForFlags({ plan: 'pro' })
    await w.client.reloadFeatureFlags()
    expect(w.flags.sent.at(-1)?.body.person_properties).toEqual({ plan: 'pro' })
  })
})

describe('reset-person-properties-for-flags', () => {
  test('Reset person properties clears local person flag overrides', async () => {
    const w = world()
    await w.client.setPersonPropertiesForFlags({ plan: 'pro' })
    await w.client.resetPersonPropertiesForFlags()
    await w.client.getFeatureFlags()
    expect(w.flags.sent.at(-1)?.body.person_properties).toEqual({})
  })

  test('Reset person properties affects subsequent flag evaluations', async () => {
    const w = world()
    await w.client.setPersonPropertiesForFlags({ plan: 'pro' })
    await w.client.reloadFeatureFlags()
    await w.client.resetPersonPropertiesForFlags()
    await w.client.reloadFeatureFlags()
    expect(w.flags.sent.at(-1)?.body.person_properties).not.toHaveProperty('plan')
  })
})

describe('set-group-properties-for-flags', () => {
  test('Set group properties stores overrides for future flag evaluation', async () => {
    const w = world()
    w.client.group('company', 'company-123')
    await w.client.setGroupPropertiesForFlags({ company: { plan: 'pro' } })
    await w.client.getFeatureFlags()
    expect(w.flags.sent[0]?.body).toMatchObject({
      groups: { company: 'company-123' },
      group_properties: { company: { plan: 'pro' } },
    })
    expect(w.enqueued.filter(({ properties }) => '$group_set' in properties)).toEqual([])
  })

  test('Group property overrides are sent with flag reloads', async () => {
    const w = world()
    await w.client.setGroupPropertiesForFlags({ company: { plan: 'pro' } })
    w.client.group('company', 'company-123')
    await w.client.reloadFeatureFlags()
    expect(w.flags.sent.at(-1)?.body.group_properties).toEqual({ company: { plan: 'pro' } })
  })
})

describe('reset-group-properties-for-flags', () => {
  test('Reset group properties clears all local group flag overrides', async () => {
    const w = world()
    await w.client.setGroupPropertiesForFlags({ company: { plan: 'pro' }, team: { size: 3 } })
    await w.client.resetGroupPropertiesForFlags('team')
    await w.client.reloadFeatureFlags()
    expect(w.flags.sent.at(-1)?.body.group_properties).toEqual({ company: { plan: 'pro' } })
    await w.client.resetGroupPropertiesForFlags()
    await w.client.reloadFeatureFlags()
    expect(w.flags.sent.at(-1)?.body.group_properties).toEqual({})
  })

  test('Reset group properties affects subsequent flag evaluations', async () => {
    const w = world()
    w.client.group('company', 'company-123')
    await w.client.setGroupPropertiesForFlags({ company: { plan: 'pro' } })
    await w.client.reloadFeatureFlags()
    await w.client.resetGroupPropertiesForFlags()
    await w.client.reloadFeatureFlags()
    expect(w.flags.sent.at(-1)?.body.group_properties).toEqual({})
  })
})
