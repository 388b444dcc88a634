import { afterEach, expect, test, vi } from 'vitest'
import type { PostHogConfig } from '../types'
import { HOST, page, started, TOKEN, visitor } from './rig'

afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

const BY_DEFAULT: PostHogConfig = { opt_out_capturing_by_default: true }

test.each<PostHogConfig>([BY_DEFAULT, { outlast: { consent: 'pending' } }, { outlast: { consent: 'denied' } }])(
  'P10: opted out by default captures nothing, and is no choice: %j',
  (options) => {
    const { posthog, names } = started({ ...options, capture_pageview: true })
    posthog.capture('unseen')
    posthog.identify('ada')
    posthog.setPersonProperties({ plan: 'pro' })
    posthog.outlast?.capture('past the instance')
    expect(names()).toEqual([])
    expect(posthog.has_opted_out_capturing()).toBe(true)
    expect(posthog.is_capturing()).toBe(false)
    expect(posthog.get_explicit_consent_status()).toBe('pending')
  },
)

test('a default of one page is none of the next page', () => {
  const of = visitor()
  page(of)
  started(BY_DEFAULT).posthog.capture('unseen')
  page(of)
  const { posthog, names } = started()
  posthog.capture('seen')
  expect(names()).toEqual(['seen'])
})

test('opt_in_capturing sends $opt_in and the page view that was held back, and once alone', () => {
  vi.useFakeTimers()
  page()
  const { posthog, names } = started({ ...BY_DEFAULT, capture_pageview: true })
  vi.advanceTimersByTime(1)
  expect(names()).toEqual([])
  posthog.opt_in_capturing()
  posthog.opt_in_capturing()
  expect(names()).toEqual(['$opt_in', '$pageview'])
  expect(posthog.get_explicit_consent_status()).toBe('granted')
  expect(posthog.has_opted_in_capturing()).toBe(true)
})

test('opt_in_capturing after the page view sends no second one', () => {
  vi.useFakeTimers()
  page()
  const { posthog, names } = started({ capture_pageview: true })
  vi.advanceTimersByTime(1)
  posthog.opt_in_capturing()
  expect(names()).toEqual(['$pageview', '$opt_in'])
})

test('the event of an opt-in may have another name and properties, or be left out', () => {
  const { posthog, w, names } = started(BY_DEFAULT)
  posthog.opt_in_capturing({ captureEventName: 'agreed', captureProperties: { banner: 2 } })
  expect(w.last()).toMatchObject({ banner: 2 })
  posthog.opt_out_capturing()
  posthog.opt_in_capturing({ captureEventName: false })
  expect(names()).toEqual(['agreed'])
})

test('P10: choices outlive a page', () => {
  const of = visitor()
  page(of)
  started().posthog.opt_out_capturing()
  page(of)
  const { posthog, names } = started()
  expect(posthog.get_explicit_consent_status()).toBe('denied')
  posthog.capture('unseen')
  posthog.opt_in_capturing()
  page(of)
  const next = started(BY_DEFAULT)
  next.posthog.capture('seen')
  expect(next.posthog.get_explicit_consent_status()).toBe('granted')
  expect([...names(), ...next.names()]).toEqual(['$opt_in', 'seen'])
})

test('clear_opt_in_out_capturing goes back to what the site takes for granted, on later pages too', () => {
  const of = visitor()
  for (const choose of ['opt_in_capturing', 'opt_out_capturing'] as const) {
    page(of)
    const { posthog } = started(BY_DEFAULT)
    posthog[choose]()
    posthog.clear_opt_in_out_capturing()
    expect(posthog.get_explicit_consent_status()).toBe('pending')
    expect(posthog.is_capturing()).toBe(false)
    page(of)
    const next = started(BY_DEFAULT)
    expect(next.posthog.get_explicit_consent_status()).toBe('pending')
    // Without that default, a person who has not chosen is captured.
    next.posthog.set_config({ opt_out_capturing_by_default: false })
    expect(next.posthog.is_capturing()).toBe(true)
  }
})

test('P10: reset forgets that the person has agreed, and keeps a refusal', () => {
  const { posthog } = started(BY_DEFAULT)
  posthog.opt_in_capturing()
  posthog.reset()
  expect(posthog.get_explicit_consent_status()).toBe('pending')
  expect(posthog.is_capturing()).toBe(false)
  posthog.opt_out_capturing()
  posthog.reset()
  expect(posthog.get_explicit_consent_status()).toBe('denied')
})

for (const [where, put] of [
  ['localStorage', (of, value) => of.local.set(`__ph_opt_in_out_${TOKEN}`, value)],
  ['a cookie', (of, value) => Object.assign(of, { cookie: `a=b; __ph_opt_in_out_${TOKEN}=${value}` })],
] as [string, (of: ReturnType<typeof visitor>, value: string) => void][]) {
  test(`P10: a choice that posthog-js has stored in ${where} counts until there is a new one`, () => {
    const of = visitor()
    put(of, '0')
    page(of)
    const { posthog, names } = started()
    posthog.capture('unseen')
    expect(names()).toEqual([])
    expect(posthog.get_explicit_consent_status()).toBe('denied')
    posthog.opt_in_capturing()
    page(of)
    expect(started().posthog.get_explicit_consent_status()).toBe('granted')

    const other = visitor()
    put(other, '1')
    page(other)
    expect(started(BY_DEFAULT).posthog.is_capturing()).toBe(true)
  })
}

test('P10: with opt_out_persistence_by_default nothing is on the device before the person has agreed', () => {
  const of = visitor()
  page(of)
  const { posthog, w, options, names } = started({ ...BY_DEFAULT, opt_out_persistence_by_default: true })
  expect(options.persistence).toBe('memory')
  posthog.register({ plan: 'pro' })
  posthog.register_for_session({ from: 'ad' })
  const id = posthog.get_distinct_id()
  posthog.capture('unseen')
  expect([...of.local.keys(), ...of.tab.keys()]).toEqual([])
  posthog.opt_in_capturing()
  expect(w.enqueued).toEqual([])
  expect(names()).toEqual(['$opt_in'])
  expect(posthog.get_distinct_id()).toBe(id)
  expect(posthog.get_property('plan')).toBe('pro')
  expect([...of.local.keys()].length).toBeGreaterThan(0)
  page(of)
  const next = started({ ...BY_DEFAULT, opt_out_persistence_by_default: true })
  expect(next.posthog.is_capturing()).toBe(true)
  expect(next.posthog.get_distinct_id()).toBe(id)
})

test('P10: a refusal where nothing may be stored before consent is all that is stored, and it holds in other tabs and later', () => {
  const of = visitor()
  page(of)
  const config = { ...BY_DEFAULT, opt_out_persistence_by_default: true }
  const other = started(config)
  const { posthog } = started(config)
  posthog.opt_out_capturing()
  expect([...of.local.keys()].every((key) => /opt_out(_at)?$/.test(key))).toBe(true)
  expect(other.posthog.get_explicit_consent_status()).toBe('denied')
  page(of)
  const next = started(config)
  expect(next.posthog.get_explicit_consent_status()).toBe('denied')
  next.posthog.capture('unseen')
  expect(next.names()).toEqual([])
  expect([...of.tab.keys()]).toEqual([])
  // The person is asked again, and agrees.
  next.posthog.opt_in_capturing()
  expect(next.names()).toEqual(['$opt_in'])
})

for (const how of ['storage', 'opt_in_capturing'] as const) {
  test(`P10: who agrees in one tab is one person in all tabs that waited for it: ${how}`, () => {
    const of = visitor()
    const { changeStorage } = page(of)
    const config = { ...BY_DEFAULT, opt_out_persistence_by_default: true }
    const first = started(config)
    const second = started(config)
    second.posthog.register({ plan: 'pro' })
    first.posthog.opt_in_capturing()
    if (how === 'storage') changeStorage()
    else second.posthog.opt_in_capturing()
    second.posthog.capture('there')
    expect(second.options.persistence).not.toBe('memory')
    expect(second.names()).toEqual(['there'])
    expect(second.w.last()).toMatchObject({ plan: 'pro' })
    expect(second.posthog.get_distinct_id()).toBe(first.posthog.get_distinct_id())
    // What the one forgets, neither has any more.
    second.posthog.reset()
    expect(first.posthog.is_capturing()).toBe(false)
    expect(first.posthog.get_distinct_id()).toBe(second.posthog.get_distinct_id())
  })
}

test('who was identified before consent is so after it, and an anonymous past on the device becomes theirs', () => {
  for (const known of [undefined, 'ada']) {
    const of = visitor()
    page(of)
    const earlier = started().posthog
    const before = earlier.get_distinct_id()
    if (known) earlier.identify(known)
    page(of)
    const latest = started({ ...BY_DEFAULT, opt_out_persistence_by_default: true })
    const { posthog, names } = latest
    posthog.identify('bob')
    posthog.opt_in_capturing()
    expect(posthog.get_distinct_id()).toBe('bob')
    expect(names()).toEqual(known ? ['$opt_in'] : ['$identify', '$opt_in'])
    if (!known) expect(latest.w.enqueued[0]?.properties).toMatchObject({ $anon_distinct_id: before })
  }
})

test('P10: a tab that waits for a consent stores nothing by what another tab does besides', () => {
  const of = visitor()
  const { changeStorage } = page(of)
  const config = { ...BY_DEFAULT, opt_out_persistence_by_default: true }
  const { options } = started(config)
  started(config).posthog.opt_out_capturing()
  changeStorage()
  expect(options.persistence).toBe('memory')
  expect([...of.local.keys()].every((key) => /opt_out(_at)?$/.test(key))).toBe(true)
})

for (const isIdentifiedID of [false, true]) {
  const config = { bootstrap: { distinctID: 'ada', isIdentifiedID } }
  test(`P10: bootstrap writes nobody on the device of a person who has refused (isIdentifiedID: ${isIdentifiedID})`, () => {
    const refusals: ((of: ReturnType<typeof visitor>) => void)[] = [
      // What an erasure leaves: the choice, and no person.
      (of) => {
        page(of)
        started().posthog.opt_out_capturing()
        for (const key of of.local.keys()) if (!/opt_out(_at)?$/.test(key)) of.local.delete(key)
        of.tab.clear()
      },
      (of) => void of.local.set(`__ph_opt_in_out_${TOKEN}`, '0'),
    ]
    for (const refuse of refusals) {
      const of = visitor()
      refuse(of)
      page(of)
      const { posthog, names } = started(config)
      posthog.capture('unseen')
      expect(posthog.get_distinct_id()).toBe('ada')
      expect(posthog.get_explicit_consent_status()).toBe('denied')
      expect(JSON.stringify([...of.local, ...of.tab])).not.toContain('ada')
      expect([...of.local.keys()].filter((key) => !/opt_(in_)?out/.test(key))).toEqual([])
      posthog.opt_in_capturing()
      posthog.capture('seen')
      expect(names()).toEqual(['$opt_in', 'seen'])
      page(of)
      expect(started(config).posthog.get_distinct_id()).toBe('ada')
    }
  })
}

test('clear_opt_in_out_capturing takes such a refusal back', () => {
  const of = visitor()
  page(of)
  const { posthog } = started({ cookieless_mode: 'on_reject' })
  posthog.opt_out_capturing()
  posthog.clear_opt_in_out_capturing()
  expect(posthog.get_explicit_consent_status()).toBe('pending')
  expect([...of.local.keys()]).toEqual([])
})

for (const nothing of [
  { persistence: 'memory' },
  { opt_out_persistence_by_default: true },
] as const satisfies PostHogConfig[]) {
  const config = { ...BY_DEFAULT, ...nothing }
  test(`P10: a refusal that is taken back is no consent, on later pages either: ${JSON.stringify(nothing)}`, () => {
    const of = visitor()
    page(of)
    const { posthog, names } = started(config)
    posthog.opt_out_capturing()
    posthog.clear_opt_in_out_capturing()
    posthog.capture('unseen')
    expect(posthog.get_explicit_consent_status()).toBe('pending')
    page(of)
    const next = started(config)
    next.posthog.capture('unseen')
    expect(next.posthog.get_explicit_consent_status()).toBe('pending')
    expect([...names(), ...next.names()]).toEqual([])
  })

  test(`P10: reset forgets a consent on later pages too: ${JSON.stringify(nothing)}`, () => {
    const of = visitor()
    page(of)
    const { posthog } = started(config)
    posthog.opt_in_capturing()
    posthog.reset()
    expect(posthog.get_explicit_consent_status()).toBe('pending')
    page(of)
    const next = started(config)
    expect(next.posthog.get_explicit_consent_status()).toBe('pending')
    expect(next.posthog.is_capturing()).toBe(false)
  })
}

for (const nothing of [{}, { persistence: 'memory' }] as const satisfies PostHogConfig[]) {
  for (const forget of ['reset', 'clear_opt_in_out_capturing'] as const) {
    test(`P10: a consent that another tab forgets is forgotten here too: ${forget}, ${JSON.stringify(nothing)}`, () => {
      page()
      const { posthog, names } = started({ ...BY_DEFAULT, ...nothing })
      posthog.opt_in_capturing()
      started({ ...BY_DEFAULT, ...nothing }).posthog[forget]()
      posthog.capture('unseen')
      expect(posthog.get_explicit_consent_status()).toBe('pending')
      expect(names()).toEqual(['$opt_in'])
      posthog.opt_in_capturing()
      posthog.capture('seen')
      expect(names()).toEqual(['$opt_in', '$opt_in', 'seen'])
    })
  }
}

test('P10: a refusal that subdomains share is not taken back by what they would take for a consent', () => {
  for (const shared of [{ cross_subdomain_cookie: true }, { outlast: { crossSubdomain: true } }]) {
    const of = visitor()
    page(of)
    const { posthog } = started({ ...BY_DEFAULT, ...shared })
    posthog.opt_out_capturing()
    posthog.clear_opt_in_out_capturing()
    expect(posthog.get_explicit_consent_status()).toBe('denied')
    expect(of.local.get(`outlast:${TOKEN}:opt_out`)).toBe('true')
    posthog.opt_in_capturing()
    expect(posthog.is_capturing()).toBe(true)
  }
})

test('P10: a consent holds in its page where nothing can be stored, until it is forgotten', () => {
  const { posthog } = started(BY_DEFAULT)
  posthog.opt_in_capturing()
  expect(posthog.is_capturing()).toBe(true)
  posthog.reset()
  expect(posthog.is_capturing()).toBe(false)
  posthog.opt_in_capturing()
  expect(posthog.is_capturing()).toBe(true)
})

for (const nothing of [
  {},
  { persistence: 'memory' },
  { opt_out_persistence_by_default: true },
] as const satisfies PostHogConfig[]) {
  for (const [value, forget] of [
    ['1', 'reset'],
    ['1', 'clear_opt_in_out_capturing'],
    ['0', 'clear_opt_in_out_capturing'],
  ] as const) {
    test(`P10: the choice ${value} of posthog-js does not come back after ${forget}: ${JSON.stringify(nothing)}`, () => {
      const of = visitor()
      of.local.set(`__ph_opt_in_out_${TOKEN}`, value)
      const config = { ...BY_DEFAULT, ...nothing }
      page(of)
      const { posthog } = started(config)
      expect(posthog.get_explicit_consent_status()).toBe(value === '1' ? 'granted' : 'denied')
      posthog[forget]()
      expect(posthog.get_explicit_consent_status()).toBe('pending')
      page(of)
      const next = started(config)
      expect(next.posthog.get_explicit_consent_status()).toBe('pending')
      expect(next.posthog.is_capturing()).toBe(false)
      next.posthog.opt_in_capturing()
      page(of)
      expect(started(config).posthog.get_explicit_consent_status()).toBe('granted')
    })
  }
}

for (const [signal, isHeeded] of [
  [{ doNotTrack: '1' }, [{ respect_dnt: true }, { outlast: { respectDnt: true } }]],
  [{ globalPrivacyControl: true }, [{ respect_dnt: true }, { outlast: { respectGpc: true } }]],
] as [object, PostHogConfig[]][]) {
  test.each(isHeeded)(
    `P10: ${Object.keys(signal)} is a refusal where the site respects it, and leaves nothing on the device: %j`,
    (config) => {
      const of = visitor()
      page(of)
      vi.stubGlobal('navigator', { userAgent: 'Mozilla/5.0', ...signal })
      const { posthog, names } = started(config)
      posthog.capture('unseen')
      posthog.identify('alice')
      expect([...of.local.keys(), ...of.tab.keys()]).toEqual([])
      posthog.opt_in_capturing()
      expect(names()).toEqual([])
      expect(posthog.get_explicit_consent_status()).toBe('denied')
    },
  )
}

test.each<[PostHogConfig, object]>([
  [{}, { doNotTrack: '1', globalPrivacyControl: true }],
  [{ outlast: { respectDnt: true } }, { globalPrivacyControl: true }],
  [{ outlast: { respectGpc: true } }, { doNotTrack: '1' }],
])('a signal that the site does not respect is no refusal: %j', (config, signal) => {
  page()
  vi.stubGlobal('navigator', { userAgent: 'Mozilla/5.0', ...signal })
  expect(started(config).posthog.is_capturing()).toBe(true)
})

test('P10: cookieless events carry and leave no id, and a mode that needs a refusal to count waits for consent', () => {
  const of = visitor()
  page(of)
  const { posthog, w } = started({ cookieless_mode: 'always' })
  posthog.capture('counted')
  expect(w.enqueued[0]).toMatchObject({ distinct_id: '$posthog_cookieless' })
  expect(w.last()).toMatchObject({ $cookieless_mode: true, $device_id: null, $is_identified: false })
  expect(w.last()).not.toHaveProperty('$session_id')
  expect(w.last()).not.toHaveProperty('$window_id')
  expect([...of.local.keys(), ...of.tab.keys()]).toEqual([])

  const waiting = started({ cookieless_mode: 'on_reject' })
  waiting.posthog.capture('unseen')
  expect(waiting.names()).toEqual([])
  expect([...of.local.keys(), ...of.tab.keys()]).toEqual([])
  waiting.posthog.opt_in_capturing()
  expect(waiting.names()).toEqual(['$opt_in'])
})

test('P10: flags are not asked for while nothing may be captured', async () => {
  const { posthog, w } = started(BY_DEFAULT)
  await w.settle()
  expect(w.flags.sent).toHaveLength(0)
  posthog.opt_in_capturing()
  await w.settle()
  expect(w.flags.sent).toHaveLength(1)
  expect(HOST).toContain(w.flags.sent[0]?.url.host)
})

for (const nothing of [
  { persistence: 'memory' },
  { persistence: 'sessionStorage' },
  { disable_persistence: true },
] as const) {
  test(`P10: a choice outlives the page where nothing else is stored: ${JSON.stringify(nothing)}`, () => {
    const of = visitor()
    page(of)
    const first = started(nothing)
    first.posthog.opt_out_capturing()
    page(of)
    const next = started(nothing)
    next.posthog.capture('unseen')
    expect(next.posthog.get_explicit_consent_status()).toBe('denied')
    expect(next.names()).toEqual([])
    expect([...of.local.keys()].filter((key) => !/opt_out(_at)?$/.test(key))).toEqual([])
    next.posthog.opt_in_capturing()
    page(of)
    const last = started(nothing)
    last.posthog.capture('seen')
    expect(last.posthog.get_explicit_consent_status()).toBe('granted')
    expect(last.names()).toEqual(['seen'])
    last.posthog.clear_opt_in_out_capturing()
    page(of)
    expect(started(nothing).posthog.get_explicit_consent_status()).toBe('pending')
  })
}
