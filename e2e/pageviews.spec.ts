/** Page views in Chromium: what a site does with them. What holds in each engine is tested in any-engine/. */

import type { BrowserContext } from 'playwright'
import type { Pageviews } from '../src/pageviews'
import { expect, test } from './fixtures'
import { beginHidden } from './hidden-page'
import { leave } from './leave'
import { act, all, start, told } from './pageviews-page'

test('P11: a page that has locked its history goes on, and back and forward still count', async ({
  context,
  open,
  received,
}) => {
  await context.addInitScript(() => Object.defineProperty(window, 'navigation', { value: undefined }))
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
        await leave(page)
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
