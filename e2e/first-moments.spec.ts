/** A page with the script tag, in the moments before what loads late is there: whose events they are, and what is told of them. */

import type { BrowserContext, Page } from 'playwright'
import type { Pageviews } from '../src/pageviews'
import { test as base, expect, type Received } from './fixtures'

/** How late a file of the script tag comes, in ms. */
const LATE_MS = 1_200

const WEB_CONTEXT = '**/lazy/web-context.js'
const PAGEVIEWS = '**/lazy/pageviews.js'
const DELIVERY = '**/lazy/delivery.js'

/** A person's browser, which no test has. */
const asPerson = (context: BrowserContext) =>
  context.addInitScript(() => {
    Object.defineProperty(navigator, 'webdriver', { value: false })
    Object.defineProperty(navigator, 'userAgent', {
      value: 'Mozilla/5.0 (Windows NT 10.0) Chrome/140.0.0.0 Safari/537.36',
    })
  })

interface Given {
  /** What runs right before the script tag, and right after it. */
  before?: string
  code?: string
  /** Files that come late. */
  late?: string[]
  waitUntil?: 'load' | 'commit'
}

const test = base.extend<{ openTag(attributes: string, given?: Given): Promise<Page> }>({
  /** Opens a page with the script tag and these attributes. */
  openTag: async ({ context, site, collector }, use) => {
    await use(async (attributes, { before = '', code = '', late = [], waitUntil = 'load' } = {}) => {
      const script = (body: string) => ({ status: 200, headers: { 'Content-Type': 'text/javascript' }, body })
      site.answer('/before.js', script(before))
      site.answer('/after.js', script(code))
      site.answer('/static.html', {
        status: 200,
        headers: { 'Content-Type': 'text/html' },
        body: `<!doctype html><title>Static</title><script src="/before.js"></script>
          <script src="/__outlast/outlast.js" data-key="phc_test" data-host="${collector.url}" data-flush-interval="200" ${attributes}></script>
          <script src="/after.js"></script>`,
      })
      await asPerson(context)
      const page = await context.newPage()
      for (const file of late) {
        await page.route(file, async (route) => {
          await new Promise((resolve) => setTimeout(resolve, LATE_MS))
          await route.continue().catch(() => undefined)
        })
      }
      await page.goto(`${site.url}/static.html?utm_source=news`, { waitUntil })
      return page
    })
  },
})

const byName = (events: Received[]) => Object.fromEntries(events.map((event) => [event.event, event]))

const settled = (page: Page) => page.evaluate(() => window.outlast.flush())

for (const late of [[WEB_CONTEXT], [DELIVERY], [WEB_CONTEXT, DELIVERY]]) {
  test(`what is captured before ${late} is there is that person's and that page's, with its web context`, async ({
    openTag,
    site,
    received,
  }) => {
    const page = await openTag('data-pageviews="load" data-web-context', {
      late,
      code: `outlast.identify('alice'); outlast.capture('purchase', { $set_once: { first_buy: 1 } }); outlast.reset()
       history.pushState({}, '', '/elsewhere'); outlast.register({ plan: 'pro' }); outlast.capture('after')`,
    })
    // The person after the reset sees the page, too.
    const events = await received(5)
    const { $identify, purchase, after } = byName(events)
    const $pageview = events.find(
      ({ event, properties }) => event === '$pageview' && properties.$pathname === '/static.html',
    )
    for (const one of [$pageview, $identify, purchase]) {
      expect(one?.properties).toMatchObject({
        $browser: 'Chrome',
        utm_source: 'news',
        $pathname: '/static.html',
        $current_url: `${site.url}/static.html?utm_source=news`,
        $session_entry_pathname: '/static.html',
      })
      expect(one?.properties).not.toHaveProperty('plan')
    }
    expect(purchase?.distinct_id).toBe('alice')
    expect(purchase?.properties.$set_once).toEqual({ first_buy: 1 })
    expect($pageview?.properties.$set_once).toMatchObject({
      $initial_utm_source: 'news',
      $initial_pathname: '/static.html',
    })
    expect($identify?.properties.$anon_distinct_id).toBe($pageview?.distinct_id)
    expect(after?.properties).toMatchObject({ $pathname: '/elsewhere', $browser: 'Chrome', plan: 'pro' })
    expect(after?.distinct_id).not.toBe('alice')
    expect(after?.distinct_id).not.toBe($pageview?.distinct_id)
    expect(after?.properties.$session_id).not.toBe(purchase?.properties.$session_id)
    // Nothing is written down of who is gone.
    await settled(page)
    const kept = await page.evaluate(() => JSON.stringify({ ...localStorage }))
    expect(kept).not.toContain(String($pageview?.distinct_id))
  })
}

test('P10: what was captured before an erasure stays erased, and what happens while the person refuses is not told', async ({
  openTag,
  received,
}) => {
  const page = await openTag('data-pageviews data-web-context data-exceptions', {
    late: [WEB_CONTEXT, PAGEVIEWS, '**/lazy/exceptions.js'],
    code: `outlast.capture('ERASED'); dispatchEvent(new ErrorEvent('error', { message: 'ERASED', error: Error('ERASED') }))
     outlast.optOut({ clear: true }); outlast.capture('REFUSED')
     dispatchEvent(new ErrorEvent('error', { message: 'REFUSED', error: Error('REFUSED') }))
     setTimeout(() => { outlast.optIn(); outlast.capture('agreed') }, 100)`,
  })
  await page.waitForFunction(() => 'capturePageview' in window.outlast && 'captureException' in window.outlast)
  const events = await received(2)
  await settled(page)
  expect((await received(0)).map(({ event }) => event).sort()).toEqual(['$pageview', 'agreed'])
  const { agreed, $pageview } = byName(events)
  expect($pageview?.distinct_id).toBe(agreed?.distinct_id)
  expect(Date.parse(String($pageview?.timestamp))).toBeGreaterThanOrEqual(Date.parse(String(agreed?.timestamp)))
})

test('P2: what was captured under consent is delivered after a refusal, and by shutdown and flush', async ({
  openTag,
  received,
}) => {
  const page = await openTag('data-web-context', {
    late: [WEB_CONTEXT],
    code: "outlast.capture('agreed'); outlast.optOut(); outlast.capture('refused')",
  })
  const [agreed] = await received(1)
  expect(agreed?.properties.$browser).toBe('Chrome')
  await settled(page)
  expect((await received(0)).map(({ event }) => event)).toEqual(['agreed'])
})

test('a hook of a later init sees what is added to an event, and what it leaves out is left out', async ({
  openTag,
  collector,
  received,
}) => {
  const page = await openTag('data-web-context', {
    late: [WEB_CONTEXT],
    code: "outlast.capture('one')",
    waitUntil: 'commit',
  })
  await page.waitForFunction(() => 'push' in (window.outlast ?? {}))
  await page.evaluate(async (host) => {
    const { init } = await import(String('/outlast/index.js'))
    init('phc_test', {
      host,
      beforeSend(event: { properties: Record<string, unknown> }) {
        delete event.properties.$raw_user_agent
        return event
      },
    })
  }, collector.url)
  const [one] = await received(1)
  expect(one?.properties).toMatchObject({ $browser: 'Chrome', utm_source: 'news' })
  expect(one?.properties).not.toHaveProperty('$raw_user_agent')
})

for (const clear of [true, false]) {
  test(`P10: a person who refused before the tag, clear ${clear}, and agrees has a page view, with nothing of before`, async ({
    openTag,
    received,
  }) => {
    const page = await openTag('data-pageviews', {
      before: `window.outlast = window.outlast || []; outlast.push(['optOut', { clear: ${clear} }])`,
    })
    await page.waitForFunction(() => 'capturePageview' in window.outlast)
    await page.evaluate(() => window.outlast.optIn())
    await page.evaluate(() => dispatchEvent(new PageTransitionEvent('pagehide')))
    const events = await received(2)
    expect(events.map(({ event }) => event).sort()).toEqual(['$pageleave', '$pageview'])
    const { $pageview, $pageleave } = byName(events)
    expect($pageleave?.properties.$pageview_id).toBe($pageview?.uuid)
  })
}

test('the page view of the tag is counted once where the app starts page views too', async ({ openTag, received }) => {
  const page = await openTag('data-pageviews', { late: [PAGEVIEWS] })
  await page.evaluate(async () => {
    const { pageviews } = await import(String('/outlast/pageviews.js'))
    const { getPageviewId } = pageviews(window.outlast) as Pageviews
    Object.assign(window, { getPageviewId })
  })
  const [view] = await received(1)
  await page.waitForFunction(() => 'capturePageview' in window.outlast)
  const id = await page.evaluate(() => (window as unknown as Pageviews).getPageviewId())
  expect(id).toBe(view?.uuid)
  await page.evaluate(() => dispatchEvent(new PageTransitionEvent('pagehide')))
  const events = await received(2)
  await page.evaluate(() => window.outlast.flush())
  expect((await received(0)).map(({ event }) => event).sort()).toEqual(['$pageleave', '$pageview'])
  expect(byName(events).$pageleave?.properties.$pageview_id).toBe(view?.uuid)
})

test('P10: the page view of a person who was reset is not told of in the events of the next one', async ({
  openTag,
  received,
}) => {
  const page = await openTag('data-pageviews', {
    late: [PAGEVIEWS],
    code: "outlast.identify('alice'); outlast.reset()",
  })
  await page.waitForFunction(() => 'capturePageview' in window.outlast)
  await page.evaluate(() => dispatchEvent(new PageTransitionEvent('pagehide')))
  const events = await received(4)
  const [first, ...others] = events.filter(({ event }) => event === '$pageview')
  const leave = byName(events).$pageleave
  expect(leave?.distinct_id).not.toBe(first?.distinct_id)
  expect(leave?.properties.$pageview_id).toBe(others[0]?.uuid)
})

test('a consent that another tab of the site hears first makes a page view here too', async ({
  openTag,
  site,
  collector,
  received,
}) => {
  site.answer('/frame.html', { status: 200, headers: { 'Content-Type': 'text/html' }, body: '<title>frame</title>' })
  const page = await openTag('data-pageviews', { code: 'outlast.optOut()' })
  await page.waitForFunction(() => 'capturePageview' in window.outlast)
  await page.evaluate(
    () =>
      new Promise((resolve) => {
        const frame = document.createElement('iframe')
        frame.onload = resolve
        frame.src = '/frame.html'
        document.body.append(frame)
      }),
  )
  await page.evaluate(async (host) => {
    const [frame] = document.getElementsByTagName('iframe')
    const inner = frame?.contentWindow as unknown as { eval(code: string): Promise<unknown> }
    await inner.eval(
      `import('/outlast/index.js').then(({ init }) => init('phc_test', { host: ${JSON.stringify(host)} }).optIn())`,
    )
  }, collector.url)
  const events = await received(2)
  expect(events.map(({ event }) => event)).toEqual(['$pageview', '$pageview'])
})
