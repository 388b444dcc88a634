import { afterEach, expect, test, vi } from 'vitest'
import { flagsAnswer, on } from '../client/acceptance/flags-endpoint'
import { type World, world } from '../client/acceptance/world'
import type { OutlastOptions } from '../page/types'
import { createPostHogLike, type PostHogConfig } from './posthog-compat'

/** Code for posthog-js over a real client. */
function started(
  config: PostHogConfig = {},
  before: (posthog: ReturnType<typeof createPostHogLike>) => void = () => undefined,
) {
  let w: World | undefined
  let options: OutlastOptions | undefined
  const posthog = createPostHogLike((_, given) => {
    options = given
    w = world({ options: given ?? {} })
    w.flags.answer = () => flagsAnswer({ beta: on('blue'), old: { enabled: false } })
    return w.client
  })
  before(posthog)
  posthog.init('test-token', { api_host: 'https://events.example.com', capture_pageview: false, ...config })
  if (!w || !options) throw new Error('init did not make a client')
  return { posthog, w, options }
}

afterEach(() => vi.restoreAllMocks())

const names = ({ enqueued }: World) => enqueued.map(({ event }) => event)

test('calls before init are made after it, in order', () => {
  const { w } = started({}, (posthog) => {
    posthog.register({ plan: 'pro' })
    posthog.capture('early')
    posthog.identify('ada', { name: 'Ada' })
  })
  expect(names(w)).toEqual(['early', '$identify'])
  expect(w.enqueued[0]?.properties).toMatchObject({ plan: 'pro' })
  expect(w.enqueued[1]).toMatchObject({ distinct_id: 'ada', properties: { $set: { name: 'Ada' } } })
})

test('a pageview is captured as posthog-js does, unless it is told not to', () => {
  expect(names(started({ capture_pageview: true }).w)).toEqual(['$pageview'])
  expect(names(started().w)).toEqual([])
})

test('the methods do what they do in posthog-js', () => {
  const { posthog, w } = started()
  posthog.capture('bought', { total: 42 }, { timestamp: new Date('2026-01-02T03:04:05.678Z') })
  expect(w.enqueued[0]).toMatchObject({ timestamp: '2026-01-02T03:04:05.678Z', properties: { total: 42 } })
  posthog.setPersonProperties({ plan: 'pro' }, { first: 'page' })
  expect(w.last()).toMatchObject({ $set: { plan: 'pro' }, $set_once: { first: 'page' } })
  posthog.group('company', 'acme', { size: 5 })
  posthog.alias('other')
  posthog.unregister('nothing')
  expect(names(w)).toEqual(['bought', '$set', '$groupidentify', '$create_alias'])
  const before = posthog.get_distinct_id()
  expect(posthog.get_session_id()).toBe(w.client.getSessionId())
  posthog.reset()
  expect(posthog.get_distinct_id()).not.toBe(before)
  posthog.opt_out_capturing()
  posthog.capture('unseen')
  expect(posthog.has_opted_out_capturing()).toBe(true)
  expect(posthog.has_opted_in_capturing()).toBe(false)
  posthog.opt_in_capturing()
  posthog.capture('seen')
  expect(names(w).slice(4)).toEqual(['seen'])
})

test('feature flags are loaded at init and answered at once, and asking is counted once', async () => {
  const heard: unknown[] = []
  const { posthog, w } = started({}, (early) => early.onFeatureFlags((on, values) => heard.push([on, values])))
  expect(posthog.getFeatureFlag('beta')).toBe(undefined)
  await w.settle()
  expect(heard).toEqual([[['beta'], { beta: 'blue', old: false }]])
  expect(posthog.getFeatureFlag('beta')).toBe('blue')
  expect([posthog.isFeatureEnabled('beta'), posthog.isFeatureEnabled('old'), posthog.isFeatureEnabled('no')]).toEqual([
    true,
    false,
    undefined,
  ])
  await w.settle()
  expect(names(w).filter((name) => name === '$feature_flag_called')).toHaveLength(3)
})

test('P10: opted out by default captures nothing', () => {
  const { posthog, w } = started({ opt_out_capturing_by_default: true, capture_pageview: true })
  posthog.capture('unseen')
  expect(names(w)).toEqual([])
})

test('P10: opted out by default is for a person who has not chosen yet', () => {
  const stored = new Map([['outlast:test-token https://events.example.com:opt_out', 'false']])
  vi.stubGlobal('window', { localStorage: { getItem: (key: string) => stored.get(key) ?? null } })
  const { posthog, w } = started({ opt_out_capturing_by_default: true })
  posthog.capture('seen')
  expect(names(w)).toEqual(['seen'])
  vi.unstubAllGlobals()
})

test('before_send sees what it does in posthog-js, and may change and drop', () => {
  const seen: unknown[] = []
  const { posthog, w } = started({
    before_send: [
      (event) => (event.event === 'private' ? null : event),
      (event) => {
        seen.push([event.properties.distinct_id, event.timestamp])
        return { ...event, properties: { ...event.properties, changed: true }, $set: { plan: 'pro' } }
      },
    ],
  })
  posthog.capture('private')
  posthog.capture('public', {}, { timestamp: new Date('2026-01-02T03:04:05.678Z') })
  expect(names(w)).toEqual(['public'])
  expect(w.last()).toMatchObject({ changed: true, $set: { plan: 'pro' } })
  expect(seen).toEqual([[w.client.getDistinctId(), new Date('2026-01-02T03:04:05.678Z')]])
})

test('options are translated, and those that do nothing are named', () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
  const loaded = vi.fn()
  const autocapture = { autocapture: true } as PostHogConfig
  const { posthog, options } = started({
    bootstrap: { distinctID: 'known' },
    disable_persistence: true,
    advanced_disable_flags: true,
    loaded,
    ...autocapture,
  })
  expect(options).toMatchObject({
    host: 'https://events.example.com',
    bootstrap: { distinctId: 'known' },
    persistence: 'memory',
  })
  expect(loaded).toHaveBeenCalledWith(posthog)
  expect(warn.mock.calls.join()).toContain('autocapture')
})
