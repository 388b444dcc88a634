import { createServer } from 'node:http'
import type { Page } from 'playwright'
import { listen } from '../test/support/listen'
import { test as base, expect } from './fixtures'

/** A server of the site's own on another origin, which answers with the tracing headers that it got. */
const test = base.extend<{ api: string }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of the fixtures from the pattern.
  api: async ({}, use) => {
    const server = createServer((req, res) => {
      res.setHeader('Access-Control-Allow-Origin', '*')
      res.setHeader('Access-Control-Allow-Headers', '*')
      res.setHeader('Access-Control-Allow-Methods', '*')
      const headers = Object.entries(req.headers).filter(([name]) => name.startsWith('x-'))
      res.end(JSON.stringify({ method: req.method, headers: Object.fromEntries(headers) }))
    })
    await use((await listen(server)).origin)
    server.closeAllConnections()
    server.close()
  },
})

const MODULE = '/outlast/tracing-headers.js'

/** Who the page says it is. */
const self = (page: Page) =>
  page.evaluate(() => ({
    'x-posthog-distinct-id': window.outlast.getDistinctId(),
    'x-posthog-session-id': window.outlast.getSessionId(),
    'x-posthog-window-id': window.outlast.getWindowId(),
  }))

test("requests to the site's own server say whose they are, in each way to ask, and others say nothing", async ({
  open,
  api,
}) => {
  const page = await open()
  const answers = await page.evaluate(
    async ([module, api = '']) => {
      const { tracingHeaders } = await import(String(module))
      const stop = tracingHeaders(window.outlast, [' 127.0.0.1 '])
      window.outlast.identify('user-1')
      const body = async (asked: Promise<Response>) => (await (await asked).json()) as unknown
      const byXhr = (method: string, url: string) =>
        new Promise((resolve, reject) => {
          const request = new XMLHttpRequest()
          request.open(method, url)
          request.setRequestHeader('x-own', 'a')
          request.setRequestHeader('X-POSTHOG-SESSION-ID', 'stale')
          request.onload = () => resolve(JSON.parse(request.responseText))
          request.onerror = reject
          request.send('body')
        })
      const listed = [
        await body(fetch(`${api}/a`)),
        await body(fetch(new URL('/b', api), { method: 'PUT', headers: [['x-own', 'b']], body: 'b' })),
        await body(fetch(new Request(`${api}/c`, { method: 'POST', headers: { 'x-own': 'c' }, body: 'c' }))),
        await body(fetch(`${api}/d`, new Request(api, { method: 'POST', headers: { 'x-own': 'd' } }))),
        await byXhr('POST', `${api}/e`),
      ]
      const other = await body(fetch(api.replace('127.0.0.1', 'localhost')))
      stop()
      return { listed, other, after: await body(fetch(`${api}/f`)) }
    },
    [MODULE, api],
  )
  const own = await self(page)
  expect(own['x-posthog-distinct-id']).toBe('user-1')
  expect(answers.listed).toEqual([
    { method: 'GET', headers: own },
    { method: 'PUT', headers: { ...own, 'x-own': 'b' } },
    { method: 'POST', headers: { ...own, 'x-own': 'c' } },
    { method: 'POST', headers: { ...own, 'x-own': 'd' } },
    { method: 'POST', headers: { ...own, 'x-own': 'a' } },
  ])
  expect(answers.other).toEqual({ method: 'GET', headers: {} })
  expect(answers.after).toEqual({ method: 'GET', headers: {} })
})

test('P10: a person who refuses is in no header, and what is no request fails as it does without the headers', async ({
  open,
  api,
}) => {
  const page = await open()
  const [refused, failures] = await page.evaluate(
    async ([module, api]) => {
      const outcome = (asked: () => Promise<unknown>) =>
        asked().then(
          () => 'answered',
          (error) => String((error as Error).name),
        )
      const failing = () => [
        () => fetch(`${api}/`, { headers: { 'no header': '\n' } }),
        () => fetch('http://127.0.0.1:x/'),
        () => fetch(`${api}/`, { signal: AbortSignal.abort() }),
        () => fetch(Symbol() as unknown as string),
      ]
      const without = await Promise.all(failing().map(outcome))
      const { tracingHeaders } = await import(String(module))
      tracingHeaders(window.outlast, ['127.0.0.1'])
      const traced = await Promise.all(failing().map(outcome))
      window.outlast.optOut()
      const answer = await (await fetch(`${api}/`)).json()
      return [answer, { without, traced }] as const
    },
    [MODULE, api],
  )
  expect(refused).toEqual({ method: 'GET', headers: {} })
  expect(failures.traced).toEqual(failures.without)
  expect(failures.without).not.toContain('answered')
})

test('the script tag adds them by an attribute', async ({ context, site, collector, api }) => {
  site.answer('/traced.html', {
    status: 200,
    headers: { 'Content-Type': 'text/html' },
    body: `<!doctype html><script src="/__outlast/outlast.js" data-key="phc_test" data-host="${collector.url}"
      data-tracing-headers="api.example.com, 127.0.0.1" defer></script>`,
  })
  const page = await context.newPage()
  await page.goto(`${site.url}/traced.html`)
  const ask = () => page.evaluate(async (api) => (await (await fetch(api)).json()) as unknown, api)
  // The code of the headers loads after the script.
  await expect.poll(async () => Object.keys(((await ask()) as { headers: object }).headers)).toHaveLength(3)
  expect(await ask()).toEqual({ method: 'GET', headers: await self(page) })
})

for (const way of ['a module', 'the script tag']) {
  test(`P5: ${way}: what a page delivers itself to a listed host goes without the headers, by request and by beacon`, async ({
    open,
    context,
    site,
    collector,
    received,
    api,
  }) => {
    const carried: string[][] = []
    context.on('request', (request) => {
      if (!request.url().startsWith(collector.url)) return
      carried.push(Object.keys(request.headers()).filter((name) => name.startsWith('x-posthog-')))
    })
    site.answer('/traced.html', {
      status: 200,
      headers: { 'Content-Type': 'text/html' },
      body: `<!doctype html><script src="/__outlast/outlast.js" data-key="phc_test" data-host="${collector.url}"
        data-worker="false" data-tracing-headers="127.0.0.1" defer></script>`,
    })
    const isModule = way === 'a module'
    const page = isModule ? await open({ worker: false }) : await context.newPage()
    if (!isModule) await page.goto(`${site.url}/traced.html`)
    else
      await page.evaluate(
        async (module) => (await import(module)).tracingHeaders(window.outlast, ['127.0.0.1']),
        MODULE,
      )
    const ask = () => page.evaluate(async (api) => (await (await fetch(api)).json()) as { headers: object }, api)
    await expect.poll(async () => Object.keys((await ask()).headers)).toHaveLength(3)
    await page.evaluate(() => {
      window.outlast.capture('by request')
      return window.outlast.flush()
    })
    await received(1)
    await page.evaluate(() => {
      addEventListener('pagehide', () => window.outlast.capture('by beacon'))
    })
    await page.goto('about:blank')
    const events = await received(2)
    expect(events.map(({ event }) => event)).toEqual(['by request', 'by beacon'])
    // Nothing but a beacon leaves a page that has gone, and the browser tells Playwright of none.
    expect(carried.length).toBeGreaterThan(0)
    expect(carried.flat()).toEqual([])
  })
}

for (const consent of ['pending', 'denied'] as const) {
  test(`P10: with consent '${consent}' requests say whose they are once the person has agreed, in another tab too`, async ({
    open,
    api,
  }) => {
    const page = await open({ consent })
    const ask = () =>
      page.evaluate(
        async (url) => ((await (await fetch(url)).json()) as { headers: Record<string, string> }).headers,
        api,
      )
    await page.evaluate(async (module) => (await import(module)).tracingHeaders(window.outlast, ['127.0.0.1']), MODULE)
    expect(await ask()).toEqual({})
    const other = await open({ consent })
    await other.evaluate(() => window.outlast.optIn())
    // Two tabs that begin a session in the same moment come to have the later one.
    const ofOther = async () => ({ ...(await self(other)), 'x-posthog-window-id': expect.any(String) })
    await expect(async () => expect(await ask()).toEqual(await ofOther())).toPass({ timeout: 20_000 })
    await other.evaluate(() => window.outlast.optOut({ clear: true }))
    await expect.poll(ask).toEqual({})
    // The refusal comes first, then what it erases: a process of the browser hears of another's writes one by one.
    await page.waitForFunction(() => !Object.keys(localStorage).some((key) => key.endsWith(':person')))
    await page.evaluate(() => window.outlast.optIn())
    expect(await ask()).toEqual(await self(page))
  })
}

test("with persistence 'memory' requests say whose they are once an event of the page was taken", async ({
  open,
  api,
}) => {
  const page = await open({ persistence: 'memory' })
  const headers = await page.evaluate(
    async ([module, url = '']) => {
      const { tracingHeaders } = await import(String(module))
      tracingHeaders(window.outlast, ['127.0.0.1'])
      const taken = new Promise<void>((resolve) => window.outlast.on('queued', () => resolve()))
      window.outlast.capture('seen')
      await taken
      return ((await (await fetch(url)).json()) as { headers: Record<string, string> }).headers
    },
    [MODULE, api],
  )
  expect(headers).toEqual(await self(page))
})
