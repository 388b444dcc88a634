/** The real posthog-js from npm, alone and with its delivery taken over. */

import type { BrowserContext, Page } from 'playwright'
import type { PostHogEvent } from '../src/plugins/posthog-js'
import { launchKillable, withProfile } from './browser'
import { expect, test } from './fixtures'
import { leave } from './leave'

declare global {
  interface Window {
    posthog: {
      capture(
        event: string,
        properties?: Record<string, unknown>,
        options?: Record<string, unknown>,
      ): object | undefined
      captureException(error: Error): object | undefined
      addExceptionStep(message: string): void
      opt_in_capturing(): void
      opt_out_capturing(): void
      get_distinct_id(): string
      get_session_id(): string
      identify(id: string, set?: Record<string, unknown>, setOnce?: Record<string, unknown>): void
    }
    seen: PostHogEvent[]
    heard: string[]
  }
}

const urlOf = (site: { url: string }, init: Record<string, unknown>) =>
  `${site.url}/posthog-js.html?init=${encodeURIComponent(JSON.stringify({ flushInterval: 200, ...init }))}`

async function visit(context: BrowserContext, url: string): Promise<Page> {
  const page = await context.newPage()
  await page.goto(url)
  await page.waitForFunction(() => window.posthog)
  await page.evaluate(() => window.outlast?.ready)
  return page
}

test('P10: what outlast masks is in no address that posthog-js puts into an event', async ({
  context,
  site,
  collector,
  received,
}) => {
  const mask = { queryParams: ['token'], hash: true }
  const page = await visit(context, `${urlOf(site, { host: collector.url, mask })}&token=hidden#hidden`)
  await page.evaluate(() => {
    window.posthog.identify('somebody')
    window.posthog.capture('seen')
  })
  await page.click('#buy')
  const events = await received(3)
  const named = events.find(({ event }) => event === '$identify')
  expect(named?.properties.$current_url).toMatch(/&token=<masked>$/)
  expect(named?.properties.$set_once).toMatchObject({
    $initial_current_url: expect.stringMatching(/&token=<masked>$/),
  })
  expect(JSON.stringify(events)).not.toContain('hidden')
})

test('P5: a hash of a megabyte costs no event of posthog-js', async ({ context, site, collector, received }) => {
  const page = await visit(context, urlOf(site, { host: collector.url }))
  await page.evaluate(() => {
    window.location.hash = 'x'.repeat(1_000_000)
    window.posthog.capture('seen')
  })
  const [event] = await received(1)
  expect(event?.properties).toMatchObject({ $current_url: expect.stringMatching(/^.{5000}$/) })
})

test('P4: what posthog-js assembled arrives as it was, and posthog-js sends and keeps nothing', async ({
  context,
  site,
  collector,
  received,
}) => {
  const page = await visit(context, urlOf(site, { host: collector.url }))
  await page.evaluate(() => {
    window.posthog.identify('somebody', { plan: 'pro' }, { first: 'page' })
    window.posthog.capture('bought', { total: 42, $set: { seen: 1 } }, { $set: { seen: 2 }, $set_once: { once: true } })
    window.posthog.capture('earlier', {}, { timestamp: new Date('2026-01-02T03:04:05.678Z') })
  })
  await page.click('#buy')
  const events = await received(4)
  const seen = await page.evaluate(() => window.seen)
  expect(seen.map(({ event }) => event)).toEqual(['$identify', 'bought', 'earlier', '$autocapture'])
  for (const { uuid, event, timestamp, properties, $set, $set_once } of seen) {
    const arrived = events.find((one) => one.uuid === uuid)
    expect(arrived).toMatchObject({ event, timestamp, distinct_id: properties.distinct_id, copies: 1 })
    const sets = {
      ...($set ? { $set: { ...(properties.$set as object), ...$set } } : {}),
      ...($set_once && { $set_once }),
    }
    expect(arrived?.properties).toEqual({ ...properties, ...sets })
  }
  expect(events.find(({ event }) => event === 'bought')?.properties.$set).toMatchObject({ seen: 2 })
  expect(events.find(({ event }) => event === 'earlier')?.timestamp).toBe('2026-01-02T03:04:05.678Z')
  // A page that closes sends whatever its queue still holds.
  await leave(page)
  const next = await visit(context, urlOf(site, { host: collector.url }))
  await next.evaluate(() => window.posthog.capture('next visit'))
  await received(5)
  expect(new Set((await collector.requests()).map(({ path }) => path))).toEqual(new Set(['/batch/']))
})

test('P4: where the bridge does not know the instance, posthog-js sends nothing either', async ({
  context,
  site,
  collector,
  received,
}) => {
  const page = await visit(context, urlOf(site, { host: collector.url, apart: true }))
  expect(await page.evaluate(() => window.posthog.capture('one'))).toBeUndefined()
  await received(1)
  await leave(page)
  const next = await visit(context, urlOf(site, { host: collector.url, apart: true }))
  await next.evaluate(() => window.posthog.capture('two'))
  await received(2)
  expect(new Set((await collector.requests()).map(({ path }) => path))).toEqual(new Set(['/batch/']))
})

test('posthog-js goes on as if it had sent: capture has its result, listeners hear, steps go with one error', async ({
  context,
  site,
  collector,
  received,
}) => {
  const page = await visit(context, urlOf(site, { host: collector.url }))
  const results = await page.evaluate(() => {
    const { posthog } = window
    posthog.addExceptionStep('opened the cart')
    return [posthog.captureException(new Error('one')), posthog.captureException(new Error('two'))].map(Boolean)
  })
  expect(results).toEqual([true, true])
  expect(await page.evaluate(() => window.heard)).toEqual(['$exception', '$exception'])
  const events = await received(2)
  const steps = Object.fromEntries(
    events.map(({ properties }) => {
      const [{ value }] = properties.$exception_list as [{ value: string }]
      return [value, properties.$exception_steps ?? []]
    }),
  )
  expect(steps).toEqual({ one: [expect.objectContaining({ $message: 'opened the cart' })], two: [] })
})

test('P10: where an option that was to keep something back does not exist, posthog-js sends nothing either', async ({
  context,
  site,
  collector,
}) => {
  const options = { host: collector.url, early: true, masks: 'secrets' }
  const page = await visit(context, urlOf(site, options))
  const requests: string[] = []
  page.on('request', (request) => request.method() === 'POST' && requests.push(request.url()))
  await page.evaluate(() => window.posthog.capture('held back'))
  await leave(page)
  expect(requests).toEqual([])
  expect((await collector.stats()).events).toBe(0)
})

for (const [why, options, calls] of [
  ['is full and has a mask', { mask: 'secrets', maxQueueSize: 0 }, ''],
  ['is shut down and has a mask', { mask: 'secrets' }, 'shutdown'],
  ['has no key and a mask', { mask: 'secrets', key: '' }, ''],
  ['has a worker with a hook and takes no event of this size', { worker: { beforeSend: true }, maxEventBytes: 1 }, ''],
  ['has a host that is none', { host: 'htps://none' }, ''],
  ['waits for consent and is full', { consent: 'pending', maxQueueSize: 0 }, ''],
  ['waits for consent and is shut down', { consent: 'pending' }, 'shutdown'],
] as const) {
  test(`P10: where outlast ${why}, posthog-js does not send the event past it`, async ({
    context,
    site,
    collector,
  }) => {
    const posthog = { api_host: collector.url }
    const page = await visit(context, urlOf(site, { host: collector.url, early: true, posthog, ...options }))
    const told: string[] = []
    page.on('console', (message) => told.push(message.text()))
    const requests: string[] = []
    page.on('request', (request) => request.method() === 'POST' && requests.push(request.url()))
    await page.evaluate(async (call) => {
      if (call === 'shutdown') await window.outlast.shutdown(1_000)
      for (const name of ['one', 'two']) window.posthog.capture(name)
    }, calls)
    await leave(page)
    expect(requests).toEqual([])
    expect((await collector.stats()).events).toBe(0)
    expect(told.filter((text) => text.includes('events of posthog-js are dropped'))).toHaveLength(1)
  })
}

for (const [why, options, calls] of [
  ['has no key', { key: '' }, ''],
  ['has a key that is none', { key: 'not a key' }, ''],
  ['is shut down', {}, 'shutdown'],
  ['is full', { maxQueueSize: 0 }, ''],
] as const) {
  test(`where outlast ${why}, posthog-js sends the event, once`, async ({ context, site, collector, received }) => {
    const page = await visit(context, urlOf(site, { host: collector.url, early: true, ...options }))
    await page.evaluate(async (call) => {
      if (call === 'shutdown') await window.outlast.shutdown(1_000)
      window.posthog.capture('all the same')
    }, calls)
    const [event] = await received(1)
    expect(event).toMatchObject({ event: 'all the same', copies: 1 })
    await leave(page)
    const next = await visit(context, urlOf(site, { host: collector.url, alone: true }))
    await next.evaluate(() => window.posthog.capture('next'))
    expect((await received(2)).map(({ event, copies }) => [event, copies])).toEqual([
      ['all the same', 1],
      ['next', 1],
    ])
  })
}

test('P10: what is captured while the person is opted out of outlast is sent by neither', async ({
  context,
  site,
  collector,
  received,
}) => {
  const page = await visit(context, urlOf(site, { host: collector.url, early: true, apart: true }))
  await page.evaluate(() => {
    window.outlast.optOut()
    window.posthog.capture('refused')
    window.outlast.optIn()
    window.posthog.capture('wanted')
  })
  expect((await received(1)).map(({ event }) => event)).toEqual(['wanted'])
  await leave(page)
  const next = await visit(context, urlOf(site, { host: collector.url }))
  await next.evaluate(() => window.posthog.capture('next'))
  expect((await received(2)).map(({ event }) => event)).toEqual(['wanted', 'next'])
})

/** What a page has left on the device. */
const onDevice = (page: Page) =>
  page.evaluate(async () => ({
    local: Object.keys(localStorage).sort(),
    tab: Object.keys(sessionStorage).sort(),
    cookies: document.cookie.split('; ').map((cookie) => cookie.split('=')[0]),
    databases: (await indexedDB.databases()).map(({ name }) => name),
    workers: (await navigator.serviceWorker.getRegistrations()).length,
  }))

for (const [name, posthog] of [
  ['cookieless_mode', { cookieless_mode: 'always' }],
  ['opt_out_capturing_by_default', { opt_out_capturing_by_default: true }],
] as const) {
  test(`P10: with ${name} the bridge puts nothing on the device that posthog-js would not`, async ({
    browser,
    context,
    site,
    collector,
    received,
  }) => {
    const events = name === 'cookieless_mode' ? 1 : 0
    const stored = async (context: BrowserContext, alone: boolean) => {
      const page = await visit(context, urlOf(site, { host: collector.url, alone, posthog }))
      await page.evaluate(() => window.posthog.capture('who is it'))
      await received(alone ? events : 2 * events)
      return onDevice(page)
    }
    const fresh = await browser.newContext()
    const before = await stored(fresh, true)
    await fresh.close()
    expect(await stored(context, false)).toEqual(before)
    expect(before).toMatchObject({ databases: [], workers: 0 })
    if (events > 0) return
    // The choice is made: from now on events outlast the tab.
    const [page] = context.pages()
    await page?.evaluate(() => {
      window.posthog.opt_in_capturing()
      window.posthog.capture('welcome')
    })
    expect((await received(2)).map(({ event }) => event)).toEqual(['$opt_in', 'welcome'])
    expect(new Set((await collector.requests()).map(({ path }) => path))).toEqual(new Set(['/batch/']))
  })
}

test('P8: what outlast captures beside posthog-js is of the same person and session', async ({
  context,
  site,
  collector,
  received,
}) => {
  const page = await visit(context, urlOf(site, { host: collector.url, early: true }))
  const known = await page.evaluate(() => {
    const { outlast, posthog } = window
    // posthog-js begins another session for a timestamp of long ago.
    const timestamp = new Date(Date.now() - 1_000).toISOString()
    outlast.capture('anonymous', { by: 'outlast' })
    outlast.identify('ada', { plan: 'pro' })
    outlast.group('company', 'acme')
    outlast.register({ shade: 'dark' })
    posthog.capture('theirs')
    outlast.capture('ours', { total: 42 }, { uuid: '018f0000-0000-7000-8000-000000000001', timestamp })
    outlast.captureBatch([{ event: 'batched' }])
    outlast.captureAi('$ai_generation', { $ai_model: 'm' })
    return {
      timestamp,
      person: [outlast.getDistinctId(), posthog.get_distinct_id()],
      session: [outlast.getSessionId(), posthog.get_session_id()],
    }
  })
  expect(known.person).toEqual(['ada', 'ada'])
  expect(known.session[0]).toBe(known.session[1])
  const events = await received(7)
  const named = (name: string) => events.find(({ event }) => event === name)
  const anonymous = named('anonymous')
  expect(named('$identify')?.properties.$anon_distinct_id).toBe(anonymous?.distinct_id)
  const theirs = named('theirs')
  for (const name of ['ours', 'batched', '$ai_generation']) {
    const { $session_id, $groups } = theirs?.properties ?? {}
    expect(named(name)).toMatchObject({ distinct_id: 'ada', properties: { $session_id, $groups } })
  }
  for (const name of ['ours', 'batched']) {
    const { $window_id, $device_id, $process_person_profile } = theirs?.properties ?? {}
    const properties = { $window_id, $device_id, $process_person_profile, shade: 'dark' }
    expect(named(name)).toMatchObject({ properties })
  }
  expect(named('ours')).toMatchObject({
    uuid: '018f0000-0000-7000-8000-000000000001',
    timestamp: known.timestamp,
    properties: { total: 42 },
  })
  expect(new Set(events.map(({ properties }) => properties.$session_id)).size).toBe(1)
})

test('what posthog-js keeps for itself passes through', async ({ context, site, collector }) => {
  const page = await visit(context, urlOf(site, { host: collector.url, early: true }))
  const sent = page.waitForRequest('**/elsewhere/**')
  await page.evaluate(() => {
    const options = { _url: `${location.origin}/elsewhere/`, _batchKey: 'recordings', _noTruncate: true }
    window.posthog.capture('$snapshot', { $snapshot_data: [] }, options)
  })
  await sent
  expect(await page.evaluate(() => window.outlast.stats())).toMatchObject({ accepted: 0 })
})

for (const alone of [true, false]) {
  const subject = alone ? 'posthog-js alone loses' : 'P3: with the bridge posthog-js delivers'

  test(`${subject} what was captured offline in a tab that was then closed`, async ({ context, site, collector }) => {
    const url = urlOf(site, { host: collector.url, alone })
    const page = await visit(context, url)
    await context.setOffline(true)
    await page.evaluate(async () => {
      window.posthog.capture('in the tunnel')
      await window.outlast?.stats()
    })
    await leave(page)
    await context.setOffline(false)
    const next = await visit(context, url)
    await next.evaluate(() => window.posthog.capture('next visit'))
    const names = async () => (await collector.events()).map(({ event }) => event)
    await expect.poll(names).toContain('next visit')
    // A worker whose network the test cut off hears of no sync, so the next visit has it try again; alone, not even that helps.
    if (!alone) await expect.poll(names, { timeout: 20_000 }).toContain('in the tunnel')
    expect((await names()).includes('in the tunnel')).toBe(!alone)
  })

  test(`${subject.replace('P3', 'P2')} what a killed browser had not sent`, async ({ site, collector }) => {
    collector.fault({ mode: '503' })
    const url = urlOf(site, { host: collector.url, alone })
    await withProfile(async (profile) => {
      const first = await launchKillable(profile)
      const page = await visit(first.context, url)
      await page.evaluate(async () => {
        window.posthog.capture('before the crash')
        await window.outlast?.stats()
      })
      // Alone, this is the request that failed; posthog-js would try it again in seconds.
      await expect.poll(async () => (await collector.stats()).requests, { timeout: 20_000 }).toBeGreaterThan(0)
      await first.kill()
      collector.fault({ mode: 'ok' })
      const second = await launchKillable(profile)
      const next = await visit(second.context, url)
      await next.evaluate(() => window.posthog.capture('next visit'))
      const names = async () => (await collector.events()).map(({ event }) => event)
      await expect.poll(names, { timeout: 20_000 }).toContain('next visit')
      if (!alone) await expect.poll(names, { timeout: 20_000 }).toContain('before the crash')
      expect((await names()).includes('before the crash')).toBe(!alone)
      await second.kill()
    })
  })
}

for (const given of ['window.outlast', 'init'] as const) {
  test(`P10: beside a script tag the bridge to ${given} has one person and one choice for every entrance`, async ({
    context,
    site,
    collector,
    received,
  }) => {
    const options = { host: collector.url, flushInterval: 200 }
    site.answer('/tag-and-bridge.html', {
      status: 200,
      headers: { 'Content-Type': 'text/html' },
      body: `<!doctype html><script src="/__outlast/outlast.js" data-key="phc_test" data-host="${options.host}" data-flush-interval="200"></script>
        <script type="module">
          import { init } from '/outlast/index.js'
          import { deliverThrough } from '/outlast/posthog-js.js'
          import posthog from '/posthog-js/module.js'
          window.again = () => init('phc_test', ${JSON.stringify(options)})
          posthog.init('phc_test', {
            api_host: '${options.host}', autocapture: false, capture_pageview: false, advanced_disable_flags: true,
            disable_session_recording: true, disable_external_dependency_loading: true, disable_surveys: true,
            opt_out_useragent_filter: true, before_send: deliverThrough(${given === 'init' ? 'window.again()' : given}, posthog),
          })
          window.posthog = posthog
        </script>`,
    })
    const page = await context.newPage()
    await page.goto(`${site.url}/tag-and-bridge.html`)
    await page.waitForFunction(() => window.posthog)
    await page.evaluate(() => {
      const { again } = window as unknown as { again(): typeof window.outlast }
      const captureIn = (when: string) => {
        window.outlast.capture(`${when} by the tag`)
        const { push } = window.outlast as unknown as { push(command: unknown[]): void }
        push(['capture', `${when} by push`])
        again().capture(`${when} by init`)
      }
      window.posthog.identify('alice')
      window.posthog.capture('by posthog-js')
      captureIn('seen')
      window.posthog.opt_out_capturing()
      captureIn('refused')
      window.posthog.opt_in_capturing()
      window.posthog.capture('last')
    })
    const wanted = ['by posthog-js', 'last', 'seen by init', 'seen by push', 'seen by the tag']
    const own = async () => (await received(wanted.length)).filter(({ event }) => !event.startsWith('$'))
    await expect.poll(async () => (await own()).map(({ event }) => event).toSorted()).toEqual(wanted)
    expect(new Set((await own()).map(({ distinct_id }) => distinct_id))).toEqual(new Set(['alice']))
  })
}
