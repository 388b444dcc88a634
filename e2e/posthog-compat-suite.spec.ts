/**
 * What PostHog's own browser tests of posthog-js ask of it (`packages/browser/playwright/mocked` of PostHog/posthog-js, by
 * the names of its files: capture, identify, flags, group-analytics, opting-out, before_send, ua, web-vitals,
 * capture-exception), asked of posthog-compat, with one test for each of theirs.
 *
 * Four of the 43 have none here: rage clicks are autocapture; two follow a person to another subdomain, by a cookie, and
 * outlast stores nothing in cookies; and web vitals have no attribution (docs/differences-from-posthog-js.md).
 */

import { gunzipSync } from 'node:zlib'
import type { Page } from 'playwright'
import type { PostHogConfig, PostHogLike } from '../src/plugins/posthog-compat/types'
import type { PostHogEvent } from '../src/plugins/posthog-js'
import { test as base, expect } from './fixtures'
import { type CompatPage, visit } from './posthog-compat-page'
import { startSite } from './site'

/** A page with posthog-compat, and what a test does with it. */
interface Shop {
  page: Page
  /** Starts it with these options, as a site without any of the test page's would have them. */
  start(config?: PostHogConfig): Promise<void>
  /** Runs code in the page with the instance. */
  run<T>(act: (posthog: PostHogLike) => T): Promise<T>
  /** The names of the events that the site's hook saw, once there are that many. */
  names(count: number): Promise<string[]>
  seen(): Promise<PostHogEvent[]>
  /** Makes an element of the page capture, as the button of a shop does, and clicks it so many times. */
  click(times?: number): Promise<void>
}

/** How long a test waits to see that nothing more comes, in ms: the first page view comes in the next task. */
const QUIET_MS = 200

function shopOf(page: Page): Shop {
  const seen = () => page.evaluate(() => (window as unknown as CompatPage).seen)
  return {
    page,
    async start(config = {}) {
      await page.evaluate((given) => void (window as unknown as CompatPage).start(given as PostHogConfig), {
        capture_pageview: true,
        ...config,
      } as object as Record<string, string>)
      // The first page view comes after the task of `init`.
      if (config.capture_pageview !== false && !config.opt_out_capturing_by_default) {
        await expect.poll(async () => (await seen()).length).toBeGreaterThan(0)
      }
    },
    run: (act) =>
      page.evaluate((text) => {
        const posthog = (window as unknown as CompatPage).posthog
        return (new Function(`return (${text})`)() as (posthog: PostHogLike) => never)(posthog)
      }, String(act)),
    async names(count) {
      await expect.poll(async () => (await seen()).length).toBeGreaterThanOrEqual(count)
      await page.waitForTimeout(QUIET_MS)
      return (await seen()).map(({ event }) => event)
    },
    seen,
    async click(times = 1) {
      await page.evaluate(() => {
        const heading = document.querySelector('h1')
        if (heading) heading.onclick = () => void (window as unknown as CompatPage).posthog.capture('custom-event')
      })
      for (let time = 0; time < times; time++) await page.locator('h1').click()
    },
  }
}

const test = base.extend<{ shop: Shop }>({
  shop: async ({ context, site, collector }, use) => {
    await use(shopOf(await visit(await context.newPage(), site, collector.url)))
  },
})

test.describe('capture', () => {
  test('page views and custom events, and on the next page its page view', async ({
    shop,
    context,
    site,
    collector,
  }) => {
    await shop.start()
    await shop.click()
    expect(await shop.names(2)).toEqual(['$pageview', 'custom-event'])
    const next = shopOf(await visit(await context.newPage(), site, collector.url))
    await next.start()
    expect(await next.names(1)).toEqual(['$pageview'])
  })

  test('the request has the key, its time and the event, gzipped, and neither type nor URL says so', async ({
    context,
    site,
  }) => {
    const requests: { url: string; type: string | undefined; body: Buffer }[] = []
    // A server of another origin, so that the test sees the request as it came.
    const server = await startSite({
      headers: { 'Access-Control-Allow-Origin': '*' },
      async take(req, res) {
        if (req.method !== 'POST' || req.url === undefined) return false
        const parts: Buffer[] = []
        for await (const part of req) parts.push(part as Buffer)
        requests.push({ url: req.url, type: req.headers['content-type'], body: Buffer.concat(parts) })
        const headers = { 'Content-Type': 'application/json', 'Access-Control-Allow-Origin': '*' }
        res.writeHead(200, headers).end('{"status":1}')
        return true
      },
    })
    try {
      const shop = shopOf(await visit(await context.newPage(), site, server.url))
      await shop.start({ outlast: { flushInterval: 100 } })
      await expect.poll(() => requests.length).toBe(1)
      const [{ url, type, body } = { url: '', type: '', body: Buffer.alloc(0) }] = requests
      expect(type).toBe('text/plain')
      expect(url.replace(/\?.*/, '')).toBe('/batch/')
      expect([...body.subarray(0, 2)]).toEqual([0x1f, 0x8b])
      const payload = JSON.parse(gunzipSync(body).toString())
      expect(payload.api_key).toBe('phc_test')
      expect(payload.sent_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
      expect(payload.batch).toEqual([expect.objectContaining({ event: '$pageview' })])
      expect(Object.keys(payload.batch[0].properties).length).toBeGreaterThan(0)
    } finally {
      await server.close()
    }
  })

  test('$feature_flag_called, of a flag that the site has not named', async ({ shop, collector }) => {
    collector.setFlags({ beta: 'blue' })
    await shop.start({ advanced_disable_flags: false })
    await shop.page.evaluate(
      () => new Promise((resolve) => (window as unknown as CompatPage).posthog.onFeatureFlags(resolve)),
    )
    expect(await shop.run((posthog) => posthog.getFeatureFlag('beta'))).toBe('blue')
    const called = (await shop.seen()).find(({ event }) => event === '$feature_flag_called')
    expect(called?.properties).toMatchObject({
      $feature_flag_bootstrapped_response: null,
      $feature_flag_bootstrapped_payload: null,
      $used_bootstrap_value: false,
    })
  })

  test('$feature_flag_called, of a flag that the site has named', async ({ shop }) => {
    await shop.start({
      bootstrap: { featureFlags: { beta: 'blue' }, featureFlagPayloads: { beta: 'large' } },
      advanced_disable_feature_flags: true,
    })
    await shop.run((posthog) => posthog.getFeatureFlag('beta'))
    const called = (await shop.seen()).find(({ event }) => event === '$feature_flag_called')
    expect(called?.properties).toMatchObject({
      $feature_flag_bootstrapped_response: 'blue',
      $feature_flag_bootstrapped_payload: 'large',
      $used_bootstrap_value: true,
    })
  })

  for (const [what, config, clicks, expected] of [
    ['no rage clicks without autocapture', { rageclick: true, autocapture: false }, 3, ['$pageview']],
    ['page views and custom events without autocapture', { autocapture: false }, 1, ['$pageview']],
    ['custom events without page views', { capture_pageview: false }, 1, []],
    ['custom events without anything automatic', { capture_pageview: false, autocapture: false }, 1, []],
  ] as const) {
    test(what, async ({ shop }) => {
      await shop.start(config)
      await shop.click(clicks)
      const clicked = Array.from({ length: clicks }, () => 'custom-event')
      expect(await shop.names(expected.length + clicks)).toEqual([...expected, ...clicked])
    })
  }
})

test.describe('identify', () => {
  test('the device id is a UUID of version 7, and one', async ({ shop }) => {
    await shop.start()
    await shop.run((posthog) => void posthog.capture('an anonymous event'))
    const ids = new Set((await shop.seen()).map(({ properties }) => properties.$device_id))
    expect([...ids]).toEqual([
      expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
    ])
  })

  test('opting out works after identify', async ({ shop }) => {
    await shop.start()
    await shop.run((posthog) => posthog.identify('somebody'))
    await shop.run((posthog) => posthog.opt_out_capturing())
    expect(await shop.run((posthog) => posthog.has_opted_out_capturing())).toBe(true)
  })

  test('reuseAnonymousId, set late, leaves the anonymous id out of $identify', async ({ shop }) => {
    await shop.start()
    const id = await shop.run((posthog) => {
      posthog.set_config({ reuseAnonymousId: true })
      posthog.identify('reused')
      return posthog.get_distinct_id()
    })
    expect(id).toBe('reused')
    const identify = (await shop.seen()).find(({ event }) => event === '$identify')
    expect(identify?.properties.distinct_id).toBe('reused')
    expect(identify?.properties).not.toHaveProperty('$anon_distinct_id')
  })

  test('persons merge at the first identify, and at the first after a reset', async ({ shop }) => {
    await shop.start()
    await shop.run((posthog) => {
      posthog.capture('anonymous')
      posthog.identify('first')
      posthog.capture('known')
      posthog.identify('second')
      posthog.capture('another')
      posthog.reset()
      posthog.capture('anonymous')
      posthog.identify('third')
      posthog.capture('known')
    })
    const seen = await shop.seen()
    const ids = seen.map(({ event, properties }) => [event, properties.distinct_id, properties.$anon_distinct_id])
    const [before, after] = [seen[0]?.properties.distinct_id, seen[5]?.properties.distinct_id]
    expect(ids).toEqual([
      ['$pageview', before, undefined],
      ['anonymous', before, undefined],
      ['$identify', 'first', before],
      ['known', 'first', undefined],
      ['another', 'second', undefined],
      ['anonymous', after, undefined],
      ['$identify', 'third', after],
      ['known', 'third', undefined],
    ])
    expect(after).not.toBe(before)
    expect(new Set(seen.map(({ properties }) => properties.$device_id)).size).toBe(1)
  })
})

test.describe('flags', () => {
  /** The bodies of the requests for flags. */
  const bodiesOf = (page: Page) => {
    const bodies: unknown[] = []
    page.on('request', (request) => {
      if (request.method() === 'POST' && request.url().includes('/flags/')) bodies.push(request.postDataJSON())
    })
    return bodies
  }
  /** Starts with a person and groups that are known at `loaded`. */
  const startKnown = (page: Page) =>
    page.evaluate(() => {
      const { start } = window as unknown as CompatPage
      start({
        advanced_disable_flags: false,
        loaded(posthog) {
          posthog.identify('new-id')
          posthog.group('company', 'id:5', { id: 5, name: 'Awesome Inc' })
          posthog.group('playlist', 'id:77', { length: 8 })
        },
      })
    })

  test('one request at the start, with the person and the groups that loaded gave', async ({ shop }) => {
    const bodies = bodiesOf(shop.page)
    await startKnown(shop.page)
    await expect.poll(() => bodies.length).toBe(1)
    await shop.page.waitForTimeout(QUIET_MS)
    expect(bodies).toEqual([
      expect.objectContaining({
        token: 'phc_test',
        distinct_id: 'new-id',
        $device_id: expect.any(String),
        groups: { company: 'id:5', playlist: 'id:77' },
        group_properties: { company: { id: 5, name: 'Awesome Inc' }, playlist: { length: 8 } },
      }),
    ])
  })

  test('one request after several changes', async ({ shop }) => {
    const bodies = bodiesOf(shop.page)
    await startKnown(shop.page)
    await expect.poll(() => bodies.length).toBe(1)
    await shop.run((posthog) => {
      posthog.group('company', 'id:6')
      posthog.group('playlist', 'id:77')
      posthog.group('another', 'id:99')
    })
    await expect.poll(() => bodies.length).toBe(2)
    await shop.page.waitForTimeout(QUIET_MS)
    expect(bodies).toHaveLength(2)
    expect(bodies[1]).toMatchObject({ groups: { company: 'id:6', playlist: 'id:77', another: 'id:99' } })
  })
})

test('group-analytics: the groups that loaded joined are in every event', async ({ shop, site, received }) => {
  await shop.page.evaluate(() => {
    const { start } = window as unknown as CompatPage
    start({ capture_pageview: true, loaded: (posthog) => posthog.group('company', 'id:5') })
  })
  await shop.click()
  expect(await shop.names(3)).toEqual(['$groupidentify', '$pageview', 'custom-event'])
  await shop.page.goto(`${site.url}/away.html`)
  const events = await received(4)
  expect(events.map(({ event }) => event).sort()).toEqual(['$groupidentify', '$pageleave', '$pageview', 'custom-event'])
  for (const { properties } of events) expect(properties.$groups).toEqual({ company: 'id:5' })
})

test.describe('opting-out', () => {
  test('nothing is captured without init, and it is after it', async ({ shop, collector, received }) => {
    await shop.click()
    expect((await collector.stats()).requests).toBe(0)
    await shop.start()
    await shop.click()
    // A call before init is no mistake here: it is made after it.
    expect((await received(3)).map(({ event }) => event).sort()).toEqual(['$pageview', 'custom-event', 'custom-event'])
  })

  for (const agreed of [false, true]) {
    test(`P10: after a refusal in another tab nothing of the person is captured where consent was ${agreed ? 'given' : 'pending'}`, async ({
      context,
      site,
      collector,
      shop,
    }) => {
      const options: PostHogConfig = { cookieless_mode: 'on_reject', capture_pageview: false }
      await shop.start(options)
      if (agreed) await shop.run((posthog) => posthog.opt_in_capturing({ captureEventName: false }))
      const other = shopOf(await visit(await context.newPage(), site, collector.url))
      await other.start(options)
      await other.run((posthog) => posthog.opt_out_capturing())
      await expect.poll(() => shop.run((posthog) => posthog.get_explicit_consent_status())).toBe('denied')
      await shop.run((posthog) => void posthog.capture('after the refusal'))
      expect(await shop.seen()).toEqual([])
    })
  }

  test('P10: opted out by default, nothing is captured before the person agrees', async ({ shop }) => {
    await shop.start({ opt_out_capturing_by_default: true })
    await shop.click()
    expect(await shop.names(0)).toEqual([])
    await shop.run((posthog) => {
      posthog.opt_in_capturing()
      posthog.capture('control')
    })
    expect((await shop.names(1)).filter((name) => name === 'control')).toHaveLength(1)
  })

  test('opting in sends $opt_in and the page view that was held back', async ({ shop }) => {
    await shop.start({ opt_out_capturing_by_default: true })
    expect(await shop.names(0)).toEqual([])
    await shop.run((posthog) => posthog.opt_in_capturing())
    expect(await shop.names(2)).toEqual(['$opt_in', '$pageview'])
  })

  test('opting in sends no second page view', async ({ shop }) => {
    await shop.start({ opt_out_capturing_by_default: false })
    expect(await shop.names(1)).toEqual(['$pageview'])
    await shop.run((posthog) => posthog.opt_in_capturing())
    expect(await shop.names(2)).toEqual(['$pageview', '$opt_in'])
  })

  test('P10: nothing is captured once the person has opted out', async ({ shop }) => {
    await shop.start()
    await shop.click()
    expect(await shop.names(2)).toEqual(['$pageview', 'custom-event'])
    await shop.run((posthog) => posthog.opt_out_capturing())
    await shop.click()
    expect(await shop.names(2)).toEqual(['$pageview', 'custom-event'])
  })
})

test('before_send: a hook samples and renames', async ({ shop, received }) => {
  await shop.page.evaluate(() => {
    const { start, seen } = window as unknown as CompatPage
    let count = 0
    start({
      before_send(event) {
        if (event.event === 'custom-event' && ++count === 2) return null
        const given = event.event === 'secret' ? { ...event, event: 'redacted' } : event
        seen.push(given)
        return given
      },
    })
  })
  await shop.click(2)
  await shop.run((posthog) => void posthog.capture('secret'))
  await shop.click()
  expect(await shop.names(3)).toEqual(['custom-event', 'redacted', 'custom-event'])
  expect((await received(3)).map(({ event }) => event).sort()).toEqual(['custom-event', 'custom-event', 'redacted'])
})

test('ua: a browser that a test drives is a robot', async ({ shop }) => {
  await shop.start({ capture_pageview: false, opt_out_useragent_filter: false })
  expect(await shop.run((posthog) => posthog.capture('by a robot') ?? null)).toBe(null)
  expect(await shop.seen()).toEqual([])
})

test.describe('web-vitals', () => {
  // They wait five seconds for each other.
  const BUNDLED = { timeout: 15_000 }
  const vitalsOf = async ({ seen }: Shop) => (await seen()).filter(({ event }) => event === '$web_vitals')

  test('they are captured where the options ask for them', async ({ shop }) => {
    await shop.start({ capture_performance: { web_vitals: true } })
    await expect
      .poll(async () => (await vitalsOf(shop)).some(({ properties }) => properties.$web_vitals_FCP_value), BUNDLED)
      .toBe(true)
    const found = (await vitalsOf(shop)).find(({ properties }) => properties.$web_vitals_FCP_value)
    const common = { $current_url: expect.any(String), $session_id: expect.any(String), $window_id: expect.any(String) }
    expect(found?.properties).toMatchObject({ ...common, $web_vitals_FCP_value: expect.any(Number) })
    expect(found?.properties.$web_vitals_FCP_event).toMatchObject({
      ...common,
      name: 'FCP',
      value: expect.any(Number),
      timestamp: expect.any(Number),
    })
  })

  test('they are not captured where the options say so', async ({ shop }) => {
    await shop.start({ capture_performance: { web_vitals: false } })
    await shop.page.waitForFunction(() => performance.getEntriesByName('first-contentful-paint').length > 0)
    await shop.page.waitForTimeout(QUIET_MS)
    expect(await vitalsOf(shop)).toEqual([])
  })

  for (const attribution of [false, undefined]) {
    test(`web_vitals_attribution: ${attribution} leaves the attribution out`, async ({ shop }) => {
      const asked = attribution === undefined ? {} : { web_vitals_attribution: attribution }
      await shop.start({ capture_performance: { web_vitals: true, ...asked } })
      await expect.poll(async () => (await vitalsOf(shop)).length, BUNDLED).toBeGreaterThan(0)
      for (const { properties } of await vitalsOf(shop)) expect(JSON.stringify(properties)).not.toContain('attribution')
    })
  }
})

/**
 * What a page hands over as an error, and what is said of it: type, value, and how many errors there are. The words are those
 * of the posthog-js that is installed, which posthog-compat-compared.spec.ts compares; its tests have had others.
 */
const EXCEPTIONS: [what: string, hand: (posthog: PostHogLike) => void, type: string, value: unknown, count: number][] =
  [
    [
      'Error',
      (posthog) => void posthog.captureException(new Error('wat even am I'), { extra_prop: 2 }),
      'Error',
      'wat even am I',
      1,
    ],
    [
      'Error with an error as its cause',
      (posthog) => void posthog.captureException(new Error('outer', { cause: new Error('root') })),
      'Error',
      'outer',
      2,
    ],
    [
      'Error with a text as its cause',
      (posthog) => void posthog.captureException(new Error('outer', { cause: 'a text' })),
      'Error',
      'outer',
      2,
    ],
    [
      'text',
      (posthog) => void posthog.captureException('plain old text', { extra_prop: 2 }),
      'Error',
      'plain old text',
      1,
    ],
    [
      'object',
      (posthog) => void posthog.captureException({ key: 'foo', value: 'bar' }),
      'Error',
      'Object captured as exception with keys: key, value',
      1,
    ],
    [
      'object with name and message',
      (posthog) => void posthog.captureException({ name: 'foo', message: 'bar' }),
      'foo',
      "'foo' captured as exception with message: 'bar'",
      1,
    ],
    [
      'DOMException',
      (posthog) => void posthog.captureException(new DOMException('the message', 'the name')),
      'DOMException',
      'the name: the message',
      1,
    ],
    [
      'ErrorEvent',
      (posthog) => {
        class CustomError extends Error {
          override name = 'CustomError'
        }
        posthog.captureException(new ErrorEvent('error', { message: 'outer', error: new CustomError('inner') }))
      },
      'CustomError',
      'inner',
      1,
    ],
    [
      'Event',
      (posthog) => void posthog.captureException(new Event('an event')),
      'Event',
      'Event captured as exception with keys: isTrusted',
      1,
    ],
    ['number', (posthog) => void posthog.captureException(1), 'Error', 'Primitive value captured as exception: 1', 1],
    [
      'null',
      (posthog) => void posthog.captureException(null),
      'Error',
      'Primitive value captured as exception: null',
      1,
    ],
  ]

test.describe('capture-exception', () => {
  for (const [what, hand, type, value, count] of EXCEPTIONS) {
    test(what, async ({ shop }) => {
      await shop.start({ capture_pageview: false })
      await shop.run(hand)
      const seen = await shop.seen()
      expect(seen.map(({ event }) => event)).toEqual(['$exception'])
      const { $exception_list: list, $exception_source, $exception_personURL, extra_prop } = seen[0]?.properties ?? {}
      expect(list).toHaveLength(count)
      expect(list).toMatchObject([{ type, value }, ...Array.from({ length: count - 1 }, () => ({}))])
      // Chromium gives a DOMException that was never thrown no stack.
      if (what !== 'DOMException') expect((list as unknown[])[0]).toHaveProperty('stacktrace')
      expect([$exception_source, $exception_personURL]).toEqual([undefined, undefined])
      if (/^Error$|text$/.test(what) && !/cause/.test(what)) expect(extra_prop).toBe(2)
    })
  }
})
