/** What stands on a page beside the library: a second copy of it, a foreign base, policies, schemes, prerendering, bots. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import type { BrowserContext, Page } from 'playwright'
import type { init } from '../src/index'
import type { Outlast, OutlastOptions } from '../src/page/types'
import type { PostHogLike } from '../src/plugins/posthog-compat/types'
import { launchUndriven, withProfile } from './browser'
import { expect, type Received, test } from './fixtures'
import { beginHidden } from './hidden-page'
import { type Site, startSite } from './site'
import { buildVariant } from './variant'

/** What a test keeps in the page between two steps. */
declare global {
  interface Window {
    dropped: string[]
  }
}

function consoleOf(context: BrowserContext): string[] {
  const said: string[] = []
  context.on('console', (message) => {
    if (message.type() === 'warning' && message.text().startsWith('[outlast]')) said.push(message.text())
  })
  return said
}

const html = (body: string) => ({
  status: 200,
  headers: { 'Content-Type': 'text/html' },
  body: `<!doctype html>${body}`,
})
const javascript = (body: string) => ({ status: 200, headers: { 'Content-Type': 'text/javascript' }, body })

const tag = (host: string, more = '') =>
  `<script src="/__outlast/outlast.js" data-key="phc_test" data-host="${host}" data-flush-interval="200" ${more}></script>`

const names = (events: Received[]) => events.map(({ event }) => event).toSorted()

test.describe('a later init', () => {
  test("P10: adds its beforeSend to the client's hooks from then on, each function once, and names once what it ignores", {
    tag: '@quick',
  }, async ({ context, open, received, collector }) => {
    const said = consoleOf(context)
    const page = await open()
    await page.evaluate(
      async ({ host, module }) => {
        const { init: start } = (await import(module)) as { init: typeof init }
        const first = window.outlast
        const secret: OutlastOptions['beforeSend'] = (event) => (event.event === 'secret' ? null : event)
        const count: OutlastOptions['beforeSend'] = (event) => ({
          ...event,
          properties: { ...event.properties, seen: Number(event.properties.seen ?? 0) + 1 },
        })
        for (let times = 0; times < 2; times++) {
          const again = start('phc_test', { host, beforeSend: [secret, count], flushAt: 7, captureMode: 'v1' })
          if (again !== first) throw Error('another client')
          first.capture('secret')
        }
        first.capture('public')
      },
      { host: collector.url, module: '/outlast/index.js' },
    )
    const [event] = await received(1)
    expect(event).toMatchObject({ event: 'public', properties: { seen: 1 } })
    await page.evaluate(() => window.outlast.flush())
    expect((await collector.stats()).events).toBe(1)
    expect(said).toEqual([expect.stringContaining('with other options: flushAt, captureMode of this call are ignored')])
  })

  test("P10: of posthog-compat has its hooks see what the page's own client captures", async ({
    open,
    received,
    collector,
  }) => {
    const page = await open()
    await page.evaluate(
      async ({ host, module }) => {
        const { default: posthog } = (await import(module)) as { default: PostHogLike }
        posthog.init('phc_test', {
          api_host: host,
          capture_pageview: false,
          advanced_disable_flags: true,
          opt_out_useragent_filter: true,
          before_send: (event) => (event?.event === 'secret' ? null : event),
        })
        window.outlast.capture('secret')
        window.outlast.capture('public')
      },
      { host: collector.url, module: '/outlast/posthog-compat.js' },
    )
    expect(names(await received(1))).toEqual(['public'])
    await page.evaluate(() => window.outlast.flush())
    expect((await collector.stats()).events).toBe(1)
  })
})

test('P4: the script tag twice counts one page view, and says so once', async ({
  context,
  site,
  collector,
  received,
}) => {
  const said = consoleOf(context)
  site.answer('/static.html', html(tag(collector.url, 'data-pageviews data-bots').repeat(2)))
  const page = await context.newPage()
  await page.goto(`${site.url}/static.html`)
  await page.evaluate(() => window.outlast.capture('by hand'))
  await received(2)
  await page.evaluate(() => window.outlast.flush())
  expect(names((await collector.events({ limit: 100 })) as Received[])).toEqual(['$pageview', 'by hand'])
  expect(said).toEqual([expect.stringContaining('loaded twice in this page: load it once')])
})

test('P8: a file that is loaded twice in two versions has one client and one queue, and says so once', async ({
  context,
  site,
  open,
  collector,
  received,
}) => {
  const next = await buildVariant([
    {
      file: 'src/core/base/version.ts',
      from: "export const SDK_VERSION = '0.1.0'\n",
      to: "export const SDK_VERSION = '0.9.0'\n",
    },
  ])
  for (const [file, body] of next) site.answer(file.replace('/outlast/', '/next/'), javascript(body))
  const said = consoleOf(context)
  const page = await open()
  const [same, stats] = await page.evaluate(
    async ({ host, module }) => {
      const { init: start } = (await import(module)) as { init: typeof init }
      const later = start('phc_test', {
        host,
        flushInterval: 200,
        beforeSend: (e) => (e.event === 'secret' ? null : e),
      })
      for (const client of [later, window.outlast]) for (const name of ['public', 'secret']) client.capture(name)
      await later.flush()
      return [later === window.outlast, await window.outlast.stats()] as const
    },
    { host: collector.url, module: '/next/index.js' },
  )
  expect(same).toBe(true)
  expect(stats).toMatchObject({ accepted: 4, pending: 0, delivered: 2, dropped: { before_send: 2 } })
  expect(names(await received(2))).toEqual(['public', 'public'])
  expect(said).toEqual([expect.stringContaining('loaded twice in this page, as 0.1.0 and 0.9.0')])
})

test.describe('a base elsewhere', () => {
  const base = '<base href="https://elsewhere.example/app/">'
  const ready = { host: 'worker', storage: 'indexeddb' }

  test('P3: costs neither worker nor code: paths of the options are this origin’s', async ({
    context,
    site,
    collector,
    received,
  }) => {
    const said = consoleOf(context)
    site.answer('/based.html', html(`${base}<script type="module" src="${site.url}/page.js"></script>`))
    site.answer('/ingest/batch/', { status: 200, body: '{"status":1}' })
    for (const options of [{ host: collector.url }, { host: '/ingest', worker: { url: './__outlast/worker.js' } }]) {
      const page = await context.newPage()
      await page.goto(`${site.url}/based.html?init=${encodeURIComponent(JSON.stringify(options))}`)
      await page.waitForFunction(() => window.outlast)
      expect(await page.evaluate(() => window.outlast.ready)).toEqual(ready)
      await page.evaluate(() => window.outlast.capture('based'))
      expect(await page.evaluate(() => window.outlast.flush())).toMatchObject({ delivered: 1 })
    }
    await received(1)
    expect(said).toEqual([])
  })

  test('P3: costs the script tag nothing either', async ({ context, site, collector, received }) => {
    site.answer('/based.html', html(base + tag(collector.url).replace('"/__', `"${site.url}/__`)))
    const page = await context.newPage()
    await page.goto(`${site.url}/based.html`)
    await page.evaluate(() => window.outlast.capture('based'))
    await received(1)
    expect(await page.evaluate(() => window.outlast.ready)).toEqual(ready)
  })
})

test('under "trusted-types outlast" any number of clients and copies of the library have their worker', async ({
  context,
  collector,
  received,
}) => {
  const policy = `default-src 'self'; connect-src 'self' ${collector.url}; require-trusted-types-for 'script'; trusted-types outlast`
  const site = await startSite({
    headers: { 'Content-Security-Policy': policy },
    folders: [
      ['/__outlast/', 'dist/site/'],
      ['/outlast/', 'dist/'],
      ['/copy/', 'dist/'],
      ['/', 'e2e/pages/'],
    ],
  })
  site.answer(
    '/many.js',
    javascript(`import { init } from '/outlast/index.js'
      import { init as other } from '/copy/index.js'
      const host = ${JSON.stringify(collector.url)}
      window.clients = [init('phc_1', { host }), init('phc_2', { host }), other('phc_3', { host })]
      for (const client of window.clients) client.capture('trusted')`),
  )
  site.answer('/many.html', html('<script type="module" src="/many.js"></script>'))
  try {
    const page = await context.newPage()
    await page.goto(`${site.url}/many.html`)
    await received(3)
    const hosts = await page.evaluate(() =>
      Promise.all((window as unknown as { clients: Outlast[] }).clients.map(async ({ ready }) => (await ready).host)),
    )
    expect(hosts).toEqual(['worker', 'worker', 'worker'])
  } finally {
    await site.close()
  }
})

test.describe('a page that can have no worker says why, once', () => {
  test('P11: from disk', async ({ context, site, collector, received }) => {
    const said = consoleOf(context)
    const folder = await mkdtemp(path.join(tmpdir(), 'outlast-disk-'))
    try {
      const file = path.join(folder, 'index.html')
      await writeFile(file, html(tag(collector.url).replace('"/__', `"${site.url}/__`)).body)
      const page = await context.newPage()
      await page.goto(pathToFileURL(file).href)
      await page.evaluate(() => window.outlast.capture('from disk'))
      await received(1)
      expect(said).toEqual([expect.stringMatching(/opened from disk \(file:\).*serve it over http.*worker: false/)])
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  test('P11: in a sandboxed frame', async ({ context, site, collector, received }) => {
    const said = consoleOf(context)
    site.answer('/inner.html', html(tag(collector.url, 'data-pageviews data-bots')))
    site.answer('/outer.html', html('<iframe sandbox="allow-scripts" src="/inner.html"></iframe>'))
    const page = await context.newPage()
    await page.goto(`${site.url}/outer.html`)
    await received(1)
    expect(said).toEqual([expect.stringMatching(/sandboxed frame.*allow-same-origin/)])
  })
})

test.describe('page views by themselves', () => {
  /** What a page tells of the moment in which it is shown. */
  const SHOWN = `<script>
    setTimeout(() => {
      document.addEventListener('prerenderingchange', () => {
        const [{ activationStart }] = performance.getEntriesByType('navigation')
        const at = Math.floor(performance.timeOrigin + activationStart)
        window.outlast.capture('shown', { at, prerendered: activationStart > 0 })
      })
      localStorage.setItem('lived unseen', String(document.prerendering))
    }, 1000)
  </script>`

  for (const [how, page] of [
    ['of the script tag', (host: string) => tag(host, 'data-pageviews data-bots') + SHOWN],
    [
      'of posthog-compat',
      (host: string) => `<script type="module">
        import posthog from '/outlast/posthog-compat.js'
        posthog.init('phc_test', { api_host: '${host}', advanced_disable_flags: true, opt_out_useragent_filter: true })
        window.outlast = posthog
      </script>${SHOWN}`,
    ],
  ] as const) {
    test(`a prerendered page's view ${how} counts when it is shown, with that time`, async ({
      site,
      collector,
      received,
    }) => {
      site.answer('/prerendered.html', html(page(collector.url)))
      await withProfile(async (profile) => {
        // Chromium prerenders nothing in a tab that is driven, so these pages drive themselves.
        const browser = launchUndriven(profile, `${site.url}/prerenders.html`)
        try {
          const events = await received(2)
          const [view, shown] = ['$pageview', 'shown'].map((name) => events.filter(({ event }) => event === name))
          expect(shown?.[0]?.properties).toMatchObject({ prerendered: true })
          expect(view).toHaveLength(1)
          expect(Date.parse(String(view?.[0]?.timestamp))).toBeGreaterThanOrEqual(Number(shown?.[0]?.properties.at))
        } finally {
          await browser.kill()
        }
      })
    })
  }

  test("a background page's view counts once, when it is shown, with that time", async ({
    context,
    site,
    collector,
    received,
  }) => {
    await beginHidden(context)
    site.answer('/static.html', html(tag(collector.url, 'data-pageviews data-bots')))
    const page = await context.newPage()
    await page.goto(`${site.url}/static.html`)
    await page.evaluate(() => window.outlast.ready)
    await page.waitForTimeout(500)
    const shownAt = await page.evaluate(async () => {
      if ((await window.outlast.stats()).accepted !== 0) throw Error('counted unseen')
      const now = Date.now()
      for (let times = 0; times < 3; times++) dispatchEvent(new Event('turn'))
      return now
    })
    const [view] = await received(1)
    expect(view?.event).toBe('$pageview')
    expect(Date.parse(String(view?.timestamp))).toBeGreaterThanOrEqual(shownAt)
    await page.evaluate(() => window.outlast.flush())
    expect((await collector.stats()).events).toBe(1)
  })

  /** Opens a static page, captures by hand, and gives the names of what arrived. */
  async function visit(context: BrowserContext, site: Site, host: string, more: string, count: number): Promise<Page> {
    site.answer('/static.html', html(tag(host, more)))
    const page = await context.newPage()
    await page.goto(`${site.url}/static.html`)
    await page.evaluate(() => window.outlast.ready)
    await page.evaluate(() => window.outlast.capture('by hand'))
    await expect.poll(() => page.evaluate(async () => (await window.outlast.stats()).accepted)).toBe(count)
    return page
  }

  const PERSON = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36'
  for (const [who, agent, webdriver, more, views] of [
    ['an automated browser', PERSON, true, 'data-pageviews', 0],
    ['a crawler', `${PERSON} (compatible; Googlebot/2.1; +http://www.google.com/bot.html)`, false, 'data-pageviews', 0],
    ['an automated browser that the site counts', PERSON, true, 'data-pageviews data-bots', 1],
    ['a visitor', PERSON, false, 'data-pageviews', 1],
    ['a monitor of the site’s own', `${PERSON} Watcher/1`, false, 'data-pageviews data-bots="watcher, other"', 0],
    ['a visitor of a site with a list', PERSON, false, 'data-pageviews data-bots="watcher, other"', 1],
  ] as const) {
    test(`${who} has ${views} views, and what is captured by hand is delivered`, async ({
      context,
      site,
      collector,
      received,
    }) => {
      await context.addInitScript(
        ([userAgent, driven]) => {
          Object.defineProperty(navigator, 'userAgent', { value: userAgent })
          Object.defineProperty(navigator, 'webdriver', { value: driven })
        },
        [agent, webdriver] as const,
      )
      await visit(context, site, collector.url, more, views + 1)
      expect(names(await received(views + 1))).toEqual(views ? ['$pageview', 'by hand'] : ['by hand'])
    })
  }

  test('posthog-compat captures nothing of a bot, unless opt_out_useragent_filter says so', async ({
    open,
    collector,
    received,
  }) => {
    const page = await open({ worker: false })
    await page.evaluate(
      async ({ host, module }) => {
        const { default: posthog } = (await import(module)) as { default: PostHogLike }
        const config = { api_host: host, advanced_disable_flags: true }
        posthog.init('phc_test', config)
        posthog.init('phc_other', { ...config, opt_out_useragent_filter: true }, 'other')
      },
      { host: collector.url, module: '/outlast/posthog-compat.js' },
    )
    expect((await received(1)).map(({ event, properties }) => [event, properties.token])).toEqual([
      ['$pageview', 'phc_other'],
    ])
  })
})

test("P5, P7: what an earlier page left in localStorage is given up with the queue's age, as expired", async ({
  open,
  collector,
}) => {
  const page = await open()
  const day = 86_400_000
  const seed = ([queue, producer, ageMs]: readonly [string, string, number]) =>
    page.evaluate(
      ([name, id, age]) => {
        const uuid = `00000000-0000-7000-8000-${String(age).padStart(12, '0')}`
        const event = { uuid, event: 'old', distinct_id: 'me', timestamp: '2026-01-01T00:00:00.000Z', properties: {} }
        const handover = {
          producer: id,
          seq: 1,
          lane: 'live',
          format: 'v0',
          dropped: {},
          skew: 0,
          at: Date.now() - age,
        }
        const text = JSON.stringify({ v: 1, handovers: [{ ...handover, events: [JSON.stringify(event)] }] })
        localStorage.setItem(`outlast:${name}:backup:${id}`, text)
      },
      [queue, producer, ageMs] as const,
    )
  const own = `phc_test ${collector.url}`
  const left = 'phc_left https://left.example'
  await seed([own, '00000000-0000-7000-8000-00000000000a', 8 * day])
  await seed([left, '00000000-0000-7000-8000-00000000000b', 30 * day])
  await seed([left, '00000000-0000-7000-8000-00000000000c', 366 * day])
  const next = await open()
  await expect
    .poll(() => next.evaluate(() => window.outlast.stats()))
    .toMatchObject({ accepted: 1, pending: 0, dropped: { expired: 1 } })
  const rest = await next.evaluate(() =>
    Object.keys(localStorage)
      .filter((key) => key.includes(':backup:'))
      .sort()
      .map((key) => JSON.parse(localStorage.getItem(key) ?? '').handovers[0])
      .map(({ events, dropped }) => [events.length, dropped]),
  )
  expect(rest).toEqual([
    [1, {}],
    [0, { expired: 1 }],
  ])
  expect((await collector.stats()).events).toBe(0)
})

test('P5, P11: init in a service worker says why nothing is captured, and drops with that reason', async ({
  context,
  site,
}) => {
  site.answer(
    '/serve.js',
    javascript(`import { init } from '${site.url}/outlast/index.js'
      self.onmessage = async ({ ports: [port] }) => {
        const said = []
        console.warn = (text) => said.push(text)
        const drops = []
        const outlast = init('phc_test', { onError: ({ reason, detail, count }) => drops.push([reason, detail, count]) })
        outlast.capture('in a service worker')
        port.postMessage({ flushed: await outlast.flush(), ready: await outlast.ready, drops, said })
      }`),
  )
  site.answer('/serves.html', html('<p>a page with a service worker'))
  const page = await context.newPage()
  await page.goto(`${site.url}/serves.html`)
  const told = await page.evaluate(async () => {
    const registration = await navigator.serviceWorker.register('/serve.js', { type: 'module' })
    const { port1, port2 } = new MessageChannel()
    const answer = new Promise((resolve) => (port1.onmessage = ({ data }) => resolve(data)))
    ;(registration.installing ?? registration.active)?.postMessage('begin', [port2])
    return answer
  })
  expect(told).toEqual({
    flushed: { delivered: 0, pending: 0, dropped: 0 },
    ready: { host: 'memory', storage: 'memory' },
    drops: [['invalid', 'init: needs a page', 1]],
    // A service worker may load nothing late, and the words are late code.
    said: [expect.stringContaining('needs a page')],
  })
})

for (const type of ['module', 'classic'] as const) {
  test(`P5, P11: init in a ${type} Web Worker says once why nothing is captured, and drops with that reason`, async ({
    context,
    site,
  }) => {
    site.answer(
      '/work.js',
      javascript(`import('${site.url}/outlast/index.js').then(async ({ init }) => {
        const outlast = init('phc_test', { onError: ({ reason, detail, count }) => postMessage([reason, detail, count]) })
        outlast.capture('in a worker')
        init('phc_test').capture('again')
        postMessage([await outlast.ready, await outlast.flush()])
      })`),
    )
    site.answer('/works.html', html('<p>a page with a worker'))
    const said = consoleOf(context)
    const page = await context.newPage()
    await page.goto(`${site.url}/works.html`)
    const told = await page.evaluate(
      (kind) =>
        new Promise<unknown[]>((resolve) => {
          const all: unknown[] = []
          new Worker('/work.js', { type: kind }).onmessage = ({ data }) => all.push(data) === 2 && resolve(all)
        }),
      type,
    )
    expect(told).toEqual([
      ['invalid', 'init: needs a page', 1],
      [
        { host: 'memory', storage: 'memory' },
        { delivered: 0, pending: 0, dropped: 0 },
      ],
    ])
    await expect.poll(() => said).toEqual([expect.stringContaining('init works in pages alone')])
  })
}
