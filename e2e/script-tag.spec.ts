import type { init } from '../src/index'
import type { Outlast } from '../src/page/types'
import { expect, test } from './fixtures'

/** What the script tag puts in the page. */
interface Stub {
  outlast: Outlast & { push(command: unknown[]): void; init: typeof init }
}

test('one script tag configures itself, and what was queued before it loaded is captured', async ({
  context,
  site,
  collector,
  received,
}) => {
  site.answer('/static.html', {
    status: 200,
    headers: { 'Content-Type': 'text/html' },
    body: `<!doctype html><title>static</title>
      <script src="/stub.js"></script>
      <script src="/__outlast/outlast.js" data-key="phc_test" data-host="${collector.url}"
        data-flush-interval="200" data-disable-geoip data-pageviews data-web-vitals defer></script>`,
  })
  site.answer('/stub.js', {
    status: 200,
    headers: { 'Content-Type': 'text/javascript' },
    body: "(window.outlast = window.outlast || []).push(['capture', 'early', { n: 1 }])",
  })
  const page = await context.newPage()
  await page.goto(`${site.url}/static.html`)
  await page.evaluate(() => (window as unknown as Stub).outlast.push(['capture', 'late', { n: 2 }]))
  await page.evaluate(() => window.outlast.capture('direct'))
  const events = await received(4)
  const names = events.map(({ event }) => event)
  expect(names).toEqual(expect.arrayContaining(['early', '$pageview', 'late', 'direct']))
  expect(events.every(({ properties }) => properties.$geoip_disable === true)).toBe(true)
  expect(await page.evaluate(() => window.outlast.ready)).toEqual({ host: 'worker', storage: 'indexeddb' })
})

test('without data-key, init starts it by hand and runs what was queued', async ({
  context,
  site,
  collector,
  received,
}) => {
  site.answer('/static.html', {
    status: 200,
    headers: { 'Content-Type': 'text/html' },
    body: '<!doctype html><title>static</title><script src="/__outlast/outlast.js"></script>',
  })
  const page = await context.newPage()
  await page.goto(`${site.url}/static.html`)
  await page.evaluate((host) => {
    const { outlast } = window as unknown as Stub
    outlast.push(['capture', 'queued'])
    outlast.init('phc_test', { host, flushInterval: 200 })
    outlast.capture('after')
  }, collector.url)
  const events = await received(2)
  expect(events.map(({ event }) => event)).toEqual(['queued', 'after'])
})

test('a strict content security policy with Trusted Types is kept', async ({ context, collector, received }) => {
  const { startSite } = await import('./site.mjs')
  const policy = [
    "default-src 'self'",
    `connect-src 'self' ${collector.url}`,
    "require-trusted-types-for 'script'",
    'trusted-types outlast',
  ].join('; ')
  const site = await startSite({ headers: { 'Content-Security-Policy': policy } })
  const page = await context.newPage()
  const init = { host: collector.url, flushInterval: 200 }
  await page.goto(`${site.url}/?init=${encodeURIComponent(JSON.stringify(init))}`)
  expect(await page.evaluate(() => window.outlast.ready)).toEqual({ host: 'worker', storage: 'indexeddb' })
  await page.evaluate(() => window.outlast.capture('strict'))
  await received(1)
  await page.close()
  await site.close()
})
