import { execFileSync } from 'node:child_process'
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { root } from '../scripts/paths'
import type { init } from '../src/index'
import type { Outlast } from '../src/page/types'
import { expect, test } from './fixtures'
import { stored } from './late-site'
import { leave } from './leave'
import { type Site, startSite } from './site'

/** What the script tag puts in the page. */
interface Stub {
  outlast: Outlast & { push(command: unknown[]): void; init: typeof init }
}

/** The line of a static site, before anything that it may carry besides. */
const tag = (host: string, more = 'defer') =>
  `<script src="/__outlast/outlast.js" data-key="phc_test" data-host="${host}" data-flush-interval="200" ${more}></script>`

function serve(site: Site, body: string): void {
  site.answer('/static.html', {
    status: 200,
    headers: { 'Content-Type': 'text/html' },
    body: `<!doctype html><title>static</title>${body}`,
  })
}

/** Queues what pages capture before the script has loaded. */
function serveStub(site: Site): string {
  site.answer('/stub.js', {
    status: 200,
    headers: { 'Content-Type': 'text/javascript' },
    body: "(window.outlast = window.outlast || []).push(['capture', 'early', { n: 1 }])",
  })
  return '<script src="/stub.js"></script>'
}

test('one script tag configures itself, and what was queued before it loaded is captured', { tag: '@quick' }, async ({
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
        data-flush-interval="200" data-disable-geoip data-pageviews data-bots data-web-vitals="ttfb, LCP" defer></script>`,
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

test('P11: a site that serves the files below a path of its own finds the worker beside the script', async ({
  context,
  collector,
  received,
}) => {
  const site = await startSite({ folders: [['/shop/__outlast/', 'dist/site/']] })
  try {
    serve(site, tag(collector.url).replace('/__outlast/', '/shop/__outlast/'))
    const page = await context.newPage()
    await page.goto(`${site.url}/static.html`)
    await page.evaluate(() => window.outlast.capture('from a shop'))
    await received(1)
    expect(await page.evaluate(() => window.outlast.ready)).toEqual({ host: 'worker', storage: 'indexeddb' })
  } finally {
    await site.close()
  }
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
  const { startSite } = await import('./site')
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

for (const [how, more] of [
  ['defer', 'defer'],
  ['async', 'async'],
  ['neither', ''],
] as const) {
  test(`the script tag works with ${how}, whatever was captured before it ran`, async ({
    context,
    site,
    collector,
    received,
  }) => {
    serve(site, `${serveStub(site)}${tag(collector.url, more)}<p>text`)
    const page = await context.newPage()
    await page.goto(`${site.url}/static.html`)
    await page.evaluate(() => (window as unknown as Stub).outlast.push(['capture', 'late']))
    expect((await received(2)).map(({ event }) => event)).toEqual(['early', 'late'])
  })
}

test('a script that another script adds works too', async ({ context, site, collector, received }) => {
  serve(site, serveStub(site))
  const page = await context.newPage()
  await page.goto(`${site.url}/static.html`)
  await page.evaluate((host) => {
    const script = Object.assign(document.createElement('script'), { src: '/__outlast/outlast.js' })
    Object.assign(script.dataset, { key: 'phc_test', host, flushInterval: '200' })
    document.head.append(script)
  }, collector.url)
  await received(1)
})

test('P11: a script that is blocked leaves the page as it is', async ({ context, site, collector }) => {
  serve(site, `${serveStub(site)}${tag(collector.url)}`)
  const page = await context.newPage()
  await page.route('**/outlast.js', (route) => route.abort('blockedbyclient'))
  await page.goto(`${site.url}/static.html`)
  await page.evaluate(() => (window as unknown as Stub).outlast.push(['capture', 'late']))
  expect(await page.evaluate(() => (window.outlast as unknown as unknown[]).length)).toBe(2)
  expect((await collector.stats()).requests).toBe(0)
})

for (const [what, answer] of [
  ['is missing', { status: 404 }],
  [
    'is the page that a site shows for every path',
    { status: 200, headers: { 'Content-Type': 'text/html' }, body: '<p>' },
  ],
] as const) {
  test(`P11: a worker file that ${what} leaves delivery to the page, which is told`, async ({
    context,
    site,
    collector,
    received,
  }) => {
    serve(site, `${serveStub(site)}${tag(collector.url)}`)
    site.answer('/__outlast/worker.js', answer)
    const page = await context.newPage()
    await page.addInitScript(() => {
      const commands: unknown[] = []
      commands.push(['on', 'degraded', (change: unknown) => Object.assign(window, { told: change })])
      Object.assign(window, { outlast: commands })
    })
    await page.goto(`${site.url}/static.html`)
    await received(1)
    expect(await page.evaluate(() => window.outlast.ready)).toMatchObject({ host: 'page', storage: 'indexeddb' })
    const told = await page.evaluate(() => (window as typeof window & { told: unknown }).told)
    expect(told).toMatchObject({ from: 'worker', to: 'page', reason: expect.stringContaining('/__outlast/worker.js') })
  })
}

test('P1: code that cannot be loaded at first costs no event', async ({ context, site, collector, received }) => {
  serve(site, `${serveStub(site)}${tag(collector.url)}`)
  site.answer('/__outlast/lazy/delivery.js', { status: 503 })
  const page = await context.newPage()
  const warned = page.waitForEvent('console', {
    predicate: (message) => message.text().includes('late code not loaded'),
  })
  await page.goto(`${site.url}/static.html`)
  await warned
  await page.evaluate(() => window.outlast.capture('meanwhile'))
  site.answer('/__outlast/lazy/delivery.js', undefined)
  await page.evaluate(() => window.dispatchEvent(new Event('online')))
  expect((await received(2)).map(({ event }) => event)).toEqual(['early', 'meanwhile'])
})

test('P1: events of a page whose code never came are delivered by the next page', async ({
  context,
  site,
  collector,
  received,
}) => {
  serve(site, `${serveStub(site)}${tag(collector.url)}`)
  site.answer('/__outlast/lazy/delivery.js', { status: 503 })
  const page = await context.newPage()
  // A beacon of the page that is left would bring them too, before the next page has its worker.
  await page.addInitScript(() => Object.assign(navigator, { sendBeacon: () => false }))
  const warned = page.waitForEvent('console', {
    predicate: (message) => message.text().includes('late code not loaded'),
  })
  await page.goto(`${site.url}/static.html`)
  await warned
  await page.evaluate(() => window.outlast.capture('left'))
  // The page is gone before its code can come after all.
  await page.goto('about:blank')
  site.answer('/__outlast/lazy/delivery.js', undefined)
  serve(site, tag(collector.url))
  expect((await collector.stats()).events).toBe(0)
  await page.goto(`${site.url}/static.html`)
  expect((await received(2)).map(({ event }) => event)).toEqual(['early', 'left'])
  expect(await page.evaluate(() => window.outlast.ready)).toEqual({ host: 'worker', storage: 'indexeddb' })
})

test('the line that "outlast copy" prints is taken by a browser that checks its integrity', async ({
  context,
  site,
  collector,
  received,
}) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'outlast-copy-'))
  const printed = execFileSync(process.execPath, [path.join(root, 'dist/cli.js'), 'copy', folder], { encoding: 'utf8' })
  await rm(folder, { recursive: true })
  const line =
    /<script[\s\S]*<\/script>/
      .exec(printed)?.[0]
      .replace('https://eu.i.posthog.com', collector.url)
      .replace('data-pageviews', 'data-pageviews data-bots') ?? ''
  expect(line).toContain('integrity="sha384-')
  serve(site, line)
  const page = await context.newPage()
  await page.goto(`${site.url}/static.html`)
  await page.evaluate(() => window.outlast.flush())
  expect((await received(1)).map(({ event }) => event)).toEqual(['$pageview'])
})

/** A static page on disk, with the files that "outlast copy" puts beside it. */
async function onDisk(line: string): Promise<{ folder: string; url: string }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'outlast-file-'))
  await cp(path.join(root, 'dist/site'), path.join(folder, '__outlast'), { recursive: true })
  const file = path.join(folder, 'index.html')
  await writeFile(file, `<!doctype html><title>on disk</title>${line.replace('"/__outlast/', '"__outlast/')}`)
  return { folder, url: pathToFileURL(file).href }
}

test('P11: a script from another origin without CORS brings its late code along, and delivers', async ({
  context,
  collector,
  received,
}) => {
  const site = await startSite()
  try {
    const elsewhere = site.url.replace('localhost', '127.0.0.1')
    serve(site, `${serveStub(site)}${tag(collector.url).replace('/__outlast/', `${elsewhere}/__outlast/`)}`)
    const page = await context.newPage()
    await page.goto(`${site.url}/static.html`)
    await page.evaluate(() => window.outlast.capture('from elsewhere'))
    expect((await received(2)).map(({ event }) => event)).toEqual(['early', 'from elsewhere'])
    // The worker of the page's own origin is where every site has it.
    expect(await page.evaluate(() => window.outlast.ready)).toEqual({ host: 'worker', storage: 'indexeddb' })
  } finally {
    await site.close()
  }
})

for (const [cors, delivered] of [
  ['', 'as the page is left'],
  ['crossorigin', 'at once'],
] as const) {
  test(`P5: under required Trusted Types a script from another origin ${cors ? 'with' : 'without'} CORS delivers ${delivered}`, async ({
    browser,
    collector,
    received,
  }) => {
    // The browser says itself in the console what it has refused.
    const context = await browser.newContext()
    const said: string[] = []
    context.on('console', (message) => message.text().startsWith('[outlast]') && said.push(message.text()))
    const files = await startSite({ headers: { 'Access-Control-Allow-Origin': '*' } })
    const elsewhere = files.url.replace('localhost', '127.0.0.1')
    const site = await startSite()
    const policy = `default-src 'self'; script-src ${elsewhere}; connect-src 'self' ${collector.url}; require-trusted-types-for 'script'; trusted-types outlast`
    site.answer('/static.html', {
      status: 200,
      headers: { 'Content-Type': 'text/html', 'Content-Security-Policy': policy },
      body: `<!doctype html><title>static</title>${tag(collector.url, `defer ${cors} data-worker="false"`).replace('/__outlast/', `${elsewhere}/__outlast/`)}`,
    })
    try {
      const page = await context.newPage()
      await page.goto(`${site.url}/static.html`)
      await page.evaluate(() => window.outlast.capture('by hand'))
      // A page of the test before may still beacon what it had no answer for.
      const names = async () => (await received(1)).map(({ event }) => event)
      if (cors) await expect.poll(names).toContain('by hand')
      else {
        await expect.poll(() => said).toEqual([expect.stringMatching(/late code not loaded.*TrustedScriptURL/)])
        // No beacon is sent before the disk has said whether the person refuses.
        await expect.poll(() => stored(page, 'journal')).toEqual(['by hand'])
      }
      await leave(page)
      await expect.poll(names).toContain('by hand')
    } finally {
      await context.close()
      await site.close()
      await files.close()
    }
  })
}

test('P11: a script tag in a sandboxed frame delivers while the page is open', async ({
  context,
  collector,
  received,
}) => {
  const site = await startSite()
  try {
    serve(site, `${tag(collector.url, 'data-pageviews data-bots defer')}`)
    site.answer('/outer.html', {
      status: 200,
      headers: { 'Content-Type': 'text/html' },
      body: '<!doctype html><iframe sandbox="allow-scripts" src="/static.html"></iframe>',
    })
    const page = await context.newPage()
    await page.goto(`${site.url}/outer.html`)
    expect((await received(1)).map(({ event }) => event)).toEqual(['$pageview'])
  } finally {
    await site.close()
  }
})

test('P11: a page that is opened from disk delivers while it is open', async ({ context, collector, received }) => {
  const { folder, url } = await onDisk(tag(collector.url, 'data-pageviews data-bots defer'))
  try {
    const page = await context.newPage()
    await page.goto(url)
    expect((await received(1)).map(({ event }) => event)).toEqual(['$pageview'])
    expect(await page.evaluate(() => window.outlast.ready)).toMatchObject({
      host: expect.stringMatching(/page|memory/),
    })
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('P11: web vitals come along where no module may be imported', async ({ context, collector, received }) => {
  const site = await startSite()
  try {
    const elsewhere = site.url.replace('localhost', '127.0.0.1')
    serve(site, tag(collector.url, 'data-web-vitals="TTFB" defer').replace('/__outlast/', `${elsewhere}/__outlast/`))
    // This browser is automated and has no window, so that its vitals would be a bot's.
    await context.addInitScript(() => {
      Object.defineProperty(navigator, 'webdriver', { value: false })
      Object.defineProperty(navigator, 'userAgent', { value: 'Mozilla/5.0 Chrome/156.0.0.0 Safari/537.36' })
    })
    const page = await context.newPage()
    await page.goto(`${site.url}/static.html`)
    await page.evaluate(() => window.outlast.ready)
    await page.mouse.click(10, 10)
    await page.evaluate(() => {
      Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true })
      document.dispatchEvent(new Event('visibilitychange'))
    })
    expect((await received(1)).map(({ event }) => event)).toContain('$web_vitals')
  } finally {
    await site.close()
  }
})
