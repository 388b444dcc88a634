/** The web context on the script tag, whose code comes late. What it says is tested in any-engine/. */

import { expect, test } from './fixtures'
import { stored } from './late-site'

test('the script tag: what is captured before the code is there waits for it', async ({
  context,
  site,
  collector,
  received,
}) => {
  site.answer('/static.html', {
    status: 200,
    headers: { 'Content-Type': 'text/html' },
    body: `<!doctype html><title>static</title><script src="/stub.js"></script>
      <script src="/__outlast/outlast.js" data-key="phc_test" data-host="${collector.url}" data-flush-interval="200"
        data-pageviews data-bots data-web-context defer></script>`,
  })
  site.answer('/stub.js', {
    status: 200,
    headers: { 'Content-Type': 'text/javascript' },
    body: "window.outlast = []; const given = { n: 1 }; outlast.push(['capture', 'early', given]); setTimeout(() => { given.n = 2 }, 0)",
  })
  const page = await context.newPage()
  await page.goto(`${site.url}/static.html?utm_source=news`, { referer: 'https://blog.example/' })
  const events = await received(2)
  expect(events.map(({ event }) => event).sort()).toEqual(['$pageview', 'early'])
  for (const { properties } of events) {
    expect(properties).toMatchObject({ $browser: 'Chrome', utm_source: 'news', $referrer: 'https://blog.example/' })
  }
})

test('the script tag: a page that is left before the code is there loses nothing', async ({
  context,
  site,
  collector,
  received,
}) => {
  site.answer('/static.html', {
    status: 200,
    headers: { 'Content-Type': 'text/html' },
    body: `<!doctype html><title>static</title>
      <script src="/__outlast/outlast.js" data-key="phc_test" data-host="${collector.url}" data-flush-interval="200"
        data-pageviews data-bots data-web-context defer></script>`,
  })
  const page = await context.newPage()
  // Its code never comes.
  await page.route('**/lazy/web-context.js', () => undefined)
  await page.goto(`${site.url}/static.html`, { waitUntil: 'domcontentloaded' })
  await page.waitForFunction(() => 'push' in (window.outlast ?? {}))
  // No beacon is sent before the disk has said whether the person refuses.
  await expect.poll(() => stored(page, 'journal')).toEqual(['$pageview'])
  await page.goto(`${site.url}/away.html`)
  const [event] = await received(1)
  expect(event?.event).toBe('$pageview')
})

test('the script tag: options that the site gives in a bundle of its own count, also before the tag’s code is there', async ({
  context,
  site,
  collector,
  received,
}) => {
  site.answer('/static.html', {
    status: 200,
    headers: { 'Content-Type': 'text/html' },
    body: `<!doctype html><title>static</title>
      <script src="/__outlast/outlast.js" data-key="phc_test" data-host="${collector.url}" data-flush-interval="200"
        data-web-context></script>
      <script type="module">
        import { webContext } from '/outlast/web-context.js'
        outlast.capture('before')
        webContext(outlast, { person: false, campaignParams: false })
        outlast.capture('between')
        window.called = true
      </script>`,
  })
  const page = await context.newPage()
  let release: (() => void) | undefined
  const called = new Promise<void>((resolve) => {
    release = resolve
  })
  await page.route('**/lazy/web-context.js', async (route) => {
    await called
    await route.continue()
  })
  const loaded = page.waitForResponse('**/lazy/web-context.js')
  await page.goto(`${site.url}/static.html?utm_source=news`, { waitUntil: 'domcontentloaded' })
  await page.waitForFunction(() => 'called' in window)
  release?.()
  await loaded
  const events = await received(2)
  await page.evaluate(() => window.outlast.capture('after'))
  for (const { event, properties } of [...events, ...(await received(3))]) {
    expect(properties).toMatchObject({ $browser: 'Chrome' })
    expect(properties.utm_source).toBe(event === 'before' ? 'news' : undefined)
    expect('$set_once' in properties).toBe(event === 'before')
  }
})
