/** PostHog's contract about what a site gives at `init`. */

import { expect, test, vi } from 'vitest'
import { flagsAnswer, on } from '../../../test/support/client/flags-endpoint'
import { BEGIN, type World, world } from '../../../test/support/client/world'
import { storeOver } from '../../../test/support/core/store-over'
import type { OutlastOptions } from '../../page/types'
import { SESSION_IDLE_MS, SESSION_MAX_MS } from '../first/session'
import type { CommonOptions } from '../types'

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

test('flags of bootstrap are of none who is identified, or begins anew, before the late code is there', async () => {
  const identified = world({
    options: given({ 'beta-ui': true }),
    early: (client) => client.identify('bob'),
  })
  identified.flags.answer = () => flagsAnswer({ 'beta-ui': OFF })
  expect(await identified.client.getFeatureFlag('beta-ui')).toBe(false)
  const anew = world({ options: given({ 'beta-ui': true }), early: (client) => client.reset() })
  anew.flags.answer = () => flagsAnswer({ 'beta-ui': OFF })
  expect(await anew.client.getFeatureFlag('beta-ui')).toBe(false)
})

test('flags of bootstrap are of the person whom it names, also where that person was anonymous here', async () => {
  const w = world()
  w.client.capture('anonymous')
  const next = w.restart({
    bootstrap: { distinctId: 'alice', isIdentifiedId: true, featureFlags: { 'beta-ui': true } },
  } as CommonOptions)
  expect(next.client.getDistinctId()).toBe('alice')
  expect(await next.client.getFeatureFlag('beta-ui')).toBe(true)
})

test('who begins anew before the late code is there is not the person of bootstrap, nor in its session', async () => {
  const sessionId = '01900000-0000-7000-8000-000000000000'
  const w = world({
    options: { bootstrap: { distinctId: 'alice', isIdentifiedId: true, sessionId } } as CommonOptions,
    early: (client) => client.reset(),
  })
  w.client.capture('next')
  expect(w.client.getDistinctId()).toBe(w.client.getAnonymousId())
  expect(w.client.getSessionId()).not.toBe(sessionId)
  expect(w.enqueued.map(({ event }) => event)).toEqual(['next'])
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

const known = (distinctId: unknown, more: object = {}) =>
  ({ bootstrap: { distinctId, isIdentifiedId: true, ...more } }) as CommonOptions

/** Whether the person is identified: who is identified next has no anonymous past then. */
function isIdentified(w: World): boolean {
  w.client.identify('the next one')
  return w.enqueued.every(({ properties }) => properties.distinct_id !== 'the next one')
}

const names = (w: World) => w.enqueued.map(({ event }) => event)

/** A page whose person is anonymous, under this id. */
const anonymous = (id: string) => world({ bootstrapId: id })

test('Identified bootstrap marks the user identified', () => {
  const w = world({ options: known('user-123') })
  expect(w.client.getDistinctId()).toBe('user-123')
  expect(w.enqueued).toEqual([])
  expect(isIdentified(w)).toBe(true)
})

test('Identified bootstrap does not become the device id', () => {
  const w = world({ options: known('user-123') })
  expect(w.client.getDistinctId()).toBe('user-123')
  expect(w.client.getAnonymousId()).not.toBe('user-123')
  expect(w.client.getAnonymousId()).not.toBe('')
})

test('Identified bootstrap merges an anonymous local user', () => {
  const earlier = world()
  const before = earlier.client.getAnonymousId()
  const w = earlier.restart(known('user-123'))
  expect(w.client.getDistinctId()).toBe('user-123')
  expect(w.client.getAnonymousId()).toBe(before)
  expect(w.enqueued).toEqual([expect.objectContaining({ event: '$identify', distinct_id: 'user-123' })])
  expect(w.last()).toMatchObject({ $anon_distinct_id: before })
  // Each later page gives the same.
  expect(w.restart().enqueued).toEqual([])
})

test('Identified bootstrap preserves a different identified user', () => {
  const earlier = world()
  earlier.client.identify('user-existing')
  const w = earlier.restart(known('user-123'))
  expect(w.client.getDistinctId()).toBe('user-existing')
  expect(w.enqueued).toEqual([])
  expect(w.warnings).toEqual([expect.stringContaining('is not the person who is identified here, who stays')])
})

test('Identified bootstrap upgrades a matching anonymous id to identified', () => {
  const { kept } = anonymous('user-123')
  const w = world({ options: known('user-123'), stores: { kept: storeOver(kept), tab: storeOver(new Map()) } })
  expect(w.client.getDistinctId()).toBe('user-123')
  expect(names(w)).not.toContain('$identify')
  expect(w.warnings).toEqual([])
  expect(isIdentified(w)).toBe(true)
})

test('Identified bootstrap reconciles an anonymous user while opted out', () => {
  const earlier = world()
  earlier.client.optOut()
  const w = earlier.restart(known('user-123'))
  expect(w.client.isOptOut()).toBe(true)
  expect(w.client.getDistinctId()).toBe('user-123')
  expect(w.enqueued).toEqual([])
  w.client.optIn()
  w.client.capture('later')
  expect(w.enqueued).toEqual([expect.objectContaining({ event: 'later', distinct_id: 'user-123' })])
  expect(isIdentified(w)).toBe(true)
})

test('who is known by bootstrap is so on later pages, and after a reset no more', () => {
  const w = world({ options: known('user-123') })
  w.client.reset()
  expect(w.client.getDistinctId()).toBe(w.client.getAnonymousId())
  expect(isIdentified(w)).toBe(false)
  const other = world({ options: known('user-123') })
  expect(other.restart({ bootstrap: {} } as CommonOptions).client.getDistinctId()).toBe('user-123')
})

test('a number is taken as its text', () => {
  expect(world({ options: known(42) }).client.getDistinctId()).toBe('42')
})

test.each(['undefined', 'anonymous', 'null', ' ', 0, {}, true])('an id of nobody is none, with a warning: %j', (id) => {
  const w = world({ options: known(id) })
  expect(w.client.getDistinctId()).toBe(w.client.getAnonymousId())
  expect(w.client.getDistinctId()).toMatch(/^00000000-0000-7000-8000-/)
  expect(w.warnings).toEqual([expect.stringContaining('bootstrap: distinctId must be the id of one person')])
  expect(isIdentified(w)).toBe(false)
})

test.each(['true', 1, {}])('isIdentifiedId that is not true is false, with a warning: %j', (isIdentifiedId) => {
  const w = world({ options: { bootstrap: { distinctId: 'user-123', isIdentifiedId } } as CommonOptions })
  expect(w.client.getAnonymousId()).toBe('user-123')
  expect(w.warnings).toEqual([expect.stringContaining('isIdentifiedId must be true or false')])
})

/** A UUIDv7 of this time. */
const sessionAt = (ms: number) =>
  `${ms
    .toString(16)
    .padStart(12, '0')
    .replace(/^(.{8})/, '$1-')}-7000-8000-000000000000`

const session = (sessionId: unknown) => ({ bootstrap: { sessionId } }) as CommonOptions

test('Valid bootstrapped session id continues the session', () => {
  const id = '01900000-0000-7000-8000-000000000000'
  const w = world({ options: session(id) })
  expect(w.client.getSessionId()).toBe(id)
  w.client.capture('one')
  expect(w.last()).toMatchObject({ $session_id: id })
})

test.each(['not-a-uuid', '01900000-0000-4000-8000-000000000000', 5, ''])(
  'Invalid bootstrapped session id falls back to a generated id: %j',
  (id) => {
    const w = world({ options: session(id) })
    expect(w.client.getSessionId()).not.toBe(id)
    expect(w.client.getSessionId()).not.toBe('')
    expect(w.warnings).toEqual([expect.stringContaining('bootstrap: sessionId must be a UUIDv7')])
  },
)

test('a session that goes on here ends when it would have there: its id says when it began', () => {
  const id = sessionAt(BEGIN - SESSION_MAX_MS + SESSION_IDLE_MS)
  const w = world({ options: session(id) })
  w.clock.jump(SESSION_IDLE_MS)
  expect(w.client.getSessionId()).toBe(id)
  w.clock.jump(1)
  expect(w.client.getSessionId()).not.toBe(id)
})

test('a session that goes on here takes the place of the one before, in other tabs too', () => {
  const id = sessionAt(BEGIN)
  const w = world()
  w.client.capture('one')
  const other = w.restart(session(id))
  expect([w, other].map(({ client }) => client.getSessionId())).toEqual([id, id])
})

test('the next page with the same session is no activity, and after a reset the session is another', () => {
  const id = sessionAt(BEGIN)
  const w = world({ options: session(id) })
  w.clock.jump(SESSION_IDLE_MS)
  const next = w.restart()
  next.clock.jump(1)
  expect(next.client.getSessionId()).not.toBe(id)
  const another = world({ options: session(id) })
  another.client.reset()
  expect(another.client.getSessionId()).not.toBe(id)
})
