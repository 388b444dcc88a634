import { afterEach, expect, test, vi } from 'vitest'
import { hostFrom } from '../../../core/config/queue-config'
import type { PostHogConfig } from '../types'
import { instance, page, started, TOKEN, visitor } from './rig'

afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

const warnings = () => vi.spyOn(console, 'warn').mockImplementation(() => undefined)
const told = (warn: ReturnType<typeof warnings>) => warn.mock.calls.map(String)

test('calls before init are made after it, in order', () => {
  const { w, names } = started({}, (posthog) => {
    posthog.register({ plan: 'pro' })
    posthog.capture('early')
    posthog.identify('ada', { name: 'Ada' })
  })
  expect(names()).toEqual(['early', '$identify'])
  expect(w.enqueued[0]?.properties).toMatchObject({ plan: 'pro' })
  expect(w.enqueued[1]).toMatchObject({ distinct_id: 'ada', properties: { $set: { name: 'Ada' } } })
})

test('init again changes nothing and warns as posthog-js does, of another project too', () => {
  const warn = warnings()
  const { posthog, w } = started({ person_profiles: 'always' })
  expect(posthog.init(TOKEN, { person_profiles: 'never' })).toBe(posthog)
  posthog.init('other-token')
  expect(told(warn)[0]).toContain('You have already initialized PostHog! Re-initializing is a no-op')
  expect(told(warn)[1]).toContain('already initialized PostHog with a different project token')
  expect(posthog.config).toMatchObject({ token: TOKEN, person_profiles: 'always' })
  posthog.capture('one')
  expect(w.enqueued).toHaveLength(1)
})

test('init with a name gives another instance, at that name too, and the first one stays what it is', () => {
  const { posthog, w } = started()
  const first = w
  const made = instance()
  made.posthog.init(TOKEN, { capture_pageview: false })
  const second = made.posthog.init('other-token', { capture_pageview: false }, 'second')
  expect(second).not.toBe(made.posthog)
  expect(made.posthog).toMatchObject({ second })
  expect(made.posthog.init('other-token', {}, 'second')).toBe(second)
  second.register({ of: 'second' })
  second.capture('there')
  made.posthog.capture('here')
  expect(made.names()).toEqual(['here', 'there'])
  expect(second.get_property('of')).toBe('second')
  expect(made.posthog.get_property('of')).toBe(undefined)
  expect(posthog.config.name).toBe('posthog')
  expect(first.enqueued).toEqual([])
})

test('options are translated, and those that would do something elsewhere are named once', () => {
  const warn = warnings()
  const loaded = vi.fn()
  const { posthog, options } = started({
    bootstrap: { distinctID: 'known' },
    disable_persistence: true,
    advanced_disable_flags: true,
    request_headers: { authorization: 'x' },
    autocapture: true,
    disable_surveys: true,
    session_recording: {},
    capture_exceptions: true,
    tracing_headers: ['api.example.com'],
    rageclick: false,
    loaded,
  })
  expect(options).toMatchObject({
    host: 'https://events.example.com',
    bootstrap: { distinctId: 'known' },
    persistence: 'memory',
    requestHeaders: { authorization: 'x' },
  })
  expect(loaded).toHaveBeenCalledWith(posthog)
  expect(told(warn)).toEqual(['[outlast] options of posthog-js that do nothing here: autocapture, session_recording'])
})

test('an option that has an effect here is not named as one that has none', () => {
  const warn = warnings()
  started({
    error_tracking: { exception_steps: { enabled: false } },
    persistence_name: 'own',
    __add_tracing_headers: ['api.example.com'],
  })
  expect(told(warn)).toEqual([])
})

test.each(['/ingest', 'events.example.com/ingest', 'eu.posthog.com'])(
  "api_host may be %s, as outlast's host may",
  (host) => expect(started({ api_host: host }).options.host).toBe(host),
)

test.each(['apiHost', 'api_hots', 'api_hosst', 'host', 'api_url', 'endpoint'])(
  'P10: with "%s" in place of api_host nothing goes to the default host, and the warning names it',
  (name) => {
    const warn = warnings()
    const { options } = started({
      api_host: undefined,
      [name]: 'https://eu.i.posthog.com',
      ui_host: 'https://a.example',
    })
    expect(hostFrom(options.host, 'https://shop.example')).toBe(undefined)
    expect(told(warn)[0]).toContain(`"${name}" is no option of posthog.init; did you mean api_host?`)
    expect(told(warn)[1]).toContain('ui_host')
    expect(told(warn)[1]).not.toContain(name === 'host' ? ' host' : name)
  },
)

test('without any host the events go where posthog-js would send them', () => {
  warnings()
  const options = [{}, { ui_host: 'https://eu.posthog.com' }, { api_transport: 'fetch' }].map(
    (more) => started({ api_host: undefined, ...more }).options.host,
  )
  expect(new Set(options)).toEqual(new Set(['https://us.i.posthog.com']))
})

test('former names of options count, and storage that ends with the tab is not made longer', () => {
  expect(started({ disable_cookie: true }).options.persistence).toBe('memory')
  expect(started({ persistence: 'sessionStorage' }).options.persistence).toBe('memory')
  expect(started({ persistence: 'localStorage' }).options.persistence).toBe(undefined)
})

test('loaded runs before the first page view, and what it says of the person counts for it', () => {
  vi.useFakeTimers()
  page()
  const { w, names } = started({
    capture_pageview: true,
    loaded(posthog) {
      posthog.identify('ada')
      posthog.group('company', 'acme')
    },
  })
  expect(names()).toEqual(['$identify', '$groupidentify'])
  vi.advanceTimersByTime(1)
  expect(names()).toEqual(['$identify', '$groupidentify', '$pageview'])
  expect(w.enqueued[2]).toMatchObject({
    distinct_id: 'ada',
    properties: { title: 'Shop', $groups: { company: 'acme' } },
  })
})

test('a page that is not shown yet has its page view once it is', () => {
  vi.useFakeTimers()
  const { document } = page(undefined, { visible: false })
  const { names } = started({ capture_pageview: true })
  vi.advanceTimersByTime(1)
  expect(names()).toEqual([])
  document.visibilityState = 'visible'
  document.dispatchEvent(new Event('visibilitychange'))
  document.dispatchEvent(new Event('visibilitychange'))
  expect(names()).toEqual(['$pageview'])
})

test('history_change captures navigation within the page, once for each path, and pageleave its end', async () => {
  vi.useFakeTimers()
  const { history, leave } = page()
  const { w, names, posthog } = started({ capture_pageview: 'history_change' })
  vi.advanceTimersByTime(1)
  history.pushState({}, '', '/a')
  await undefined
  history.replaceState({}, '', '/a?x=1')
  await undefined
  history.pushState({}, '', '/b')
  await undefined
  posthog.capture('there')
  leave()
  expect(names()).toEqual(['$pageview', '$pageview', '$pageview', 'there', '$pageleave'])
  const [first, second, third, there, left] = w.enqueued
  expect(second?.properties).toMatchObject({ navigation_type: 'pushState', $prev_pageview_id: first?.uuid })
  expect(second?.properties.$prev_pageview_pathname).toBe('/')
  expect(there?.properties.$pageview_id).toBe(third?.uuid)
  expect(left?.properties).toMatchObject({ $pageview_id: third?.uuid, $prev_pageview_pathname: '/b' })
  expect(posthog.getPageViewId()).toBe(third?.uuid)
})

test.each(['this tab', 'another tab'])(
  'P10: of the time in which the person refuses in %s no later page view tells',
  async (where) => {
    vi.useFakeTimers()
    const { history, leave } = page()
    const { posthog, w } = started({ capture_pageview: 'history_change' })
    vi.advanceTimersByTime(1)
    // What another tab has stored the client knows, and posthog-js's names do not.
    const isHere = where === 'this tab'
    if (isHere) posthog.opt_out_capturing()
    else w.client.optOut()
    history.pushState({}, '', '/refused')
    await undefined
    if (isHere) posthog.opt_in_capturing()
    else w.client.optIn()
    history.pushState({}, '', '/next')
    await undefined
    const next = w.enqueued.at(-1)
    expect(next?.properties).toMatchObject({ navigation_type: 'pushState', $pageview_id: next?.uuid })
    leave()
    expect(w.last()).toMatchObject({ $pageview_id: next?.uuid, $prev_pageview_pathname: '/next' })
    for (const { event, properties } of w.enqueued.slice(1, -1)) {
      expect([event, Object.keys(properties).filter((name) => name.startsWith('$prev_'))]).toEqual([event, []])
    }
  },
)

test('page views and pageleave are left out where the options say so', async () => {
  vi.useFakeTimers()
  for (const [config, expected] of [
    [{ capture_pageview: false }, []],
    [{ capture_pageview: false, capture_pageleave: true }, ['$pageleave']],
    [{ capture_pageview: true, capture_pageleave: false }, ['$pageview']],
    [{ capture_pageview: true, defaults: '2024-01-01' }, ['$pageview', '$pageleave']],
    [{ capture_pageview: undefined, defaults: '2025-05-24' }, ['$pageview', '$pageview', '$pageleave']],
  ] as [PostHogConfig, string[]][]) {
    const { history, leave } = page()
    const { names } = started(config)
    vi.advanceTimersByTime(1)
    history.pushState({}, '', '/next')
    await undefined
    leave()
    expect(names()).toEqual(expected)
  }
})

test('set_config counts from then on', () => {
  const { posthog, w, names } = started()
  posthog.capture('before')
  posthog.set_config({ before_send: (event) => (event.event === 'no' ? null : event), property_denylist: ['secret'] })
  posthog.capture('no')
  posthog.capture('after', { secret: 1, plain: 2 })
  expect(names()).toEqual(['before', 'after'])
  expect(w.last()).toMatchObject({ plain: 2 })
  expect(w.last()).not.toHaveProperty('secret')
})

test('robots are not captured, unless they are to be', () => {
  const warn = warnings()
  page()
  const agent = (userAgent: string, more = {}) => vi.stubGlobal('navigator', { userAgent, ...more })
  agent('Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)')
  const { posthog, names } = started()
  expect(posthog.capture('one')).toBe(undefined)
  posthog.capture('two')
  posthog.identify('robot')
  expect(told(warn)).toHaveLength(1)
  posthog.set_config({ opt_out_useragent_filter: true })
  posthog.capture('three')
  posthog.set_config({ opt_out_useragent_filter: false })
  agent('Mozilla/5.0 Chrome/140', { webdriver: true })
  posthog.capture('driven')
  agent('Mozilla/5.0 Acme-Probe/1')
  posthog.capture('four')
  posthog.set_config({ custom_blocked_useragents: ['acme-probe'] })
  posthog.capture('five')
  agent('Mozilla/5.0 (Linux; Android 12; CUBOT X30) Chrome/120')
  posthog.capture('six')
  expect(names()).toEqual(['three', 'four', 'six'])
})

test('init without a token says so and does nothing', () => {
  const warn = warnings()
  const { posthog } = instance()
  expect(posthog.init('  ')).toBe(posthog)
  expect(posthog.__loaded).toBe(false)
  expect(told(warn)[0]).toContain('token')
})

test('nothing throws into the page: neither hooks, listeners nor storage that is denied', () => {
  warnings()
  const { posthog } = started({
    loaded() {
      throw new Error('loaded')
    },
  })
  posthog.on('eventCaptured', () => {
    throw new Error('listener')
  })
  posthog.onFeatureFlags(() => {
    throw new Error('flags')
  })
  posthog.capture('one')
  posthog.updateFlags({ a: true })
  // Arguments of the wrong kind, as plain JavaScript gives them.
  for (const name of Object.keys(posthog) as (keyof typeof posthog)[]) {
    const method: unknown = posthog[name]
    if (typeof method !== 'function' || name === 'init') continue
    for (const given of [[], [null], [undefined, undefined], [42, 42], [{}, []]]) {
      expect(() => (method as (...all: unknown[]) => unknown)(...given)).not.toThrow()
    }
  }
})

test.each([
  ['opt_out_capture_by_default', true, 'opt_out_capturing_by_default'],
  ['before_sned', () => null, 'before_send'],
])(
  'P10: with "%s", which is no option, nothing is captured, and the warning names the one meant',
  (name, value, meant) => {
    const warn = warnings()
    const { posthog, options } = started({ [name]: value })
    expect(hostFrom(options.host, 'https://shop.example')).toBe(undefined)
    expect(told(warn)).toEqual([
      `[outlast] "${name}" is no option of posthog.init; did you mean ${meant}? It was to keep something back, so nothing is captured until it is put right`,
    ])
    expect(posthog.capture('unseen')).toBe(undefined)
  },
)

test('P10: a page that may capture nothing, because an option is misspelt, keeps nothing on the device', () => {
  warnings()
  for (const stored of [undefined, { distinct_id: 'visitor', plan: 'pro' }]) {
    for (const config of [{ opt_out_capture_by_default: true }, { before_sned: () => null, persistence: 'cookie' }]) {
      const of = visitor()
      if (stored) of.local.set(`ph_${TOKEN}_posthog`, JSON.stringify(stored))
      const before = [...of.local]
      page(of)
      const { posthog, names } = started({ ...config, bootstrap: { featureFlags: { beta: true } } } as PostHogConfig)
      posthog.register({ plan: 'pro' })
      posthog.register_for_session({ from: 'ad' })
      posthog.set_config({ persistence: 'localStorage' })
      posthog.reset()
      expect([names(), [...of.local], [...of.tab]]).toEqual([[], before, []])
    }
  }
})

test('P11: another name that is no option is named with the one meant, and events are captured', () => {
  const warn = warnings()
  const { posthog, names } = started({ capture_pageveiw: false, opt_out_capture_by_default: false })
  posthog.capture('seen')
  expect(names()).toEqual(['seen'])
  expect(told(warn)[0]).toBe(
    '[outlast] "capture_pageveiw" is no option of posthog.init; did you mean capture_pageview?',
  )
})
