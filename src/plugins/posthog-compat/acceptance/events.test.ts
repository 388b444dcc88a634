import { afterEach, expect, test, vi } from 'vitest'
import type { PostHogEvent } from '../../posthog-js'
import type { PostHogConfig, PostHogHook } from '../types'
import { page, started, TOKEN } from './rig'

afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

const silent = () => vi.spyOn(console, 'warn').mockImplementation(() => undefined)

test('before_send sees events as posthog-js gives them, and gives them back so', () => {
  const seen: PostHogEvent[] = []
  const { posthog, w, names } = started({
    before_send: [
      (event) => (event.event === 'private' ? null : event),
      (event) => {
        seen.push(structuredClone(event))
        event.properties.changed = true
        event.$set = { ...event.$set, plan: 'pro' }
        return event
      },
    ],
  })
  posthog.capture('private')
  const timestamp = new Date('2026-01-02T03:04:05.678Z')
  posthog.capture(
    'public',
    { a: 1, $set: { inner: 1 } },
    { $set: { seen: 1 }, $set_once: { first: 1 }, $unset: ['x'], timestamp },
  )
  posthog.identify('ada', { name: 'Ada' })
  expect(names()).toEqual(['public', '$identify'])
  const [event, identify] = seen
  expect(event).toMatchObject({
    event: 'public',
    uuid: w.enqueued[0]?.uuid,
    timestamp,
    $set: { seen: 1 },
    $set_once: { first: 1 },
    $unset: ['x'],
  })
  expect(event?.properties).toMatchObject({
    a: 1,
    token: TOKEN,
    $set: { inner: 1 },
    $event_time_override_provided: true,
  })
  expect(event?.properties.distinct_id).toBe(event?.properties.$device_id)
  expect(identify).toMatchObject({ $set: { name: 'Ada' }, $set_once: {}, properties: { distinct_id: 'ada' } })
  expect(identify?.properties).not.toHaveProperty('$set')
  expect(w.enqueued[0]?.properties).toMatchObject({
    changed: true,
    $set: { inner: 1, seen: 1, plan: 'pro' },
    $set_once: { first: 1 },
    $unset: ['x'],
  })
})

test('capture returns the event as the hooks left it, and tells listeners of it', () => {
  const heard: unknown[] = []
  const { posthog, w } = started({
    before_send: (event) => (event.event === 'no' ? null : { ...event, event: `${event.event}!` }),
  })
  const off = posthog.on('eventCaptured', (event) => heard.push(event))
  const result = posthog.capture('yes', { a: 1 })
  expect(result).toMatchObject({ event: 'yes!', uuid: w.enqueued[0]?.uuid, properties: { a: 1, token: TOKEN } })
  expect(result?.timestamp).toBeInstanceOf(Date)
  expect(posthog.capture('no')).toBe(undefined)
  expect(posthog.captureException(new Error('broken'))).toMatchObject({ event: '$exception!' })
  expect(heard).toHaveLength(2)
  off()
  const told = vi.fn()
  posthog.set_config({ _onCapture: told })
  const after = posthog.capture('after')
  expect(told).toHaveBeenCalledExactlyOnceWith('after!', after)
  expect(heard).toHaveLength(2)
})

for (const [what, hook] of [
  [
    'throws',
    () => {
      throw new Error('broken')
    },
  ],
  ['returns nothing', () => undefined],
  ['returns a promise', async (event) => event],
  ['returns a text', () => 'event'],
  ['removes the properties', (event) => ({ ...event, properties: undefined })],
  [
    'removes the token',
    (event) => {
      delete event.properties.token
      return event
    },
  ],
  ['removes the distinct id', (event) => ({ ...event, properties: { ...event.properties, distinct_id: '' } })],
] as [string, (event: PostHogEvent) => unknown][]) {
  test(`P10: a before_send that ${what} drops the event`, () => {
    silent()
    const { posthog, names } = started({ before_send: hook as PostHogHook })
    expect(posthog.capture('unseen')).toBe(undefined)
    expect(names()).toEqual([])
  })
}

test('P10: a before_send that is no function drops the event', () => {
  silent()
  const { posthog, names } = started({ before_send: 'nonsense' } as unknown as PostHogConfig)
  posthog.capture('unseen')
  expect(names()).toEqual([])
})

test('P10: what is captured past the instance passes its hooks too', () => {
  const { posthog, names } = started({ before_send: (event) => (event.event === 'no' ? null : event) })
  posthog.outlast?.capture('no')
  posthog.outlast?.capture('yes')
  expect(names()).toEqual(['yes'])
})

test("P10: options of outlast's own are handed on, and a beforeSend among them runs too", () => {
  const { posthog, names, options } = started({
    outlast: { maxQueueSize: 10, beforeSend: (event) => (event.event === 'no' ? null : event) },
    before_send: (event) => (event.event === 'nor' ? null : event),
  })
  for (const name of ['no', 'nor', 'yes']) posthog.capture(name)
  expect(names()).toEqual(['yes'])
  expect(options.maxQueueSize).toBe(10)
})

test('a hook that captures is given back each event for its own', () => {
  const { posthog, names } = started({
    before_send(event) {
      if (event.event === 'outer') posthog.capture('inner')
      return event
    },
  })
  expect(posthog.capture('outer')?.event).toBe('outer')
  expect(names()).toEqual(['inner', 'outer'])
})

test('an event may name another person', () => {
  const { posthog, w } = started()
  posthog.capture('theirs', { distinct_id: 'bob' })
  expect(w.enqueued[0]).toMatchObject({ distinct_id: 'bob' })
})

test('whose events make a profile is what person_profiles says', () => {
  const flagOf = (config: PostHogConfig, act: (posthog: ReturnType<typeof started>['posthog']) => void) => {
    const { posthog, w } = started(config)
    act(posthog)
    posthog.capture('last')
    return w.last().$process_person_profile
  }
  const identifyAndReset = (posthog: ReturnType<typeof started>['posthog']) => {
    posthog.identify('ada')
    posthog.reset()
  }
  silent()
  expect(flagOf({}, () => undefined)).toBe(false)
  expect(flagOf({}, (posthog) => posthog.identify('ada'))).toBe(true)
  expect(flagOf({}, (posthog) => posthog.group('company', 'acme'))).toBe(true)
  expect(flagOf({}, (posthog) => posthog.alias('other'))).toBe(true)
  expect(flagOf({}, (posthog) => posthog.createPersonProfile())).toBe(true)
  expect(flagOf({}, identifyAndReset)).toBe(false)
  expect(flagOf({ person_profiles: 'always' }, () => undefined)).toBe(true)
  expect(flagOf({ person_profiles: 'never' }, (posthog) => posthog.identify('ada'))).toBe(false)
})

test('P10: what the options keep back is in no event', () => {
  page(undefined, { path: '/p?gclid=1&ref=2&q=3#secret' })
  const { posthog, w } = started({
    property_denylist: ['secret'],
    sanitize_properties: (properties, event) => ({ ...properties, cleaned: event }),
    disable_capture_url_hashes: true,
    mask_personal_data_properties: true,
    custom_personal_data_properties: ['ref'],
  })
  posthog.capture('cleaned', { secret: 1, $current_url: 'https://shop.example.com/p?gclid=1&ref=2&q=3#secret' })
  expect(w.last()).toMatchObject({
    cleaned: 'cleaned',
    $current_url: 'https://shop.example.com/p?gclid=<masked>&ref=<masked>&q=3',
  })
  expect(w.last()).not.toHaveProperty('secret')
})

test('P10: hooks, listeners and the caller get addresses that are masked already, as in posthog-js', () => {
  page(undefined, { path: '/p?gclid=hidden' })
  const seen: unknown[] = []
  function see<T>(one: T): T {
    seen.push(one)
    return one
  }
  const { posthog } = started({
    mask_personal_data_properties: true,
    sanitize_properties: (properties) => see(properties),
    before_send: (event) => see(event),
  })
  posthog.on('eventCaptured', see)
  seen.push(posthog.capture('masked', { $referrer: 'https://other.example/?gclid=hidden' }))
  expect(seen).toHaveLength(4)
  for (const one of seen) {
    expect(JSON.stringify(one)).toContain('gclid=<masked>')
    expect(JSON.stringify(one)).not.toContain('hidden')
  }
})

test('P10: a function that was to clean an event and throws keeps it back', () => {
  silent()
  const broken = () => {
    throw new Error('broken')
  }
  const { posthog, names } = started({ sanitize_properties: broken })
  posthog.capture('unseen')
  expect(names()).toEqual([])
  const other = started({ get_current_url: broken })
  other.posthog.capture('seen')
  expect(other.w.last().$current_url).toBe('')
})
