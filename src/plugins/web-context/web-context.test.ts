import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { storeOver } from '../../../test/support/core/store-over'
import type { Preparing } from '../../client/first/client-events'
import { createEmitter } from '../../client/first/emitter'
import { hintedVersion, ofBrowser, type Surroundings } from './surroundings'
import { type WebContextOptions, webContext } from './web-context'

const MAC = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/17.4 Safari/605.1.15'
const WIN = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/120.0.0.0 Safari/537.36'
const LINUX = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/145.0.0.0 Safari/537.36'

const surroundings = (navigator: Partial<Surroundings['navigator']>): Surroundings => ({
  navigator: { userAgent: LINUX, language: 'de-AT', maxTouchPoints: 0, vendor: 'Google Inc.', ...navigator },
  screen: { width: 1200, height: 1920 },
  devicePixelRatio: 1.5,
  innerWidth: 800,
  innerHeight: 600,
  get location() {
    return globalThis.location
  },
})

/** Arrives on a page, as a browser does. */
function arrive(url: string, referrer = ''): void {
  vi.stubGlobal('document', { referrer })
  vi.stubGlobal('location', new URL(url))
}

/** What the tabs of a device share, and who is there. */
const device = { kept: new Map<string, string>(), person: 'ann', distinctId: 'ann' }

/** A page with a client of its own, which gives what an event would have. */
function page(options?: WebContextOptions, tab = new Map<string, string>(), mask?: unknown) {
  const emitter = createEmitter<{ event: Preparing; drop: object }>({ warnOf: unexpected } as never)
  const client = {
    on: emitter.on as never,
    getAnonymousId: () => device.person,
    getDistinctId: () => device.distinctId,
  }
  const { stop } = webContext(client, options)
  const capture = (
    given: object = {},
    { name = 'seen', session = 's1', asked }: Partial<Record<string, string>> = {},
  ) => {
    const properties: Record<string, unknown> = { $session_id: session }
    emitter.emit('event', [properties, name, given, asked, mask, storeOver(device.kept), storeOver(tab)])
    // The client does the same: what the caller gives comes after what is added.
    Object.assign(properties, given)
    return properties as Record<string, unknown> & { $set_once?: Record<string, unknown> }
  }
  /** Tells of a drop as the client does where a hook drops the event. */
  const drop = () => emitter.emit('drop', {})
  return { capture, stop, drop, client }
}

function unexpected(...words: unknown[]): never {
  throw new Error(words.join(' '))
}

beforeEach(() => {
  Object.assign(device, { kept: new Map(), person: 'ann', distinctId: 'ann' })
  vi.stubGlobal('window', surroundings({}))
})
afterEach(() => vi.unstubAllGlobals())

test('the first visit of the person outlives pages, and each page tells it once', () => {
  arrive('https://shop.example/?utm_source=ad', 'https://blog.example/post')
  const first = page()
  expect(first.capture().$set_once).toMatchObject({
    $initial_utm_source: 'ad',
    $initial_referrer: 'https://blog.example/post',
  })
  expect(first.capture().$set_once).toBeUndefined()
  arrive('https://shop.example/later?utm_source=mail', 'https://shop.example/')
  const { $set_once: once } = page().capture({}, { session: 's2' })
  expect(once).toMatchObject({
    $initial_utm_source: 'ad',
    $initial_pathname: '/',
    utm_source: 'mail',
    $pathname: '/later',
  })
})

test('$identify tells it each time, and $groupidentify, of which PostHog takes nothing, is not the one that has told it', () => {
  arrive('https://shop.example/')
  const { capture } = page()
  expect(capture({}, { name: '$groupidentify' }).$set_once).toBeDefined()
  expect(capture().$set_once).toBeDefined()
  expect(capture().$set_once).toBeUndefined()
  expect(capture({}, { name: '$identify' }).$set_once).toBeDefined()
})

test("an event of another person, or one that makes no profile, does not tell this one's first visit", () => {
  arrive('https://shop.example/')
  const { capture } = page()
  expect(capture({}, { asked: 'somebody else' }).$set_once).toBeUndefined()
  expect(capture({ $process_person_profile: false }).$set_once).toBeUndefined()
  expect(page({ person: false }).capture().$set_once).toBeUndefined()
  expect(capture({}, { asked: 'ann' }).$set_once).toBeDefined()
})

test('an event that makes no profile because of what is registered does not tell it either', () => {
  arrive('https://shop.example/')
  const { capture } = page()
  const registered = 'person:ann:.$process_person_profile'
  device.kept.set(registered, 'false')
  expect(capture().$set_once).toBeUndefined()
  expect(capture({ $process_person_profile: true }).$set_once).toBeDefined()
  const next = page()
  device.kept.delete(registered)
  expect(next.capture().$set_once).toBeDefined()
})

test('the first event that says that its person has a profile tells it, also where an event did that could not say so yet', () => {
  arrive('https://shop.example/')
  const { capture } = page()
  expect(capture().$set_once).toBeDefined()
  expect(capture().$set_once).toBeUndefined()
  expect(capture({ $process_person_profile: true }, { name: '$set' }).$set_once).toBeDefined()
  expect(capture({ $process_person_profile: true }).$set_once).toBeUndefined()
})

test('where the event that told it was dropped, the next one tells it', () => {
  arrive('https://shop.example/')
  const { capture, drop } = page()
  capture()
  drop()
  expect(capture().$set_once).toBeDefined()
  expect(capture().$set_once).toBeUndefined()
  drop()
  expect(capture().$set_once).toBeUndefined()
})

test('of a campaign a thousand characters are taken, in the tab, the session and the person', () => {
  const tab = new Map<string, string>()
  arrive(`https://shop.example/?utm_source=${'x'.repeat(7_000)}`)
  const properties = page({}, tab).capture()
  expect(properties.utm_source).toBe('x'.repeat(1_000))
  const all = JSON.stringify([properties, [...device.kept], [...tab]])
  expect(all).not.toContain('x'.repeat(1_001))
})

test('what the caller says of the person once is added, and wins; a hook may put anything in its place', () => {
  arrive('https://shop.example/', 'https://blog.example/')
  const properties = page().capture({ $set_once: { $initial_referrer: 'said', plan: 'pro' } })
  expect(properties.$set_once).toMatchObject({ $initial_referrer: 'said', plan: 'pro', $initial_pathname: '/' })
  properties.$set_once = {}
  expect(properties.$set_once).toEqual({})
  expect(JSON.parse(JSON.stringify(properties)).$set_once).toEqual({})
})

test('a session has one entry in all tabs, and the next session another', () => {
  arrive('https://shop.example/start?gclid=7', 'https://www.google.com/')
  page().capture()
  arrive('https://shop.example/other')
  const second = page()
  expect(second.capture()).toMatchObject({
    $session_entry_pathname: '/start',
    $session_entry_gclid: '7',
    $pathname: '/other',
  })
  expect(second.capture({}, { session: 's2' })).toMatchObject({
    $session_entry_pathname: '/other',
    $session_entry_referrer: '$direct',
  })
})

test('a tab keeps the referrer and the campaign that it began with, on pages that come back from elsewhere too', () => {
  const tab = new Map<string, string>()
  arrive('https://shop.example/?utm_source=ad', 'https://blog.example/post')
  page({}, tab).capture()
  arrive('https://shop.example/paid', 'https://checkout.stripe.com/')
  expect(page({}, tab).capture()).toMatchObject({ $referrer: 'https://blog.example/post', utm_source: 'ad' })
  expect(page({}, new Map()).capture()).toMatchObject({ $referring_domain: 'checkout.stripe.com' })
})

test('a campaign that a router takes out of the address before the first event counts all the same', () => {
  arrive('https://shop.example/?utm_source=ad')
  const { capture } = page()
  arrive('https://shop.example/home')
  expect(capture()).toMatchObject({ utm_source: 'ad', $pathname: '/home', $session_entry_utm_source: 'ad' })
})

test('who comes after a reset has a first visit of their own', () => {
  arrive('https://shop.example/?utm_source=ad')
  const { capture } = page()
  capture()
  Object.assign(device, { person: 'bob', distinctId: 'bob' })
  arrive('https://shop.example/login')
  expect(capture({}, { session: 's2' }).$set_once).toMatchObject({
    $initial_pathname: '/login',
    $initial_utm_source: null,
  })
})

test('who is identified after somebody else, without a reset, is told of with the next page, as in posthog-js', () => {
  arrive('https://shop.example/?utm_source=ad')
  device.distinctId = 'bob'
  const { capture } = page()
  expect(capture({}, { name: '$identify' }).$set_once).toBeDefined()
  device.distinctId = 'eve'
  expect(capture({ $set: { plan: 'pro' } }, { name: '$set' }).$set_once).toBeUndefined()
  expect(capture().$set_once).toBeUndefined()
  arrive('https://shop.example/later')
  expect(page().capture().$set_once).toMatchObject({ $initial_utm_source: 'ad', $initial_pathname: '/' })
})

test('P10: what a mask hides is in no property and nowhere on the device', () => {
  const secret = 's3cr3t'
  const tab = new Map<string, string>()
  const address = `https://shop.example/a;sid=in-the-path/b?utm_source=news&gclid=${secret}&token=${secret}&utm_term=a%3D${secret}#${secret}`
  for (const mask of ['secrets, gclid, #', { queryParams: ['gclid', 'token'], hash: true }, true, { other: 1 }, [1]]) {
    device.kept.clear()
    tab.clear()
    arrive(address, `https://user:${secret}@blog.example/?token=${secret}`)
    const all = JSON.stringify([page({}, tab, mask).capture(), [...device.kept], [...tab]])
    expect(all).not.toContain(secret)
    // The client masks the path in properties (`client/late/masking.ts`).
    expect(JSON.stringify([[...device.kept], [...tab]])).not.toContain('in-the-path')
    expect(all.includes('news')).toBe(typeof mask === 'string' || (typeof mask === 'object' && 'hash' in mask))
  }
})

test('P10: a mask that cannot be used for the client hides all of the campaign too', () => {
  const throwing = {
    get queryParams(): never {
      throw new Error('no')
    },
  }
  arrive('https://shop.example/?utm_source=news')
  for (const mask of [{ queryParams: 'email' }, { queryParams: ['a', ''] }, [], { hash: 'yes' }, 'a,,b', throwing]) {
    device.kept.clear()
    expect(JSON.stringify(page({}, new Map(), mask).capture())).not.toContain('news')
  }
  device.kept.clear()
  for (const mask of [{ queryParams: 'secrets' }, { queryParams: null }, 'email', {}]) {
    expect(page({}, new Map(), mask).capture()).toHaveProperty('utm_source', 'news')
  }
})

test('P10: a mask that the site has only now holds for what was kept before it, on the device and in the tab', () => {
  const tab = new Map<string, string>()
  arrive('https://shop.example/?utm_source=news&gclid=s3cr3t&token=s3cr3t', 'https://www.google.com/?q=s3cr3t')
  expect(page({}, tab).capture()).toMatchObject({ gclid: 's3cr3t', ph_keyword: 's3cr3t' })
  arrive('https://shop.example/later')
  const properties = page({}, tab, 'secrets, gclid').capture()
  expect(properties).toMatchObject({ utm_source: 'news', $session_entry_utm_source: 'news', $search_engine: 'google' })
  expect(properties.$set_once).toMatchObject({ $initial_utm_source: 'news', $initial_gclid: null })
  expect(JSON.stringify([properties, [...device.kept], [...tab]])).not.toContain('s3cr3t')
})

test('where the site wants no campaign any more, none is read of what was kept before', () => {
  const tab = new Map<string, string>()
  arrive('https://shop.example/?utm_source=ad')
  page({}, tab).capture()
  arrive('https://shop.example/later')
  const properties = page({ campaignParams: false }, tab).capture()
  expect(Object.keys({ ...properties, ...properties.$set_once }).filter((name) => /utm/.test(name))).toEqual([])
})

test('campaign parameters of the site count too, and none where it wants none', () => {
  arrive('https://shop.example/?pk_campaign=matomo&utm_source=ad')
  expect(page({ campaignParams: ['pk_campaign'] }).capture()).toMatchObject({ pk_campaign: 'matomo', utm_source: 'ad' })
  const none = page({ campaignParams: false }, new Map()).capture({}, { session: 's2' })
  expect(Object.keys(none).filter((name) => /utm|clid/.test(name))).toEqual([])
})

describe('P11: a value that cannot be read costs itself alone', () => {
  const throwing = {
    get: (): never => {
      throw new Error('no')
    },
  }
  /** Arrives where an object of the browser has other values. */
  const arriveWith = (of: 'navigator' | 'screen' | 'document' | 'window', how: PropertyDescriptorMap) => {
    const window = surroundings({ userAgent: WIN })
    vi.stubGlobal('window', window)
    arrive('https://shop.example/?utm_source=ad', 'https://blog.example/')
    Object.defineProperties({ window, document: globalThis.document, ...window }[of], how)
  }

  test.each([
    ['a user agent that is undefined', 'navigator', { userAgent: { value: undefined } }, /^\$(os|browser|raw)/],
    ['a user agent that throws', 'navigator', { userAgent: throwing }, /^\$(os|browser|raw)/],
    ['a vendor that throws', 'navigator', { vendor: throwing }, /^$/],
    [
      'a platform that throws',
      'navigator',
      { userAgentData: { value: Object.create({}, { platform: throwing }) } },
      /^$/,
    ],
    ['a language that is a number', 'navigator', { language: { value: 5 } }, /^\$browser_language/],
    ['a language that throws', 'navigator', { language: throwing }, /^\$browser_language/],
    ['a screen whose width throws', 'screen', { width: throwing }, /^\$screen_width/],
    ['no screen', 'window', { screen: { value: undefined } }, /^\$screen/],
    ['a referrer that is no text', 'document', { referrer: { value: { a: 1 } } }, /refer/],
    ['a referrer that throws', 'document', { referrer: throwing }, /refer/],
  ] as const)('%s', (_, of, how, own) => {
    arriveWith(of, {})
    const { $set_once: _once, ...whole } = page({ clientHints: false }).capture()
    device.kept.clear()
    arriveWith(of, how)
    const properties = page({ clientHints: false }).capture()
    expect(properties.$set_once).toHaveProperty('$initial_utm_source', 'ad')
    for (const name of Object.keys(whole).filter((one) => !own.test(one))) {
      expect(properties).toHaveProperty([name], whole[name])
    }
  })

  test('a `person` that throws says nothing of the person', () => {
    arrive('https://shop.example/?utm_source=ad')
    const properties = page({ person: throwing.get }).capture()
    expect(properties).toHaveProperty('utm_source', 'ad')
    expect(properties.$set_once).toBeUndefined()
  })
})

test('stop ends it, and a second call takes the place of the first', () => {
  arrive('https://shop.example/')
  const { capture, stop } = page()
  expect(capture()).toHaveProperty('$browser')
  stop()
  expect(capture()).not.toHaveProperty('$browser')
})

test('of two copies of the code in a page the latest call counts, and its stop', async () => {
  arrive('https://shop.example/?utm_source=ad')
  const { capture, client } = page()
  vi.resetModules()
  const other = await import('./web-context')
  const { stop } = other.webContext(client, { person: false, campaignParams: false })
  expect(capture()).not.toHaveProperty('utm_source')
  expect(capture()).not.toHaveProperty('$set_once')
  stop()
  expect(capture()).not.toHaveProperty('$browser')
})

test('an iPad that says it is a Mac is a tablet, and so is an Android one that says it is Linux', () => {
  const iPad = ofBrowser(surroundings({ userAgent: MAC, vendor: 'Apple Computer, Inc.', maxTouchPoints: 5 }))
  expect(iPad).toMatchObject({ $os: 'iOS', $device: 'iPad', $device_type: 'Tablet', $browser: 'Safari' })
  expect(iPad).not.toHaveProperty('$os_version')
  const mac = ofBrowser(surroundings({ userAgent: MAC, vendor: 'Apple Computer, Inc.' }))
  expect(mac).toMatchObject({ $os: 'Mac OS X', $device_type: 'Desktop' })
  const hinted = { maxTouchPoints: 5, userAgentData: { platform: 'Android' } }
  expect(ofBrowser(surroundings(hinted)).$device_type).toBe('Tablet')
  expect(ofBrowser({ ...surroundings(hinted), devicePixelRatio: 3 }).$device_type).toBe('Mobile')
})

test.each([
  [WIN, 'Windows', '15.0.0', '11'],
  [WIN, 'Windows', '10.0.0', '10'],
  [WIN, 'Windows', '0.3.0', undefined],
  [MAC, 'macOS', '14.5.1', '14.5.1'],
  [WIN, 'Android', '14', undefined],
  ['Mozilla/5.0 (Linux; Android 10; K) Chrome/120.0.0.0 Mobile', 'Android', '14', '14.0.0'],
  [LINUX, 'Linux', '6.8.0', undefined],
  [WIN, 'Windows', '', undefined],
])('the version of the system, of %s on %s %s, is %s', async (userAgent, platform, platformVersion, version) => {
  const userAgentData = { platform, getHighEntropyValues: async () => ({ platform, platformVersion }) }
  expect(await hintedVersion(surroundings({ userAgent, userAgentData }))).toBe(version)
})

test('a browser without hints, or one that refuses them, says what its user agent says', async () => {
  expect(await hintedVersion(surroundings({ userAgent: WIN }))).toBeUndefined()
  vi.stubGlobal(
    'window',
    surroundings({ userAgent: WIN, userAgentData: { getHighEntropyValues: () => Promise.reject(Error()) } }),
  )
  arrive('https://shop.example/')
  const { capture } = page()
  await Promise.resolve()
  expect(capture()).toMatchObject({ $os: 'Windows', $os_version: '10', $browser_language_prefix: 'de' })
})
