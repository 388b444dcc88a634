/** What SECURITY.md says, held to in a real browser. */

import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import type { BrowserContext, Page } from 'playwright'
import { serve } from '../demo/serve'
import { root } from '../scripts/paths'
import { launchKillable, withProfile } from './browser'
import { expect, test } from './fixtures'
import { leave } from './leave'
import { documentedPolicies, startPolicyReports } from './policy'
import { type Site, startSite } from './site'
import { stopWorkers, unregister } from './worker-lives'

const WORKER = '/__outlast/worker.js'

test('a page and a worker under the documented policies break none, and events are delivered', async ({
  context,
  collector,
  received,
}) => {
  const reports = await startPolicyReports()
  const { page: pagePolicy, worker: workerPolicy } = await documentedPolicies(collector.url)
  const site = await startSite({ headers: { 'Content-Security-Policy': pagePolicy + reports.directive } })
  await answerWorker(site, workerPolicy + reports.directive)
  try {
    const page = await visit(context, site, { host: collector.url })
    expect(await page.evaluate(() => window.outlast.ready)).toEqual({ host: 'worker', storage: 'indexeddb' })
    await page.evaluate(() => window.outlast.capture('strict'))
    await received(1)
    await page.evaluate(() => window.outlast.getFeatureFlag('any', { sendEvent: false }))
    await leave(page)
    expect(reports.broken).toEqual([])
  } finally {
    await site.close()
    await reports.close()
  }
})

test("the demo runs under default-src 'self' with Trusted Types required, and breaks nothing of it", async ({
  context,
}) => {
  const demo = await serve({ port: 0 })
  try {
    await listenForViolations(context)
    const page = await context.newPage()
    const answer = await page.goto(demo.url)
    const policy = answer?.headers()['content-security-policy'] ?? ''
    expect(policy).toContain("default-src 'self'")
    expect(policy).toContain("require-trusted-types-for 'script'")
    expect(policy).not.toMatch(/unsafe|\*|https?:|blob:|nonce|sha\d/)
    for (let click = 0; click < 3; click++) await page.getByRole('button', { name: /^Add/ }).first().click()
    const received = async () =>
      ((await (await fetch(`${demo.url}_control/stats`)).json()) as { events: number }).events
    await expect.poll(received, { timeout: 20_000 }).toBeGreaterThanOrEqual(3)
    await page.locator('#inspect summary').click()
    const inspector = page.locator('#inspect outlast-inspector')
    await expect(inspector.getByRole('button', { name: 'Flush' })).toBeVisible()
    await expect(inspector.locator('dl')).toContainText('delivered')
    expect(await violations(page)).toEqual([])
    const [worker] = context.serviceWorkers()
    expect(worker?.url()).toBe(`${demo.url}${WORKER.slice(1)}`)
  } finally {
    await demo.close()
  }
})

for (const [what, directives, remedy] of [
  [
    'where Trusted Types allow no policy',
    "require-trusted-types-for 'script'; trusted-types 'none'",
    'trusted-types outlast',
  ],
  ['where the policy of a page allows no worker', "worker-src 'none'", "worker-src 'self'"],
  ['where a page allows other policies and requires no Trusted Types', 'trusted-types other', undefined],
] as const) {
  const host = remedy ? 'page' : 'worker'
  test(`${what}, the ${host} delivers${remedy ? ', and the page is told what to allow' : ''}`, async ({
    browser,
    collector,
    received,
  }) => {
    // The browser says itself in the console what was refused.
    const context = await browser.newContext()
    const policy = `default-src 'self'; connect-src 'self' ${collector.url}; ${directives}`
    const site = await startSite({ headers: { 'Content-Security-Policy': policy } })
    const said: string[] = []
    context.on('console', (message) => message.text().startsWith('[outlast]') && said.push(message.text()))
    try {
      const page = await visit(context, site, { host: collector.url })
      expect(await page.evaluate(() => window.outlast.ready)).toEqual({ host, storage: 'indexeddb' })
      await page.evaluate(() => window.outlast.capture('stricter'))
      await received(1)
      expect(said).toEqual(remedy ? [expect.stringContaining(`Content-Security-Policy of the page: ${remedy}`)] : [])
    } finally {
      await context.close()
      await site.close()
    }
  })
}

for (const { whose, words, options } of [
  { whose: 'the worker', words: "the worker's own response", options: {} },
  { whose: 'the page', words: 'this page', options: { worker: false } },
]) {
  test(`a policy of ${whose} that leaves out connect-src loses nothing, and the page is told what to change`, async ({
    browser,
    collector,
    received,
  }) => {
    const context = await browser.newContext()
    const site = await startSite()
    const policy = "default-src 'self'"
    if (whose === 'the worker') await answerWorker(site, policy)
    else await answerPage(site, policy)
    const warnings: string[] = []
    context.on('console', (message) => warnings.push(message.text()))
    try {
      const page = await visit(context, site, { host: collector.url, ...options })
      await page.evaluate(() => window.outlast.capture('blocked'))
      const told = () => warnings.filter((text) => text.startsWith('[outlast]'))
      await expect.poll(() => told().length, { timeout: 20_000 }).toBe(1)
      expect(told()[0]).toContain(`Content-Security-Policy of ${words} forbids requests to ${collector.url}`)
      expect(await page.evaluate(() => window.outlast.stats())).toMatchObject({ accepted: 1, pending: 1, dropped: {} })
      expect((await collector.stats()).events).toBe(0)
      // The site mends it. A worker keeps the headers that its file came with until the file changes.
      if (whose === 'the worker') {
        await answerWorker(site, `default-src 'none'; connect-src ${collector.url}`, '// mended')
        await unregister(page)
      } else site.answer('/', undefined)
      await page.close()
      const next = await visit(context, site, { host: collector.url, ...options })
      await received(1)
      await expect.poll(() => next.evaluate(() => window.outlast.pending()), { timeout: 20_000 }).toBe(0)
    } finally {
      await context.close()
      await site.close()
    }
  })
}

test.describe('another origin', () => {
  for (const way of ['in a frame', 'in a sandboxed frame', 'in a window that it opened', 'as the opener'] as const) {
    test(`cannot read, write or clear the queue ${way}`, async ({ context, open, collector, site }) => {
      collector.fault({ mode: '503' })
      const page = await open()
      await page.evaluate(() => {
        window.outlast.on('delivered', () => Object.assign(window, { fooled: true }))
        window.outlast.capture('private')
      })
      await expect.poll(() => page.evaluate(() => window.outlast.pending())).toBe(1)
      const found = await intrude(way, context, page, site, `phc_test ${collector.url}`)
      expect(found.origin).not.toBe(site.url)
      expect(found).toMatchObject({ heard: [] })
      expect(found.worker).toMatch(/^(SecurityError|TypeError|InvalidStateError)$/)
      expect(found.registered).toMatch(/^(SecurityError|TypeError|InvalidStateError)$/)
      expect(found.databases).not.toContain('outlast')
      expect(found.stored).not.toEqual([expect.any(String)])
      expect(JSON.stringify(found.locks ?? null)).not.toContain('outlast')
      expect(found.client).not.toBe('reached')
      expect(await page.evaluate(() => 'fooled' in window)).toBe(false)
      expect(await page.evaluate(() => window.outlast.stats())).toMatchObject({ accepted: 1, pending: 1, dropped: {} })
      collector.fault({ mode: 'ok' })
    })
  }
})

test('a queue of another project on the same origin is neither counted, sent nor cleared with this one', async ({
  open,
  received,
  collector,
}) => {
  collector.fault({ mode: '503' })
  const one = await open({ key: 'phc_one' })
  const other = await open({ key: 'phc_other' })
  for (const page of [one, other]) await page.evaluate(() => window.outlast.capture('mine'))
  for (const page of [one, other]) await expect.poll(() => page.evaluate(() => window.outlast.pending())).toBe(1)
  await other.evaluate(() => window.outlast.optOut({ clear: true }))
  await expect.poll(() => other.evaluate(() => window.outlast.pending())).toBe(0)
  expect(await one.evaluate(() => window.outlast.stats())).toMatchObject({ accepted: 1, pending: 1, dropped: {} })
  expect(await one.evaluate(() => window.outlast.isOptOut())).toBe(false)
  collector.fault({ mode: 'ok' })
  // It arrives before this test ends: a worker that still has it would deliver it in the middle of another test.
  expect((await received(1)).map(({ event }) => event)).toEqual(['mine'])
  await expect.poll(() => one.evaluate(() => window.outlast.pending())).toBe(0)
})

/** Stands in every event and identity that must not stay. */
const MARK = 'marked-b7f3'

for (const { host, options } of [
  { host: 'worker', options: {} },
  { host: 'page', options: { worker: false } },
]) {
  test(`P10: optOut({ clear: true }) leaves no event, identity or backup that can be read, with requests in flight and other tabs open (${host})`, async ({
    open,
    collector,
  }) => {
    collector.fault({ mode: 'hang' })
    const tab = await open({ ...options, flushAt: 2 })
    const page = await open({ ...options, flushAt: 2 })
    for (const one of [tab, page]) await one.evaluate(captureMarked, MARK)
    await expect.poll(async () => (await collector.stats()).held).toBeGreaterThan(0)
    expect(JSON.stringify(await everythingStored(page))).toContain(MARK)
    if (host === 'worker') await stopWorkers(page)
    // In one task: what was captured in it is not even in a handover yet.
    await page.evaluate((mark) => {
      window.outlast.capture(mark)
      window.outlast.optOut({ clear: true })
    }, MARK)
    await expect.poll(() => tab.evaluate(() => window.outlast.isOptOut())).toBe(true)
    for (const one of [tab, page]) {
      await expect.poll(() => one.evaluate(() => window.outlast.pending())).toBe(0)
      expect(await one.evaluate(() => window.outlast.getDistinctId())).not.toContain(MARK)
    }
    for (const one of [tab, page]) {
      await expect.poll(async () => JSON.stringify(await everythingStored(one))).not.toContain(MARK)
    }
    await expect.poll(async () => (await collector.stats()).held).toBe(0)
    collector.fault({ mode: 'ok' })
    await page.reload()
    await page.evaluate(async () => {
      window.outlast.capture('after')
      await window.outlast.flush()
    })
    const stats = await page.evaluate(() => window.outlast.stats())
    expect(stats.accepted).toBe(Object.values(stats.dropped).reduce((sum, count) => sum + count, 0))
    expect(stats).toMatchObject({ delivered: 0, pending: 0 })
    expect((await collector.stats()).events).toBe(0)
  })

  test(`P10: it holds for a page that is closed in the same task (${host})`, async ({ open, collector, context }) => {
    const opener = await open(options, '/away.html')
    collector.fault({ mode: 'down' })
    const page = await open({ ...options, flushInterval: 60_000 })
    await page.evaluate(captureMarked, MARK)
    // What no host had committed would go as a beacon before this page's own listener, and before anybody opted out.
    await page.evaluate(() => window.outlast.stats())
    await page.evaluate((mark) => {
      addEventListener('pagehide', () => {
        window.outlast.capture(mark)
        window.outlast.optOut({ clear: true })
      })
    }, MARK)
    await leave(page)
    const nothingStored = () =>
      expect.poll(async () => JSON.stringify(await everythingStored(opener))).not.toContain(MARK)
    // What the page had captured before the choice was on its way when the page was left, and has to meet the outage: as
    // a beacon where the page was the host, or in a request of the worker's, which the erasure ends.
    if (host === 'page') await expect.poll(async () => (await collector.requests()).length).toBe(1)
    else await nothingStored()
    collector.fault({ mode: 'ok' })
    // Where the page was the host, nobody is left who could erase: the next visit does it first.
    if (host === 'page') await open(options)
    await nothingStored()
    expect(await collector.events({ limit: 10 }), JSON.stringify(await collector.requests())).toEqual([])
    expect(context.pages().length).toBeGreaterThan(0)
  })
}

test('P10: what is left of it in the files of a browser profile is what SECURITY.md says', async ({
  collector,
  site,
}) => {
  test.slow()
  await withProfile(async (profile) => {
    collector.fault({ mode: '503' })
    const { context, browser } = await launchKillable(profile)
    const page = await visit(context, site, { host: collector.url })
    await page.evaluate(captureMarked, MARK)
    await expect.poll(() => page.evaluate(() => window.outlast.pending())).toBeGreaterThan(0)
    await page.evaluate(() => window.outlast.optOut({ clear: true }))
    await expect.poll(() => page.evaluate(() => window.outlast.pending())).toBe(0)
    expect(JSON.stringify(await everythingStored(page))).not.toContain(MARK)
    const session = await browser.newBrowserCDPSession()
    const closed = new Promise((resolve) => browser.once('disconnected', resolve))
    await session.send('Browser.close').catch(() => undefined)
    await closed
    const files = await filesWith(profile, MARK)
    test
      .info()
      .annotations.push({ type: 'measured', description: `files with the mark: ${files.join(', ') || 'none'}` })
    // Deleted records stay in LevelDB's log until the browser compacts it; nothing else may have them.
    for (const file of files) expect(file).toMatch(/(IndexedDB|Local Storage|Session Storage).*\.(log|ldb)$/)
    collector.fault({ mode: 'ok' })
  })
})

function captureMarked(mark: string) {
  window.outlast.identify(mark)
  window.outlast.register({ mark })
  for (let n = 0; n < 5; n++) window.outlast.capture(mark, { mark })
}

/** Every record of every store that a script of this origin can read. */
function everythingStored(page: Page) {
  return page.evaluate(async () => {
    const done = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result)
        request.onerror = () => reject(request.error)
      })
    const databases: Record<string, unknown> = {}
    for (const { name = '' } of await indexedDB.databases()) {
      const db = await done(indexedDB.open(name))
      for (const table of db.objectStoreNames) {
        const store = db.transaction(table).objectStore(table)
        databases[`${name}/${table}`] = [await done(store.getAllKeys()), await done(store.getAll())]
      }
      db.close()
    }
    const cached = []
    for (const name of await caches.keys()) {
      const cache = await caches.open(name)
      for (const request of await cache.keys()) cached.push(request.url, await (await cache.match(request))?.text())
    }
    return {
      databases,
      cached,
      local: { ...localStorage },
      session: { ...sessionStorage },
      cookies: document.cookie,
      history: [location.href, history.state, window.name],
    }
  })
}

async function filesWith(folder: string, text: string): Promise<string[]> {
  const found: string[] = []
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const file = path.join(entry.parentPath, entry.name)
    // The browser may still be tidying up; what is gone cannot be read.
    const body = await readFile(file).catch((error) =>
      error.code === 'ENOENT' ? Buffer.alloc(0) : Promise.reject(error),
    )
    if (body.includes(text) || body.includes(Buffer.from(text, 'utf16le'))) found.push(path.relative(folder, file))
  }
  return found
}

interface Found {
  origin: string
  worker: string
  registered: string
  databases: unknown
  stored: unknown
  locks: unknown
  client: unknown
}

/** Loads the intruder in that way, and returns what it found. */
async function intrude(way: string, context: BrowserContext, page: Page, site: Site, queue: string): Promise<Found> {
  const other = site.url.replace('localhost', '127.0.0.1')
  const url = `${other}/intruder.html?${new URLSearchParams({ site: site.url, queue })}`
  if (way === 'as the opener') {
    const opener = await context.newPage()
    await opener.goto(url.replace('intruder.html', 'away.html'))
    const popup = opener.waitForEvent('popup')
    await opener.evaluate((target) => void Object.assign(window, { opened: window.open(target) }), page.url())
    await (await popup).waitForFunction(() => window.outlast?.ready)
    await opener.evaluate(() => void import('/intruder.js' as string))
    return JSON.parse(await opener.locator('body', { hasText: 'intruder' }).innerText()).intruder
  }
  return page.evaluate(
    ({ target, kind }) =>
      new Promise<Found>((resolve) => {
        addEventListener('message', ({ data }) => data.intruder && resolve(data.intruder))
        if (kind === 'in a window that it opened') return window.open(target)
        const frame = document.createElement('iframe')
        if (kind === 'in a sandboxed frame') frame.sandbox.add('allow-scripts')
        frame.src = target
        return document.body.append(frame)
      }),
    { target: url, kind: way },
  )
}

async function visit(context: BrowserContext, site: Site, options: Record<string, unknown>): Promise<Page> {
  const page = await context.newPage()
  const init = { flushInterval: 200, ...options }
  await page.goto(`${site.url}/?init=${encodeURIComponent(JSON.stringify(init))}`)
  await page.evaluate(() => window.outlast.ready)
  return page
}

async function answerWorker(site: Site, policy: string, more = '') {
  const body = (await readFile(path.join(root, 'dist/site/worker.js'), 'utf8')) + more
  site.answer(WORKER, {
    status: 200,
    headers: { 'Content-Type': 'text/javascript', 'Content-Security-Policy': policy },
    body,
  })
}

async function answerPage(site: Site, policy: string) {
  const body = await readFile(path.join(root, 'e2e/pages/index.html'), 'utf8')
  site.answer('/', { status: 200, headers: { 'Content-Type': 'text/html', 'Content-Security-Policy': policy }, body })
}

async function listenForViolations(context: BrowserContext) {
  await context.addInitScript(() => {
    const broken: string[] = []
    Object.assign(window, { broken })
    addEventListener('securitypolicyviolation', (event) =>
      broken.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}`),
    )
  })
}

const violations = (page: Page) => page.evaluate(() => (window as typeof window & { broken: string[] }).broken)
