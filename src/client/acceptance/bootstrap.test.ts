/** PostHog's contract about what a site gives at `init`. */

import { expect, test, vi } from 'vitest'
import type { OutlastOptions } from '../../page/types'
import type { CommonOptions } from '../types'
import { flagsAnswer, on } from './flags-endpoint'
import { storeOver, type World, world } from './world'

const given = (
  featureFlags: Record<string, boolean | string>,
  featureFlagPayloads: Record<string, unknown> = {},
): CommonOptions => {
  const options: OutlastOptions = { bootstrap: { featureFlags, featureFlagPayloads } }
  return options
}

const calls = (w: World) =>
  w.enqueued.filter(({ event }) => event === '$feature_flag_called').map(({ properties }) => properties)

/** Has the client load these flags. */
async function load(w: World, flags: Record<string, unknown>, more = {}): Promise<void> {
  w.flags.answer = () => flagsAnswer(flags, more)
  await w.client.reloadFeatureFlags()
}

const OFF = { enabled: false }

test('Bootstrapped flags are readable immediately after setup', async () => {
  const w = world({ options: given({ 'beta-ui': true }) })
  expect(await w.client.getFeatureFlag('beta-ui')).toBe(true)
  expect(w.flags.sent).toEqual([])
})

test('Bootstrapped flags fire the flags-loaded callback at setup', async () => {
  const w = world({ options: given({ 'beta-ui': true }) })
  const heard = vi.fn()
  w.client.onFeatureFlags(heard)
  await w.settle()
  expect(heard.mock.calls).toEqual([[{ 'beta-ui': true }]])
  expect(w.flags.sent).toEqual([])
})

test('Bootstrapped payload is served with its flag', async () => {
  const w = world({ options: given({ 'beta-ui': 'variant-a' }, { 'beta-ui': { color: 'blue' } }) })
  expect(await w.client.getFeatureFlag('beta-ui')).toBe('variant-a')
  expect(await w.client.getFeatureFlagPayload('beta-ui')).toEqual({ color: 'blue' })
})

test('Bootstrap snapshot takes precedence over persisted flags', async () => {
  const w = world()
  await load(w, { checkout: OFF })
  const next = w.restart(given({ checkout: true }))
  expect(await next.client.getFeatureFlag('checkout')).toBe(true)
})

test('A disabled bootstrap flag and its payload are not served', async () => {
  const w = world({ options: given({ enabled: true, disabled: false }, { disabled: { k: 'v' } }) })
  expect(await w.client.getFeatureFlag('enabled')).toBe(true)
  expect(await w.client.getFeatureFlag('disabled')).not.toBe(true)
  expect(await w.client.getFeatureFlagPayload('disabled')).toBeUndefined()
})

test('A complete flags response overrides the bootstrapped value', async () => {
  const w = world({ options: given({ 'beta-ui': true }) })
  await load(w, { 'beta-ui': OFF })
  expect(await w.client.getFeatureFlag('beta-ui')).toBe(false)
})

test('A complete flags load drops bootstrapped-only keys', async () => {
  const w = world({ options: given({ 'beta-ui': true, legacy: true }) })
  await load(w, { 'beta-ui': OFF })
  expect(await w.client.getFeatureFlag('legacy')).toBeUndefined()
})

test('A complete flags load replaces the bootstrapped payload', async () => {
  const w = world({ options: given({ 'beta-ui': 'variant-a' }, { 'beta-ui': { color: 'blue' } }) })
  await load(w, { 'beta-ui': on('variant-b') })
  expect(await w.client.getFeatureFlag('beta-ui')).toBe('variant-b')
  expect(await w.client.getFeatureFlagPayload('beta-ui')).toBeUndefined()
})

test('A partial or errored response preserves un-recomputed flags', async () => {
  const w = world({ options: given({ 'beta-ui': true, legacy: true }) })
  await load(w, { 'beta-ui': OFF }, { errorsWhileComputingFlags: true })
  expect(await w.client.getFeatureFlag('legacy')).toBe(true)
  expect(await w.client.getFeatureFlag('beta-ui')).toBe(false)
})

test.each([
  ['after a load', true],
  ['before any load', false],
])('Bootstrapped flags are not resurrected after reset: %s', async (_, loaded) => {
  const w = world({ options: given({ legacy: true }) })
  if (loaded) await load(w, { 'beta-ui': on() })
  w.client.reset()
  await load(w, { 'beta-ui': on() })
  expect(await w.client.getFeatureFlag('legacy')).toBeUndefined()
  expect(calls(w).at(-1)).not.toHaveProperty('$used_bootstrap_value')
})

test('Flag call before the first flags response reports bootstrap use', async () => {
  const w = world({ options: given({ 'beta-ui': true }) })
  await w.client.getFeatureFlag('beta-ui')
  expect(calls(w)).toEqual([
    expect.objectContaining({
      $feature_flag: 'beta-ui',
      $feature_flag_bootstrapped_response: true,
      $used_bootstrap_value: true,
    }),
  ])
})

test('Flag call after a complete flags response reports bootstrap not used', async () => {
  const w = world({ options: given({ 'beta-ui': true }) })
  await load(w, { 'beta-ui': on() })
  await w.client.getFeatureFlag('beta-ui')
  expect(calls(w)).toEqual([expect.objectContaining({ $used_bootstrap_value: false })])
})

test('Flag call after a partial or errored flags response reports bootstrap not used', async () => {
  const w = world({ options: given({ legacy: true }) })
  await load(w, { 'beta-ui': OFF }, { errorsWhileComputingFlags: true })
  await w.client.getFeatureFlag('legacy')
  expect(calls(w)).toEqual([expect.objectContaining({ $used_bootstrap_value: false })])
})

test('flags of bootstrap are not frozen: the server is asked soon after the first question', async () => {
  const w = world({ options: given({ 'beta-ui': true }) })
  w.flags.answer = () => flagsAnswer({ 'beta-ui': OFF })
  await w.client.getFeatureFlag('beta-ui')
  await w.client.getFeatureFlag('beta-ui')
  await w.clock.advance(2_999)
  expect(w.flags.sent).toEqual([])
  await w.clock.advance(1)
  expect(w.flags.sent).toHaveLength(1)
  expect(await w.client.getFeatureFlag('beta-ui')).toBe(false)
})

test('a flag that bootstrap does not have is asked for at once', async () => {
  const w = world({ options: given({ 'beta-ui': true }) })
  w.flags.answer = () => flagsAnswer({ 'beta-ui': on(), other: on('blue') })
  expect(await w.client.getFeatureFlag('other')).toBe('blue')
  expect(w.flags.sent).toHaveLength(1)
})

test('flags of bootstrap are of its person alone', async () => {
  const options = { bootstrap: { distinctId: 'ada', featureFlags: { beta: true } } } satisfies OutlastOptions
  const w = world({ options: options as CommonOptions, bootstrapId: 'ada' })
  expect(await w.client.getFeatureFlag('beta')).toBe(true)
  const other = world({ options: options as CommonOptions, bootstrapId: 'ada' })
  other.client.identify('grace')
  expect(await other.client.getFeatureFlag('beta')).toBeUndefined()
})

test.each([undefined, null, 5, 'flags', [], { beta: 5 }, { beta: '' }, { beta: null }])(
  'flags of bootstrap that are none (%j) are as no flags',
  async (featureFlags) => {
    const w = world({ options: given(featureFlags as never) })
    w.flags.answer = () => flagsAnswer({ beta: on() })
    expect(await w.client.getFeatureFlag('beta')).toBe(true)
  },
)

test('a shutdown ends the wait for the first request', async () => {
  const w = world({ options: given({ 'beta-ui': true }) })
  await w.client.getFeatureFlag('beta-ui')
  await w.client.shutdown()
  expect(w.clock.armed).toBe(0)
})

test('Bootstrapped identity seeds a fresh install', () => {
  const w = world({ bootstrapId: 'anon-abc' })
  expect(w.client.getAnonymousId()).toBe('anon-abc')
  expect(w.client.getDistinctId()).toBe('anon-abc')
  // Anonymous: who is identified next has this past.
  w.client.identify('ada')
  expect(w.last()).toMatchObject({ $anon_distinct_id: 'anon-abc' })
})

test('Bootstrapped identity is ignored when identity already persisted', () => {
  const { kept, client } = world({ bootstrapId: 'existing-anon' })
  expect(client.getAnonymousId()).toBe('existing-anon')
  const w = world({ bootstrapId: 'anon-abc', stores: { kept: storeOver(kept), tab: storeOver(new Map()) } })
  expect(w.client.getAnonymousId()).toBe('existing-anon')
})
