/** What a site has of posthog-compat in a browser: its snippet, visitors, choices, and delivery. */

import type { BrowserContext, Page } from 'playwright'
import type { PostHogConfig } from '../src/plugins/posthog-compat/types'
import { expect, test } from './fixtures'
import { leave } from './leave'
import { type CompatPage, play, visit } from './posthog-compat-page'
import { type Site, startSite } from './site'

/** Serves a page with the snippet's stub, which loads the library from `file`. */
function serveSnippet(site: Site, host: string, file: string): void {
  site.answer('/snippet.html', {
    status: 200,
    headers: { 'Content-Type': 'text/html' },
    body: `<!doctype html><title>snippet</title><script src="/stub.js"></script>`,
  })
  const options = {
    api_host: host,
    capture_pageview: false,
    autocapture: false,
    advanced_disable_flags: true,
    disable_session_recording: true,
    disable_external_dependency_loading: true,
    opt_out_useragent_filter: true,
    request_queue_config: { flush_interval_ms: 250 },
  }
  // The calls of a page whose library has not loaded yet, as the snippet's stub notes them.
  const stub = `
    const note = (target, names) => {
      for (const name of names) target[name] = (...given) => target.push([name, ...given])
      return target
    }
    const methods = ['capture', 'identify', 'alias', 'register', 'group', 'opt_out_capturing']
    const posthog = note([], methods)
    posthog.people = note([], ['set'])
    posthog._i = []
    posthog.__SV = 1
    posthog.init = (token, options, name) => {
      if (name) posthog[name] = Object.assign(note([], methods), { people: note([], ['set']) })
      posthog._i.push([token, options, name])
      const script = document.createElement('script')
      Object.assign(script, { src: ${JSON.stringify(file)}, async: true, crossOrigin: 'anonymous' })
      if (posthog._i.length === 1) document.head.append(script)
    }
    window.posthog = posthog
    window.heard = []
    const before_send = (event) => (heard.push([event.properties.token, event.event, event.properties.distinct_id]), event)
    posthog.init('phc_first', { ...${JSON.stringify(options)}, before_send })
    posthog.init('phc_second', { ...${JSON.stringify(options)}, before_send }, 'second')
    posthog.capture('early', { n: 1 })
    posthog.identify('ada')
    posthog.people.set('plan', 'pro')
    posthog.second.capture('early of second')
    posthog.push(function () { this.capture('by a function') })`
  site.answer('/stub.js', { status: 200, headers: { 'Content-Type': 'text/javascript' }, body: stub })
}

test("posthog-js's snippet works with the built file: replacing its address is all that a site does", async ({
  browser,
  site,
  collector,
  received,
}) => {
  const heard: unknown[] = []
  for (const file of ['/posthog-js/array.js', '/__outlast/posthog-compat.js']) {
    const context = await browser.newContext()
    serveSnippet(site, collector.url, file)
    const page = await context.newPage()
    await page.goto(`${site.url}/snippet.html`)
    await page.waitForFunction(() => (window as unknown as CompatPage).posthog.__loaded)
    await page.evaluate(() => (window as unknown as CompatPage).posthog.capture('late'))
    heard.push(
      await page.evaluate(() => {
        const anonymous = /^[0-9a-f-]{36}$/
        const all = (window as unknown as { heard: string[][] }).heard
        return all.map((one) => one.map((text) => (anonymous.test(text) ? 'anonymous' : text)))
      }),
    )
    if (file.includes('outlast')) {
      const ready = await page.evaluate(() => (window as unknown as CompatPage).posthog.outlast?.ready)
      expect(ready).toEqual({ host: 'worker', storage: 'indexeddb' })
      await received(12)
    } else await received(6)
    await context.close()
  }
  expect(heard[1]).toEqual(heard[0])
})

test("P3: what a page captured under posthog-js's names arrives after the tab is closed, $pageleave too", async ({
  context,
  site,
  collector,
  received,
}) => {
  const page = await visit(await context.newPage(), site, collector.url)
  await page.evaluate(async () => {
    const { start, posthog } = window as unknown as CompatPage
    start({ capture_pageview: true })
    await posthog.outlast?.ready
    await new Promise((resolve) => setTimeout(resolve, 20))
  })
  await received(1)
  await page.evaluate(() => void (window as unknown as CompatPage).posthog.capture('last words'))
  await leave(page)
  // The worker delivers what it was handed, and a later page what the closed one has written down.
  const next = await visit(await context.newPage(), site, collector.url)
  await next.evaluate(() => (window as unknown as CompatPage).start())
  const names = (await received(3)).map(({ event }) => event)
  expect(names.sort()).toEqual(['$pageleave', '$pageview', 'last words'])
})

test('P10: choices outlive a page, and one that posthog-js has stored counts', async ({ context, site, collector }) => {
  const status = (page: Page) =>
    page.evaluate(() => {
      const { start } = window as unknown as CompatPage
      const posthog = start({ opt_out_capturing_by_default: true })
      return [posthog.get_explicit_consent_status(), posthog.is_capturing()]
    })
  // posthog-js itself has stored the first choice.
  const former = await visit(await context.newPage(), site, collector.url, 'posthog-js')
  await former.evaluate(() => (window as unknown as CompatPage).start().opt_out_capturing())
  await former.close()
  const first = await visit(await context.newPage(), site, collector.url)
  expect(await status(first)).toEqual(['denied', false])
  await first.evaluate(() => (window as unknown as CompatPage).posthog.opt_in_capturing())
  await first.close()
  expect(await status(await visit(await context.newPage(), site, collector.url))).toEqual(['granted', true])
})

for (const nothing of [{}, { persistence: 'memory' }, { opt_out_persistence_by_default: true }] as PostHogConfig[]) {
  test(`P10: a choice that was taken back is none on the next page: ${JSON.stringify(nothing)}`, async ({
    page,
    site,
    collector,
  }) => {
    for (const [choose, takeBack] of [
      ['opt_out_capturing', 'clear_opt_in_out_capturing'],
      ['opt_in_capturing', 'clear_opt_in_out_capturing'],
      ['opt_in_capturing', 'reset'],
    ] as const) {
      for (const calls of [[choose, takeBack], []] as const) {
        await visit(page, site, collector.url)
        const status = await page.evaluate(
          async ([given, names]) => {
            const posthog = (window as unknown as CompatPage).start({ opt_out_capturing_by_default: true, ...given })
            for (const name of names) {
              posthog[name]()
              await posthog.outlast?.flush()
            }
            posthog.capture('unseen')
            await posthog.outlast?.flush()
            return [posthog.get_explicit_consent_status(), posthog.is_capturing()]
          },
          [nothing as Record<string, boolean>, calls] as const,
        )
        expect(status).toEqual(['pending', false])
      }
    }
    // Each consent was told by one event.
    await expect.poll(async () => (await collector.stats()).events).toBe(2)
  })
}

test('P10: where the site wants it, nothing is on the device before the person has agreed', async ({
  context,
  site,
  collector,
  received,
}) => {
  const onDevice = (page: Page) =>
    page.evaluate(async () => ({
      stored: [...Object.keys(localStorage), ...Object.keys(sessionStorage)].length,
      cookies: document.cookie,
      databases: (await indexedDB.databases()).length,
      workers: (await navigator.serviceWorker.getRegistrations()).length,
    }))
  const nothing = { stored: 0, cookies: '', databases: 0, workers: 0 }
  const config: PostHogConfig = { opt_out_capturing_by_default: true, opt_out_persistence_by_default: true }
  const page = await visit(await context.newPage(), site, collector.url)
  await page.evaluate(
    async (given) => {
      const posthog = (window as unknown as CompatPage).start(given)
      posthog.register({ plan: 'pro' })
      posthog.capture('unseen')
      await posthog.outlast?.ready
    },
    config as Record<string, boolean>,
  )
  expect(await onDevice(page)).toEqual(nothing)
  await page.evaluate(async () => {
    const { posthog } = window as unknown as CompatPage
    posthog.opt_in_capturing()
    posthog.capture('seen')
    await posthog.outlast?.ready
  })
  const events = await received(2)
  expect(events.map(({ event, properties }) => [event, properties.plan])).toEqual([
    ['$opt_in', 'pro'],
    ['seen', 'pro'],
  ])
  expect((await onDevice(page)).databases).toBe(1)
})

test('P10: two tabs that wait for a consent are one person once it is there, and none once either has forgotten it', async ({
  context,
  site,
  collector,
  received,
}) => {
  const config: PostHogConfig = { opt_out_capturing_by_default: true, opt_out_persistence_by_default: true }
  const open = async () => {
    const page = await visit(await context.newPage(), site, collector.url)
    await page.evaluate(
      (given) => {
        ;(window as unknown as CompatPage).start(given)
      },
      config as Record<string, boolean>,
    )
    return page
  }
  const read = (page: Page) =>
    page.evaluate(() => {
      const { posthog } = window as unknown as CompatPage
      return [posthog.get_distinct_id(), posthog.get_explicit_consent_status()]
    })
  const capture = (page: Page, name: string) =>
    page.evaluate((given) => {
      ;(window as unknown as CompatPage).posthog.capture(given)
    }, name)
  const [first, second] = [await open(), await open()]
  await first.evaluate(() => (window as unknown as CompatPage).posthog.opt_in_capturing({ captureEventName: false }))
  const agreed = await read(first)
  expect(agreed[1]).toBe('granted')
  await expect.poll(() => read(second)).toEqual(agreed)
  await capture(second, 'there')
  await capture(first, 'here')
  expect(new Set((await received(2)).map(({ distinct_id: id }) => id))).toEqual(new Set([agreed[0]]))
  await second.evaluate(() => (window as unknown as CompatPage).posthog.reset())
  await expect.poll(() => read(first)).toEqual(await read(second))
  expect((await read(first))[1]).toBe('pending')
  await capture(first, 'unseen')
  await first.close()
  expect((await read(await open()))[1]).toBe('pending')
  expect((await collector.stats()).events).toBe(2)
})

test('P10: with a misspelt option that was to keep something back, nothing is on the device', async ({
  context,
  site,
  collector,
}) => {
  const page = await visit(await context.newPage(), site, collector.url)
  await page.evaluate(async () => {
    const posthog = (window as unknown as CompatPage).start({ opt_out_capture_by_default: true } as never)
    posthog.identify('ada', { plan: 'pro' })
    posthog.register({ plan: 'pro' })
    posthog.register_for_session({ from: 'ad' })
    posthog.group('company', 'acme')
    posthog.reset()
    await posthog.outlast?.ready
  })
  const kept = () =>
    page.evaluate(async () => [
      ...Object.keys(localStorage),
      ...Object.keys(sessionStorage),
      ...(await indexedDB.databases()).map(({ name }) => name),
    ])
  expect(await kept()).toEqual([])
  await leave(page)
  expect((await collector.stats()).events).toBe(0)
})

test('set_config with another persistence has the client store from then on', async ({
  context,
  site,
  collector,
  received,
}) => {
  const page = await visit(await context.newPage(), site, collector.url)
  const databases = () => page.evaluate(async () => (await indexedDB.databases()).length)
  await page.evaluate(async () => {
    const posthog = (window as unknown as CompatPage).start({ persistence: 'memory' } as never)
    posthog.capture('in memory')
    await posthog.outlast?.ready
  })
  expect(await databases()).toBe(0)
  await page.evaluate(() =>
    (window as unknown as CompatPage).posthog.set_config({ persistence: 'localStorage+cookie' }),
  )
  await expect.poll(databases).toBe(1)
  expect((await received(1)).map(({ event, copies }) => [event, copies])).toEqual([['in memory', 1]])
})

test('who posthog-js knew is the same person under outlast', async ({ context, site, collector }) => {
  const ids = (page: Page) =>
    page.evaluate(() => {
      const { start } = window as unknown as CompatPage
      const posthog = start()
      if (posthog.config.token && !posthog.outlast) {
        posthog.register({ plan: 'pro' })
        posthog.identify('ada')
        posthog.group('company', 'acme')
      }
      const { distinct_id, $device_id, $is_identified, $groups, plan } = posthog.capture('here')?.properties ?? {}
      const read = [posthog.get_property('plan'), posthog.getGroups()]
      return [distinct_id, $device_id, $is_identified, $groups, plan, read]
    })
  const former = await ids(await visit(await context.newPage(), site, collector.url, 'posthog-js'))
  const now = await ids(await visit(await context.newPage(), site, collector.url))
  expect(now).toEqual(former)
  expect(now[0]).toBe('ada')
  expect(now.slice(3)).toEqual([{ company: 'acme' }, 'pro', ['pro', { company: 'acme' }]])
})

test('who posthog-js knew is the same person once set_config has the client store', async ({
  context,
  site,
  collector,
}) => {
  const former = await visit(await context.newPage(), site, collector.url, 'posthog-js')
  await former.evaluate(() => {
    const posthog = (window as unknown as CompatPage).start()
    posthog.register({ plan: 'pro' })
    posthog.identify('ada')
    posthog.group('company', 'acme')
    posthog.capture('here')
  })
  await former.close()
  const page = await visit(await context.newPage(), site, collector.url)
  const id = () => page.evaluate(() => (window as unknown as CompatPage).posthog.get_distinct_id())
  await page.evaluate(async () => {
    const posthog = (window as unknown as CompatPage).start({ persistence: 'memory' } as never)
    await posthog.outlast?.ready
  })
  expect(await id()).not.toBe('ada')
  await page.evaluate(() =>
    (window as unknown as CompatPage).posthog.set_config({ persistence: 'localStorage+cookie' }),
  )
  await expect.poll(id).toBe('ada')
  const read = await page.evaluate(() => {
    const { posthog } = window as unknown as CompatPage
    const { plan, $groups } = posthog.capture('there')?.properties ?? {}
    return [plan, $groups, posthog.get_property('plan'), posthog.getGroups()]
  })
  expect(read).toEqual(['pro', { company: 'acme' }, 'pro', { company: 'acme' }])
})

test('flags are asked for once at the start, answered on the next page at once, and counted', async ({
  context,
  site,
  collector,
}) => {
  collector.setFlags({ beta: 'blue', old: false })
  const asked = () => collector.requests().then((all) => all.filter(({ path }) => path.startsWith('/flags')).length)
  const page = await visit(await context.newPage(), site, collector.url)
  const found = await page.evaluate(async () => {
    const { start } = window as unknown as CompatPage
    const posthog = start({
      advanced_disable_flags: false,
      loaded(early) {
        early.identify('ada')
        early.group('company', 'acme', { size: 5 })
      },
    })
    await new Promise((resolve) => posthog.onFeatureFlags(resolve))
    return [posthog.getFeatureFlag('beta'), posthog.isFeatureEnabled('old')]
  })
  expect(found).toEqual(['blue', false])
  expect(await asked()).toBe(1)
  const next = await visit(await context.newPage(), site, collector.url)
  expect(await next.evaluate(() => (window as unknown as CompatPage).start().getFeatureFlag('beta'))).toBe('blue')
  const events = await page.evaluate(() => (window as unknown as CompatPage).seen.map(({ event }) => event))
  expect(events.filter((name) => name === '$feature_flag_called')).toHaveLength(2)
})

test('web vitals are captured as posthog-js has them, where the options ask for them', async ({
  context,
  site,
  collector,
}) => {
  const vitals = async (config: PostHogConfig) => {
    const page = await visit(await context.newPage(), site, collector.url)
    await page.evaluate(
      (given) => void (window as unknown as CompatPage).start(given),
      config as Record<string, string>,
    )
    const seen = () =>
      page.evaluate(() => (window as unknown as CompatPage).seen.filter(({ event }) => event === '$web_vitals'))
    return { page, seen }
  }
  const on = await vitals({ capture_performance: { web_vitals: true, web_vitals_allowed_metrics: ['FCP'] } })
  await expect.poll(async () => (await on.seen()).length).toBe(1)
  const [event] = await on.seen()
  expect(event?.properties.$web_vitals_FCP_value).toEqual(expect.any(Number))
  expect(event?.properties.$web_vitals_FCP_event).toMatchObject({ name: 'FCP', $session_id: expect.any(String) })
  const off = await vitals({ capture_performance: false })
  await off.page.waitForTimeout(500)
  expect(await off.seen()).toEqual([])
})

test('robots are not captured, as in posthog-js', async ({ browser, site, collector }) => {
  for (const library of ['posthog-js', 'outlast'] as const) {
    const played = await play(browser, site, collector.url, library, (page) =>
      page.evaluate(() => {
        const { start } = window as unknown as CompatPage
        const posthog = start({ opt_out_useragent_filter: false })
        return posthog.capture('by a robot') ?? null
      }),
    )
    expect(played).toEqual({ given: null, seen: [] })
  }
})

/** What a page asked of another place than its own site, by the URL without its query. */
function askedOf(context: BrowserContext, site: { url: string }): string[] {
  const asked: string[] = []
  context.on('request', (request) => {
    const url = request.url().replace(/\?.*/, '')
    if (/^https?:/.test(url) && !url.startsWith(`${site.url}/`)) asked.push(url)
  })
  return asked
}

test("api_host: '/ingest' is this site's, for events and for flags", async ({ context }) => {
  const asked: string[] = []
  const site = await startSite({
    async take(req, res) {
      if (req.method !== 'POST') return false
      asked.push((req.url ?? '').replace(/\?.*/, ''))
      res.writeHead(200, { 'Content-Type': 'application/json' }).end('{"status":1,"flags":{}}')
      return true
    },
  })
  const elsewhere = askedOf(context, site)
  try {
    const page = await visit(await context.newPage(), site, '/ingest')
    await page.evaluate(async () => {
      const posthog = (window as unknown as CompatPage).start({ advanced_disable_flags: false })
      posthog.capture('here')
      await posthog.outlast?.flush()
    })
    await expect.poll(() => asked.sort()).toEqual(['/ingest/batch/', '/ingest/flags/'])
    expect(elsewhere).toEqual([])
  } finally {
    await site.close()
  }
})

test('api_host without a scheme is asked by https', async ({ context, site }) => {
  const answer = { status: 200, contentType: 'application/json', body: '{"status":1,"flags":{}}' }
  const headers = { 'Access-Control-Allow-Origin': '*', 'Access-Control-Allow-Headers': '*' }
  await context.route('https://events.example/**', (route) => route.fulfill({ ...answer, headers }))
  const asked = askedOf(context, site)
  const page = await visit(await context.newPage(), site, 'events.example/ingest')
  await page.evaluate(async () => {
    const { start } = window as unknown as CompatPage
    const posthog = start({ advanced_disable_flags: false, outlast: { worker: false } })
    posthog.capture('there')
    await posthog.outlast?.flush()
  })
  await expect
    .poll(() => [...new Set(asked)].sort())
    .toEqual(['https://events.example/ingest/batch/', 'https://events.example/ingest/flags/'])
})

for (const [what, config, said] of [
  ['only a misspelt api_host', { api_host: undefined, apiHost: 'https://eu.i.posthog.com' }, 'did you mean api_host?'],
  ['an api_host that cannot be used', { api_host: 'ftp://events.example' }, 'a host that is a URL'],
] as const) {
  test(`P10: with ${what} nothing is sent anywhere, neither events nor questions for flags`, async ({
    context,
    site,
  }) => {
    const elsewhere = askedOf(context, site)
    const posts: string[] = []
    context.on('request', (request) => request.method() === 'POST' && posts.push(request.url()))
    const page = await visit(await context.newPage(), site, '')
    await page.evaluate(async (given) => {
      const { start } = window as unknown as CompatPage
      const posthog = start({ ...(given as object), advanced_disable_flags: false, capture_pageview: true })
      posthog.capture('kept back')
      posthog.getFeatureFlag('beta')
      posthog.reloadFeatureFlags()
      await posthog.outlast?.flush()
    }, config)
    const warned = () => page.evaluate(() => (window as unknown as CompatPage).warned.join('\n'))
    await expect.poll(warned).toContain(said)
    await leave(page)
    const next = await visit(await context.newPage(), site, '')
    expect(await next.evaluate(async () => (await indexedDB.databases()).length)).toBe(0)
    expect([elsewhere, posts]).toEqual([[], []])
    expect(await next.evaluate(() => Object.keys(localStorage))).toEqual([])
  })
}

test('tracing_headers say whose a request is, as in posthog-js, to the hosts that it names', async ({
  context,
  site,
  collector,
}) => {
  const page = await visit(await context.newPage(), site, collector.url)
  await page.evaluate(() => void (window as unknown as CompatPage).start({ tracing_headers: ['localhost'] }))
  const headers = async () => {
    const [request] = await Promise.all([page.waitForRequest('**/away.html'), page.evaluate(() => fetch('/away.html'))])
    const all = await request.allHeaders()
    return Object.keys(all).filter((name) => name.startsWith('x-posthog-'))
  }
  // The code of the headers loads after the page's.
  await expect.poll(headers).toEqual(['x-posthog-distinct-id', 'x-posthog-session-id', 'x-posthog-window-id'])
})

test('capture_exceptions captures what the page tells of, until it is stopped, and steps go with one of them', async ({
  context,
  site,
  collector,
}) => {
  const page = await visit(await context.newPage(), site, collector.url)
  await page.evaluate(
    () => void (window as unknown as CompatPage).start({ capture_exceptions: true, capture_pageview: false }),
  )
  // A rejection that the page tells of is no uncaught error of the test: an event of the page's own.
  const tell = (message: string) =>
    page.evaluate((message) => {
      const { posthog } = window as unknown as CompatPage
      posthog.addExceptionStep(`before ${message}`)
      dispatchEvent(Object.assign(new Event('unhandledrejection'), { reason: new Error(message) }))
    }, message)
  const seen = () => page.evaluate(() => (window as unknown as CompatPage).seen)
  // The code of exceptions loads after the page's.
  await expect
    .poll(async () => {
      await tell('first')
      return (await seen()).length
    })
    .toBeGreaterThan(0)
  await page.evaluate(() => (window as unknown as CompatPage).posthog.stopExceptionAutocapture())
  await tell('after')
  await page.evaluate(() => void (window as unknown as CompatPage).posthog.captureException(new Error('last')))
  const told = (await seen()).map(({ properties }) => properties)
  expect(told.map(({ $exception_list: list }) => (list as { value: string }[])[0]?.value)).not.toContain('after')
  expect(told.at(0)).toMatchObject({ $exception_source: 'browser.unhandledrejection' })
  expect(told.at(-1)).toMatchObject({
    $exception_list: [{ value: 'last', mechanism: { type: 'generic', handled: true } }],
    $exception_steps: [{ $message: 'before after' }],
  })
})
