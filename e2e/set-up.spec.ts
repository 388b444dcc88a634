/** Set-up that goes wrong says so, once, in the console. */

import type { BrowserContext } from 'playwright'
import { expect, test } from './fixtures'
import type { Site } from './site'

/** What the library has told the console of all pages from now on. */
function consoleOf(context: BrowserContext): string[] {
  const said: string[] = []
  context.on('console', (message) => {
    if (message.type() === 'warning' && message.text().startsWith('[outlast]')) said.push(message.text())
  })
  return said
}

const javascript = (body: string) => ({ status: 200, headers: { 'Content-Type': 'text/javascript' }, body })

/** Captures an event and waits until the worker or the page has had its attempt. */
const CAPTURE = async () => {
  window.outlast.capture('event')
  return window.outlast.flush()
}

test('P11: an option that does not exist is named once, with the one that was probably meant', async ({
  context,
  open,
  received,
}) => {
  const said = consoleOf(context)
  const page = await open({ flushInteval: 5, api_host: 'https://eu.i.posthog.com', worker: '/w.js' })
  await page.evaluate(() => {
    for (let times = 0; times < 3; times++) window.outlast.capture('event', {}, { distinct_id: 'me' } as object)
  })
  await received(3)
  for (const named of [
    '"flushInteval" is no option of init; did you mean flushInterval?',
    '"api_host" is no option of init; did you mean host?',
    'did you mean { url: "/w.js" }?',
    '"distinct_id" is no option of capture; did you mean distinctId?',
  ]) {
    await expect.poll(() => said.filter((text) => text.includes(named)).length).toBe(1)
  }
})

test('P10: an option that was to keep something back, and does not exist, has nothing captured, kept or sent', async ({
  context,
  open,
  collector,
}) => {
  const said = consoleOf(context)
  const page = await open({ before_send: { no: 'function survives this way' } })
  await page.evaluate(CAPTURE)
  await expect
    .poll(() => said)
    .toEqual([expect.stringContaining('"before_send" is no option of init; did you mean beforeSend?')])
  const left = await page.evaluate(async () => ({
    local: Object.keys(localStorage),
    session: Object.keys(sessionStorage),
    databases: (await indexedDB.databases()).map(({ name }) => name),
    workers: (await navigator.serviceWorker.getRegistrations()).length,
    stats: await window.outlast.stats(),
  }))
  expect(left).toMatchObject({ local: [], session: [], databases: [], workers: 0, stats: { accepted: 0 } })
  await page.close()
  expect((await collector.stats()).requests).toBe(0)
})

test('P10: a mask that is given for the worker, which masks nothing, has nothing captured, kept or sent', async ({
  context,
  open,
  collector,
}) => {
  const said = consoleOf(context)
  const page = await open({ worker: { mask: 'secrets' } })
  await page.evaluate(CAPTURE)
  await expect
    .poll(() => said)
    .toEqual([
      expect.stringContaining('"mask" is an option of init, and none of its worker. It was to keep something back'),
    ])
  expect(await page.evaluate(async () => (await indexedDB.databases()).length + localStorage.length)).toBe(0)
  await page.close()
  expect((await collector.stats()).requests).toBe(0)
})

test('P11: attributes of the script tag that are no options are named as the site wrote them', async ({
  context,
  site,
  collector,
}) => {
  const said = consoleOf(context)
  site.answer('/static.html', {
    status: 200,
    headers: { 'Content-Type': 'text/html' },
    body: `<!doctype html><title>static</title><script src="/__outlast/outlast.js" data-key="phc_test"
      data-host="${collector.url}" data-flush-inteval="200"></script>`,
  })
  const page = await context.newPage()
  await page.goto(`${site.url}/static.html`)
  await expect
    .poll(() => said)
    .toEqual([expect.stringContaining('"data-flush-inteval" is no option of init; did you mean data-flush-interval?')])
})

test('P10: data-before-send, which no script tag has, has nothing captured', async ({ context, site, collector }) => {
  const said = consoleOf(context)
  site.answer('/static.html', {
    status: 200,
    headers: { 'Content-Type': 'text/html' },
    body: `<!doctype html><title>static</title><script src="/__outlast/outlast.js" data-key="phc_test"
      data-host="${collector.url}" data-before-send="clean" data-pageviews></script>`,
  })
  const page = await context.newPage()
  await page.goto(`${site.url}/static.html`)
  await page.evaluate(CAPTURE)
  await expect.poll(() => said).toEqual([expect.stringContaining('nothing is captured')])
  await page.close()
  expect((await collector.stats()).requests).toBe(0)
})

/** A worker that cannot be had, and what the console says of it. */
const WORKERS: [what: string, prepare: (site: Site) => void, options: Record<string, unknown>, remedy: RegExp][] = [
  ['is missing', (site) => site.answer('/__outlast/worker.js', { status: 404 }), {}, /404.*npx outlast copy/],
  [
    'is a page of HTML',
    (site) =>
      site.answer('/__outlast/worker.js', { status: 200, headers: { 'Content-Type': 'text/html' }, body: '<p>' }),
    {},
    /text\/html.*something else than JavaScript/,
  ],
  [
    'has a syntax error',
    (site) => site.answer('/__outlast/worker.js', javascript('this is no JavaScript')),
    {},
    /evaluation failed.*has an error/,
  ],
  [
    'has a scope above its folder',
    () => undefined,
    { worker: { url: '/__outlast/worker.js', scope: '/' } },
    /worker\.scope/,
  ],
  [
    'runs no outlast',
    (site) => site.answer('/__outlast/worker.js', javascript('addEventListener("message", () => {})')),
    {},
    /no answer.*does not run outlast/,
  ],
]

for (const [what, prepare, options, remedy] of WORKERS) {
  test(`P11: a worker's file that ${what} is told once, with its reason and the remedy`, async ({
    context,
    site,
    open,
    received,
  }) => {
    prepare(site)
    const said = consoleOf(context)
    const page = await open(options)
    // The page has waited for the worker, which may be one that says nothing.
    expect(await page.evaluate(() => window.outlast.ready)).toEqual({ host: 'page', storage: 'indexeddb' })
    await page.evaluate(CAPTURE)
    await received(1)
    expect(said).toEqual([expect.stringMatching(remedy)])
    expect(said[0]).toContain('/__outlast/worker.js')
  })
}

test('P4: flush does not wait for a worker that never speaks', async ({ context, site, collector, received }) => {
  site.answer('/__outlast/worker.js', javascript('addEventListener("message", () => {})'))
  const page = await context.newPage()
  await page.goto(`${site.url}/?init=${encodeURIComponent(JSON.stringify({ host: collector.url }))}`)
  const took = await page.evaluate(async () => {
    const begun = performance.now()
    window.outlast.capture('event')
    await window.outlast.flush()
    return performance.now() - begun
  })
  await received(1)
  expect(took).toBeLessThan(10_000)
})

test("P11: on('host') tells of the worker that answers again after the page has worked without it", async ({
  site,
  open,
  received,
}) => {
  site.answer('/__outlast/worker.js', javascript('addEventListener("message", () => {})'))
  const page = await open()
  await page.evaluate(() => {
    const hosts: unknown[] = []
    Object.assign(window, { hosts })
    window.outlast.on('host', (host) => hosts.push(host))
  })
  expect(await page.evaluate(() => window.outlast.ready)).toMatchObject({ host: 'page' })
  site.answer('/__outlast/worker.js', undefined)
  await page.evaluate(async () => {
    const registration = await navigator.serviceWorker.getRegistration('/__outlast/')
    await registration?.update()
    registration?.waiting?.postMessage('take over')
  })
  await page.evaluate(CAPTURE)
  await received(1)
  await expect
    .poll(() => page.evaluate(() => (window as typeof window & { hosts: unknown[] }).hosts), { timeout: 30_000 })
    .toContainEqual({ host: 'worker', storage: 'indexeddb' })
})

for (const [status, check] of [
  [401, 'API key'],
  [404, 'check host'],
] as const) {
  for (const worker of [undefined, false]) {
    test(`P11: events that the server refuses with ${status} are told once, ${worker === false ? 'by the page' : 'through the worker'}`, async ({
      context,
      site,
      open,
    }) => {
      site.answer('/batch/', { status, body: 'unknown project' })
      const said = consoleOf(context)
      const page = await open({ host: site.url, ...(worker === undefined ? {} : { worker }) })
      for (let times = 0; times < 3; times++) await page.evaluate(CAPTURE)
      await expect.poll(() => said).toEqual([expect.stringContaining(`status ${status}: unknown project`)])
      expect(said[0]).toContain(check)
      await page.evaluate(CAPTURE)
      expect(said).toHaveLength(1)
    })
  }
}

test('P11: a host that nobody answers at is told once, with what to check', async ({ context, open }) => {
  const said = consoleOf(context)
  const page = await open({ host: 'http://localhost:47399' })
  await page.evaluate(() => window.outlast.capture('event'))
  await expect
    .poll(() => said, { timeout: 40_000 })
    .toEqual([expect.stringContaining('no answer from http://localhost:47399')])
  expect(said[0]).toContain('connect-src')
  await page.evaluate(() => window.outlast.flush())
  expect(said).toHaveLength(1)
})

test("P10: a worker's own option that does not exist lets no event past the hook that was meant", async ({
  site,
  open,
  collector,
}) => {
  const worker = `self.outlast = { before_send: (event) => null }; importScripts('/__outlast/worker.js')`
  site.answer('/misspelt.js', javascript(worker))
  const page = await open({ worker: { url: '/misspelt.js', scope: '/' } })
  const reasons = page.evaluate(
    () => new Promise((resolve) => window.outlast.on('drop', ({ reason, detail }) => resolve(`${reason}: ${detail}`))),
  )
  await page.evaluate(CAPTURE)
  expect(await reasons).toMatch(/before_send: .*"before_send" is no option of install, which takes beforeSend/)
  expect((await collector.stats()).events).toBe(0)
})
