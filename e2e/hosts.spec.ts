import { expect, test } from './fixtures'
import { PAGE, told } from './told'

test('the worker file alone is enough: a page without one of its own gets a worker as host', async ({
  open,
  context,
}) => {
  const page = await open()
  expect(await page.evaluate(() => window.outlast.ready)).toEqual({ host: 'worker', storage: 'indexeddb' })
  const [worker] = context.serviceWorkers()
  expect(worker?.url()).toContain('/__outlast/worker.js')
  expect(await page.evaluate(() => navigator.serviceWorker.controller)).toBe(null)
})

for (const kind of ['classic', 'module'] as const) {
  test(`a site's own ${kind} worker hosts the queue and its beforeSend sees every event`, async ({
    open,
    received,
  }) => {
    const page = await open({ worker: false }, '/')
    await page.evaluate(async (type) => {
      const url = type === 'module' ? '/own-worker.mjs' : '/own-worker.js'
      await navigator.serviceWorker.register(url, { scope: '/', type })
      await navigator.serviceWorker.ready
    }, kind)
    await page.close()
    const url = kind === 'module' ? '/own-worker.mjs' : '/own-worker.js'
    const next = await open({ worker: { url, scope: '/', type: kind } })
    expect(await next.evaluate(() => window.outlast.ready)).toMatchObject({ host: 'worker' })
    await next.evaluate(() => {
      window.outlast.capture('kept', { secret: 'x', open: 'y' })
      window.outlast.capture('private')
    })
    const [event] = await received(1)
    expect(event).toMatchObject({ event: 'kept', properties: { open: 'y', seen_by: 'worker' } })
    expect(event?.properties.secret).toBeUndefined()
    await expect
      .poll(() => next.evaluate(() => window.outlast.stats()))
      .toMatchObject({ accepted: 2, delivered: 1, pending: 0, dropped: { before_send: 1 } })
  })
}

test("a site's own module worker is registered as one", async ({ open, received }) => {
  const page = await open({ worker: { url: '/own-worker.mjs', scope: '/', type: 'module' } })
  expect(await page.evaluate(() => window.outlast.ready)).toEqual({ host: 'worker', storage: 'indexeddb' })
  const active = await page.evaluate(
    async () => (await navigator.serviceWorker.getRegistration('/'))?.active?.scriptURL,
  )
  expect(active).toMatch(/\/own-worker\.mjs$/)
  await page.evaluate(() => window.outlast.capture('through a module'))
  const [event] = await received(1)
  expect(event?.properties.seen_by).toBe('worker')
})

test("P10, P11: events wait for a former worker's beforeSend in place of going past it, and the console says what to do", async ({
  open,
  context,
  collector,
}) => {
  const said: string[] = []
  context.on('console', (message) => said.push(message.text()))
  const before = await open({ worker: { url: '/own-worker.js', scope: '/' } })
  await before.evaluate(() => window.outlast.ready)
  await before.close()
  const after = await open()
  expect(await after.evaluate(() => window.outlast.ready)).toMatchObject({ host: 'worker' })
  await after.evaluate(() => window.outlast.capture('waits'))
  const waiting = () => said.filter((text) => text.includes('has a beforeSend that is to see each event'))
  await expect.poll(() => waiting().length).toBe(1)
  expect(waiting()[0]).toMatch(/the worker with the scope http:\/\/localhost:\d+\/ has a beforeSend/)
  expect(await after.evaluate(() => window.outlast.flush())).toMatchObject({ delivered: 0, pending: 1 })
  expect((await collector.stats()).events).toBe(0)
})

test('a missing worker file degrades to the page, which says so and delivers', async ({ open, received, site }) => {
  site.answer('/__outlast/worker.js', { status: 404 })
  const page = await open()
  expect(await page.evaluate(() => window.outlast.ready)).toEqual({ host: 'page', storage: 'indexeddb' })
  await page.evaluate(() => window.outlast.capture('still here'))
  await received(1)
})

test('P1, P5: on a site whose postMessage throws, the page says why it has left the worker, and delivers by itself', async ({
  open,
  received,
  context,
}) => {
  await context.addInitScript(() => {
    // The page that a tab begins with is not secure, and knows no worker.
    if (!isSecureContext) return
    ServiceWorker.prototype.postMessage = () => {
      throw new Error('replaced by the site')
    }
  })
  const page = await open({}, PAGE)
  await page.evaluate(() => window.outlast.capture('still here'))
  await received(1)
  expect(await page.evaluate(() => window.outlast.ready)).toEqual({ host: 'page', storage: 'indexeddb' })
  const { degraded, warnings } = await told(page)
  expect(degraded).toEqual([{ from: 'worker', to: 'page', reason: 'Error: replaced by the site' }])
  expect(warnings.filter((text) => text.includes('replaced by the site'))).toHaveLength(1)
})

test('on an insecure origin the page hosts the queue', async ({ context, site, collector, received }) => {
  const page = await context.newPage()
  const init = { host: collector.url, flushInterval: 200 }
  const url = site.url.replace('localhost', 'insecure.test')
  await page.goto(`${url}/?init=${encodeURIComponent(JSON.stringify(init))}`)
  expect(await page.evaluate(() => isSecureContext)).toBe(false)
  expect(await page.evaluate(() => window.outlast.ready)).toEqual({ host: 'page', storage: 'indexeddb' })
  await page.evaluate(() => window.outlast.capture('insecure'))
  await received(1)
})

test('in a sandboxed frame nothing can be stored, and events are delivered from memory', async ({ open, received }) => {
  const page = await open({}, '/')
  const degraded = await page.evaluate(async () => {
    const frame = document.createElement('iframe')
    frame.sandbox.add('allow-scripts')
    frame.src = `/framed.html${location.search}`
    const told = new Promise((resolve) => addEventListener('message', ({ data }) => resolve(data), { once: true }))
    document.body.append(frame)
    return told
  })
  expect(degraded).toEqual({ host: 'memory', storage: 'memory' })
  const [event] = await received(1)
  expect(event?.event).toBe('framed')
})

test("persistence 'memory' leaves nothing on the device", async ({ open, received }) => {
  const page = await open({ persistence: 'memory' })
  await page.evaluate(() => window.outlast.capture('fleeting'))
  await received(1)
  const left = await page.evaluate(async () => ({
    local: Object.keys(localStorage),
    session: Object.keys(sessionStorage),
    databases: (await indexedDB.databases()).map(({ name }) => name),
    workers: (await navigator.serviceWorker.getRegistrations()).length,
  }))
  expect(left).toEqual({ local: [], session: [], databases: [], workers: 0 })
})

test('init twice is one client', async ({ open }) => {
  const page = await open()
  const same = await page.evaluate(async () => {
    const { init } = await import('/outlast/index.js' as string)
    const { key = 'phc_test', ...options } = JSON.parse(new URLSearchParams(location.search).get('init') ?? '{}')
    return init(key, options) === window.outlast
  })
  expect(same).toBe(true)
})

for (const host of ['/ingest', './ingest']) {
  test(`the endpoint ${host} is one of the page's own origin`, async ({ open, context, site }) => {
    site.answer('/ingest/batch/', {
      status: 200,
      headers: { 'Content-Type': 'application/json' },
      body: '{"status":1}',
    })
    const asked: string[] = []
    context.on('request', (request) => request.method() === 'POST' && asked.push(request.url()))
    const page = await open({ host, worker: false })
    await page.evaluate(() => window.outlast.capture('through the own origin'))
    await expect.poll(() => page.evaluate(() => window.outlast.stats())).toMatchObject({ delivered: 1, pending: 0 })
    expect(new Set(asked.map((url) => new URL(url).origin + new URL(url).pathname))).toEqual(
      new Set([`${site.url}/ingest/batch/`]),
    )
  })
}

test('an endpoint without a scheme is asked by https', async ({ open, context }) => {
  const asked: string[] = []
  await context.route('https://events.example/**', (route) => {
    asked.push(route.request().url())
    return route.fulfill({ status: 200, headers: { 'Access-Control-Allow-Origin': '*' }, body: '{"status":1}' })
  })
  const page = await open({ host: 'events.example/ingest', worker: false })
  await page.evaluate(() => window.outlast.capture('by https'))
  await expect.poll(() => page.evaluate(() => window.outlast.stats())).toMatchObject({ delivered: 1, pending: 0 })
  expect(new Set(asked.map((url) => url.split('?')[0]))).toEqual(new Set(['https://events.example/ingest/batch/']))
})

test('P10: an endpoint that cannot be used is told at once, and events go nowhere else', async ({ open, context }) => {
  const foreign: string[] = []
  context.on('request', (request) => request.method() === 'POST' && foreign.push(request.url()))
  const warnings: string[] = []
  context.on('console', (message) => message.type() === 'warning' && warnings.push(message.text()))
  const page = await open({ host: 'ftp://events.example' })
  expect(await page.evaluate(() => window.outlast.ready)).toEqual({ host: 'memory', storage: 'memory' })
  const drops = await page.evaluate(() => {
    const seen: unknown[] = []
    window.outlast.on('drop', (drop) => seen.push(drop))
    window.outlast.capture('to nowhere')
    return seen
  })
  expect(drops).toEqual([{ uuids: [], count: 1, reason: 'invalid', detail: 'init: host' }])
  await expect.poll(() => warnings).toEqual([expect.stringContaining('init needs a host')])
  expect(foreign).toEqual([])
})
