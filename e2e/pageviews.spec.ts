import type { BrowserContext, Page } from 'playwright'
import type { Pageviews, PageviewsOptions } from '../src/pageviews'
import type { PostHogConfig } from '../src/plugins/posthog-compat/types'
import { expect, type Received, test } from './fixtures'
import { beginHidden } from './hidden-page'
import { type CompatPage, type Library, visit } from './posthog-compat-page'

/** How a page learns of navigation: by the Navigation API, or where there is none by its history. */
const ENGINES = {
  'the Navigation API': async () => undefined,
  'history alone': (context: BrowserContext) =>
    context.addInitScript(() => Object.defineProperty(window, 'navigation', { value: undefined })),
}

/** Longer than a page view of a navigation waits to be captured, in ms. */
const SETTLED_MS = 120

/** Starts page views in a page. The browser of a test is automated. */
const start = (page: Page, options: Omit<PageviewsOptions, 'scrollRoot'> = {}) =>
  page.evaluate(async (options) => {
    const { pageviews } = await import(String('/outlast/pageviews.js'))
    Object.assign(window, { pageviews, own: pageviews(window.outlast, { bots: true, ...options }) })
  }, options)

/** Runs code of a page, and waits until what it did counts. */
const act = (page: Page, code: string) =>
  page.evaluate(
    async ([code, ms]) => {
      // The browser goes back, and to another hash, in a task of its own, which a busy machine may take its time for.
      const arrives = /history\.(back|forward)|location\.hash =/.test(code)
      const arrived = arrives && new Promise((resolve) => addEventListener('popstate', resolve, { once: true }))
      new Function(code)()
      await arrived
      await new Promise((resolve) => setTimeout(resolve, ms))
    },
    [code, SETTLED_MS] as const,
  )

const pathOf = ({ properties }: Received) => {
  const { pathname, hash } = new URL(String(properties.$current_url))
  return pathname + hash
}

/** The names and paths of events in the order in which they were captured. */
const told = (events: Received[]) =>
  events
    .toSorted((a, b) => Date.parse(a.timestamp) - Date.parse(b.timestamp) || (a.uuid < b.uuid ? -1 : 1))
    .map((event) => `${event.event} ${pathOf(event)}`)

/** Waits until the queue is empty, and gives what the collector has. */
async function all(page: Page, received: (count: number) => Promise<Received[]>): Promise<Received[]> {
  await page.evaluate(() => window.outlast.flush())
  return received(0)
}

for (const [engine, prepare] of Object.entries(ENGINES)) {
  test.describe(`by ${engine}`, () => {
    test.beforeEach(async ({ context }) => void (await prepare(context)))

    test('page views of a load and of each path, with the end of the one before', async ({ open, received }) => {
      const page = await open()
      await start(page)
      await act(page, "history.pushState({}, '', '/a')")
      await act(page, "history.replaceState({ scroll: 5 }, '', '/a?page=2#part')")
      await act(page, "history.replaceState({}, '', '/b')")
      await act(page, 'history.back()')
      const events = await all(page, received)
      expect(told(events)).toEqual(['$pageview /', '$pageview /a', '$pageview /b', '$pageview /'])
      const views = events.toSorted((a, b) => Date.parse(a.timestamp) - Date.parse(b.timestamp))
      expect(views.map(({ properties }) => properties.navigation_type)).toEqual([
        undefined,
        'pushState',
        'replaceState',
        'popstate',
      ])
      for (const [index, { uuid, properties }] of views.entries()) {
        expect(properties.$pageview_id).toBe(uuid)
        expect(properties.title).toBe('A page that captures')
        expect(properties.$prev_pageview_id).toBe(views[index - 1]?.uuid)
      }
      expect(views[1]?.properties).toMatchObject({
        $prev_pageview_pathname: '/',
        $prev_pageview_max_scroll_percentage: 1,
        $prev_pageview_max_content_percentage: 1,
      })
      const { stop } = await page
        .evaluateHandle(() => (window as unknown as { own: Pageviews }).own)
        .then((own) => ({
          stop: () => own.evaluate((own) => own.stop()),
        }))
      await stop()
      await act(page, "history.pushState({}, '', '/unseen')")
      expect(await all(page, received)).toHaveLength(4)
    })

    test('a storm of replaceState with the same path is no page view, and a hash router is one by option', async ({
      open,
      received,
    }) => {
      const page = await open()
      await start(page, { navigation: ['hash'] })
      await act(page, "for (let n = 0; n < 60; n++) history.replaceState({ n }, '', '/?scroll=' + n)")
      await act(page, "location.hash = '#/cart'")
      await act(page, "history.pushState({}, '', '#/pay')")
      await act(page, 'history.back()')
      expect(told(await all(page, received))).toEqual([
        '$pageview /',
        '$pageview /#/cart',
        '$pageview /#/pay',
        '$pageview /#/cart',
      ])
    })

    test('the title is that of the page which a router shows in a later task, and events after it come after it', async ({
      open,
      received,
    }) => {
      const page = await open()
      await start(page)
      await act(
        page,
        `history.pushState({}, '', '/cart')
        setTimeout(() => {
          document.title = 'Cart'
          window.outlast.capture('cart shown')
        }, 5)`,
      )
      const events = await all(page, received)
      expect(told(events)).toEqual(['$pageview /', '$pageview /cart', 'cart shown /cart'])
      expect(events.find((event) => pathOf(event) === '/cart')?.properties).toBeDefined()
      expect(events.find(({ event, properties }) => event === '$pageview' && properties.title === 'Cart')).toBeDefined()
    })
  })
}

test('P11: a page that has locked its history goes on, and back and forward still count', async ({
  context,
  open,
  received,
}) => {
  await ENGINES['history alone'](context)
  const page = await open()
  await page.evaluate(() => Object.freeze(history))
  await start(page)
  await act(page, "history.pushState({}, '', '/a')")
  await act(page, "history.pushState({}, '', '/b')")
  await act(page, 'history.back()')
  expect(told(await all(page, received))).toEqual(['$pageview /', '$pageview /a'])
})

test('StrictMode, a component that is mounted again, and a second copy of the code: one page view', async ({
  open,
  received,
}) => {
  const page = await open()
  await page.evaluate(async () => {
    const { pageviews } = await import(String('/outlast/pageviews.js'))
    const { pageviews: copy } = await import(String('/outlast/pageviews.js?copy'))
    const options = { bots: true }
    pageviews(window.outlast, options).stop()
    const first = pageviews(window.outlast, options)
    const second = copy({ ...window.outlast }, options)
    first.stop()
    first.stop()
    Object.assign(window, { second })
  })
  await act(page, "history.pushState({}, '', '/a')")
  await page.evaluate(() => (window as unknown as { second: Pageviews }).second.stop())
  await act(page, "history.pushState({}, '', '/b')")
  expect(told(await all(page, received))).toEqual(['$pageview /', '$pageview /a'])
})

test('two clients of a page have page views of their own', async ({ open, received, collector }) => {
  const page = await open()
  await start(page)
  await page.evaluate(async (host) => {
    const { init } = await import(String('/outlast/index.js'))
    const { pageviews } = window as unknown as { pageviews: (client: unknown, options: unknown) => void }
    const other = init('phc_other', { host, flushInterval: 200 })
    pageviews(other, { bots: true })
    Object.assign(window, { other })
  }, collector.url)
  await act(page, "history.pushState({}, '', '/a')")
  await page.evaluate(() => (window as unknown as { other: typeof window.outlast }).other.flush())
  const events = await all(page, received)
  expect(told(events).toSorted()).toEqual(['$pageview /', '$pageview /', '$pageview /a', '$pageview /a'])
  expect(new Set(events.map(({ properties }) => properties.$pageview_id)).size).toBe(4)
})

test('P10: a person who refuses has no page view, and one who agrees has that of the page', async ({
  open,
  received,
}) => {
  const page = await open()
  await page.evaluate(() => window.outlast.optOut())
  await start(page)
  await act(page, "history.pushState({}, '', '/read')")
  await page.evaluate(() => {
    window.outlast.optIn()
    window.outlast.optIn()
  })
  const events = await all(page, received)
  expect(told(events)).toEqual(['$pageview /read'])
  expect(events[0]?.properties).not.toHaveProperty('$prev_pageview_id')
})

test('P5: a tab that is closed has its $pageleave, once, with how long and how far it was read', async ({
  open,
  received,
}) => {
  const page = await open()
  await page.evaluate(() => {
    document.body.style.height = '3000px'
  })
  await start(page)
  await act(page, 'scrollTo(0, 700)')
  await act(page, 'scrollTo(0, 100)')
  const [view] = await received(1)
  await Promise.all([page.waitForEvent('close'), page.close({ runBeforeUnload: true })])
  const next = await open()
  const events = await received(2)
  await next.evaluate(() => window.outlast.flush())
  expect((await received(2)).map(({ event }) => event)).toEqual(['$pageview', '$pageleave'])
  const { properties } = events[1] as Received
  expect(properties).toMatchObject({
    $pageview_id: view?.uuid,
    $prev_pageview_id: view?.uuid,
    $prev_pageview_pathname: '/',
    $prev_pageview_last_scroll: 100,
    $prev_pageview_max_scroll: 700,
  })
  expect(properties.$prev_pageview_duration).toBeGreaterThanOrEqual((2 * SETTLED_MS) / 1000)
  expect(properties.$prev_pageview_max_scroll_percentage).toBeGreaterThan(
    Number(properties.$prev_pageview_last_scroll_percentage),
  )
})

test('a page that comes back from the back/forward cache was left once, and has another page view', async ({
  open,
  received,
}) => {
  const page = await open()
  await start(page)
  // Whether Chromium keeps a page is up to Chromium, so the page is only told so.
  await act(page, "dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))")
  await act(page, "dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
  await expect.poll(async () => told(await all(page, received))).toEqual(['$pageview /', '$pageleave /', '$pageview /'])
  const events = (await received(3)).toSorted((a, b) => Date.parse(a.timestamp) - Date.parse(b.timestamp))
  const [, , back] = events as [Received, Received, Received]
  expect(back.properties).toMatchObject({ navigation_type: 'back-forward-cache', $pageview_id: back.uuid })
  expect(back.properties).not.toHaveProperty('$prev_pageview_id')
})

test('a page that is reloaded is left, and has another page view', async ({ open, received }) => {
  const page = await open()
  await start(page)
  await page.reload()
  await page.evaluate(() => window.outlast.ready)
  await start(page)
  await expect.poll(async () => told(await all(page, received))).toEqual(['$pageview /', '$pageleave /', '$pageview /'])
})

test('a page in the background has its page view when it is shown, and is not left while it is hidden', async ({
  context,
  open,
  received,
}) => {
  await beginHidden(context)
  const page = await open()
  await start(page)
  await act(page, "history.pushState({}, '', '/unseen')")
  expect(await all(page, received)).toEqual([])
  await page.evaluate(() => {
    for (let times = 0; times < 3; times++) dispatchEvent(new Event('turn'))
  })
  expect(told(await all(page, received))).toEqual(['$pageview /unseen'])
})

test('options that cannot be used are named once, with those that can', async ({ open }) => {
  const page = await open()
  const said: string[] = []
  page.on('console', (message) => message.type() === 'warning' && said.push(message.text()))
  await page.evaluate(async () => {
    const { pageviews } = await import(String('/outlast/pageviews.js'))
    for (let times = 0; times < 2; times++)
      pageviews(window.outlast, { bots: true, navigation: ['path'], capture: true })
  })
  expect(said).toEqual([expect.stringMatching(/navigation \(of pathname,search,hash\).*not capture, path$/)])
})

test('P11: a scrollRoot that is no function or throws costs what is scrolled, and is told of once', async ({
  open,
  received,
}) => {
  const page = await open()
  const said: string[] = []
  page.on('console', (message) => message.type() === 'warning' && said.push(message.text()))
  await page.evaluate(async () => {
    const { pageviews } = await import(String('/outlast/pageviews.js'))
    pageviews(window.outlast, { bots: true, scrollRoot: 'main' })
    dispatchEvent(new Event('scroll'))
  })
  expect(told(await all(page, received))).toEqual(['$pageview /'])
  expect(said).toEqual([expect.stringContaining('scrollRoot')])
})

test.describe('on the script tag', () => {
  const served = (host: string, words: string) => ({
    status: 200,
    headers: { 'Content-Type': 'text/html' },
    body: `<!doctype html><title>Static</title>
      <script src="/__outlast/outlast.js" data-key="phc_test" data-host="${host}" data-flush-interval="200" ${words}></script>`,
  })

  /** A person's browser, which no test has. */
  const asPerson = (context: BrowserContext) =>
    context.addInitScript(() => {
      Object.defineProperty(navigator, 'webdriver', { value: false })
      Object.defineProperty(navigator, 'userAgent', {
        value: 'Mozilla/5.0 (Windows NT 10.0) Chrome/140.0.0.0 Safari/537.36',
      })
    })

  for (const [words, expected] of [
    ['data-pageviews', ['$pageview /static.html', '$pageview /a', '$pageleave /a#b']],
    ['data-pageviews="hash"', ['$pageview /static.html', '$pageview /a', '$pageview /a#b', '$pageleave /a#b']],
    ['data-pageviews="load"', ['$pageview /static.html', '$pageleave /a#b']],
    ['data-pageviews="no-leave"', ['$pageview /static.html', '$pageview /a']],
    ['data-pageviews="false"', []],
  ] as const) {
    for (const more of ['', ' data-bots']) {
      test(`${words}${more}: its page views, and the end of the last one`, async ({
        context,
        site,
        collector,
        received,
      }) => {
        await asPerson(context)
        site.answer('/static.html', served(collector.url, words + more))
        const page = await context.newPage()
        await page.goto(`${site.url}/static.html`)
        await page.evaluate(() => window.outlast.ready)
        if (!words.includes('false')) await page.waitForFunction(() => 'capturePageview' in window.outlast)
        await act(page, "history.pushState({}, '', '/a')")
        await act(page, "location.hash = 'b'")
        await page.evaluate(() => window.outlast.flush())
        await Promise.all([page.waitForEvent('close'), page.close({ runBeforeUnload: true })])
        const next = await context.newPage()
        site.answer('/static.html', served(collector.url, ''))
        await next.goto(`${site.url}/static.html`)
        await expect.poll(async () => told(await all(next, received))).toEqual(expected)
        const [first, second] = await received(0)
        if (first) expect(first.properties).toMatchObject({ title: 'Static', $pageview_id: first.uuid })
        if (second) expect(second.properties).toMatchObject({ $prev_pageview_id: first?.uuid })
      })
    }
  }
})

/** What posthog-js has of a page view, and of its end. */
const COMPARED = /^\$(pageview_id|prev_pageview_\w+|current_url)$|^title$|^navigation_type$/

/** What a page does between its load and its end. */
const STORY = [
  "document.body.style.height = '3000px'",
  'scrollTo(0, 900)',
  'scrollTo(0, 200)',
  "history.pushState({}, '', '/a'); document.title = 'A'",
  "history.replaceState({}, '', '/a?x=1')",
  'scrollTo(0, 400)',
  "history.replaceState({}, '', '/b'); document.title = 'B'",
  'history.back()',
]

/** As above, where something within the page is scrolled. */
const INNER_STORY = [
  `const inner = document.createElement('div')
  inner.id = 'inner'
  inner.style.cssText = 'height: 100px; overflow: auto'
  inner.append(Object.assign(document.createElement('div'), { style: 'height: 900px' }))
  document.body.append(inner)
  history.pushState({}, '', '/inner')`,
  "document.querySelector('#inner').scrollTop = 300",
  "document.querySelector('#inner').scrollTop = 200",
  "history.pushState({}, '', '/a')",
  "history.pushState({}, '', '/b')",
]

for (const [what, config, story] of [
  ['', {}, STORY],
  [' without what is scrolled', { disable_scroll_properties: true }, STORY],
  [' with what is scrolled within the page', { scroll_root_selector: ['.none', '#inner'] }, INNER_STORY],
] as const) {
  test(`page views are posthog-js's${what}, property by property`, async ({ browser, site, collector }) => {
    /** The events that the page has captured when it has played the story and was left. */
    async function played(library: Library | 'pageviews') {
      const context = await browser.newContext()
      const seen: string[] = []
      try {
        const page = await context.newPage()
        await page.exposeFunction('tell', (text: string) => void seen.push(text))
        if (library === 'pageviews') {
          const init = encodeURIComponent(JSON.stringify({ host: collector.url }))
          await page.goto(
            `${site.url}/posthog-compat.html?library=outlast&host=${encodeURIComponent(collector.url)}&init=${init}`,
          )
          await page.evaluate(async (host) => {
            const { init } = await import(String('/outlast/index.js'))
            const { pageviews } = await import(String('/outlast/pageviews.js'))
            const beforeSend = (event: object) => {
              const { event: name, uuid, properties } = event as Received
              ;(window as unknown as { tell(text: string): void }).tell(JSON.stringify({ name, uuid, properties }))
              return event
            }
            pageviews(init('phc_test', { host, beforeSend }), { bots: true })
          }, collector.url)
        } else {
          await visit(page, site, collector.url, library)
          await page.evaluate((config) => {
            const before_send = (event: { event: string; uuid: string; properties: object }) => {
              const { event: name, uuid, properties } = event
              ;(window as unknown as { tell(text: string): void }).tell(JSON.stringify({ name, uuid, properties }))
              return event
            }
            const { start } = window as unknown as CompatPage
            start({
              capture_pageview: 'history_change',
              capture_pageleave: true,
              before_send,
              ...config,
            } as PostHogConfig)
          }, config as PostHogConfig)
        }
        for (const code of ['', ...story]) await act(page, code)
        // The page can still tell of what it captures while it is left, because nothing has ended it.
        await page.evaluate(() => void dispatchEvent(new PageTransitionEvent('pagehide')))
        await expect.poll(() => seen.length).toBeGreaterThanOrEqual(5)
        // posthog-js captures another $pageleave when this page goes indeed.
      } finally {
        await context.close()
      }
      const ids = new Map<unknown, string>()
      return seen.slice(0, 5).map((text) => {
        const { name, uuid, properties } = JSON.parse(text) as { name: string; uuid: string; properties: object }
        ids.set(uuid, `view ${ids.size}`)
        const compared = Object.entries(properties)
          .filter(([key]) => COMPARED.test(key))
          .map(([key, value]) => {
            if (/_id$/.test(key)) return [key, ids.get(value)]
            if (key === '$current_url') return [key, new URL(value).pathname]
            if (key === '$prev_pageview_duration') return [key, typeof value === 'number' && value > 0.1]
            return [key, value]
          })
        return { name, ...Object.fromEntries(compared) }
      })
    }
    const reference = await played('posthog-js')
    expect(reference.map(({ name }) => name)).toEqual([
      '$pageview',
      '$pageview',
      '$pageview',
      '$pageview',
      '$pageleave',
    ])
    // Where nothing is found that could be scrolled, posthog-js says that all of it was seen, and outlast nothing.
    const from = story === STORY ? 0 : 2
    expect((await played('outlast')).slice(from)).toEqual(reference.slice(from))
    if (story === STORY && what === '') expect(await played('pageviews')).toEqual(reference)
  })
}
