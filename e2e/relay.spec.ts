/** `outlast/relay`: requests that outlast the tab, in real Chromium with a server of their own. */

import { gunzipSync, inflateSync } from 'node:zlib'
import type { Page } from 'playwright'
import type { Relay, RelayOptions } from '../src/relay'
import { say } from './browser-signal'
import { test as base, expect } from './fixtures'
import { type Ingest, startIngest } from './ingest'
import { buildVariant, EARLIER_REQUESTS, NEXT_MESSAGES, serve, withdraw } from './variant'
import { takeOver, update } from './worker-lives'

declare global {
  interface Window {
    send: Relay
    /** Why requests were dropped, as the relay told it. */
    drops: string[]
    /** Where requests have gone instead of the place before, as the relay told it. */
    placesTold: string[]
    relay(options: RelayOptions): Relay
  }
}

interface OfRelay {
  ingest: Ingest
  other: Ingest
  /** Opens a page with a relay to the first server, or with these options. */
  visit(options?: RelayOptions): Promise<Page>
}

const test = base.extend<OfRelay>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads a fixture's needs from this pattern.
  ingest: async ({}, use) => {
    const ingest = await startIngest()
    await use(ingest)
    await ingest.close()
  },
  // biome-ignore lint/correctness/noEmptyPattern: as above
  other: async ({}, use) => {
    const other = await startIngest()
    await use(other)
    await other.close()
  },
  visit: async ({ context, site, ingest }, use) => {
    await use(async (options) => {
      const page = await context.newPage()
      const given = JSON.stringify(options ?? { hosts: [ingest.url] })
      // A relay without hosts would be one too, with a worker: a page that makes its own has none before.
      const query = options?.hosts.length === 0 ? '' : `?relay=${encodeURIComponent(given)}`
      await page.goto(`${site.url}/relay.html${query}`)
      return page
    })
  },
})

interface Answer {
  status: number
  reason: string
  storage: string | null
  detail: string
}

const send = (page: Page, url: string, init?: RequestInit): Promise<Answer> =>
  page.evaluate(
    async ([to, how]) => {
      const answer = await window.send(to, how)
      const storage = answer.headers.get('outlast-storage')
      return { status: answer.status, reason: answer.statusText, storage, detail: await answer.text() }
    },
    [url, init] as const,
  )

const post = (page: Page, url: string, body: string) => send(page, url, { method: 'POST', body })
const stats = (page: Page) => page.evaluate(() => window.send.stats())
const bodies = ({ taken }: Ingest) => taken.map(({ body }) => body.toString())
const arrived = (ingest: Ingest, count: number) =>
  expect.poll(() => ingest.taken.length, { timeout: 20_000 }).toBe(count)

test('a request is answered with 202 once it is on disk, and arrives as it was handed over', async ({
  visit,
  ingest,
}) => {
  const page = await visit()
  const init = {
    method: 'PUT',
    headers: { 'Content-Type': 'application/json', 'Idempotency-Key': 'k1' },
    body: '{"reading":"21 °C"}',
  }
  expect(await send(page, `${ingest.url}/collect?room=1#part`, init)).toEqual({
    status: 202,
    reason: '',
    storage: 'indexeddb',
    detail: '',
  })
  await arrived(ingest, 1)
  const [{ method, path, headers, body } = ingest.taken[0] as never] = ingest.taken
  expect([method, path, body.toString()]).toEqual(['PUT', '/collect?room=1', '{"reading":"21 °C"}'])
  expect(headers).toMatchObject({ 'content-type': 'application/json', 'idempotency-key': 'k1' })
  await expect.poll(() => stats(page)).toEqual({ accepted: 1, delivered: 1, pending: 0, dropped: {} })
  await expect.poll(() => page.evaluate(() => window.send.pending())).toBe(0)
})

test('P2, P3: what is on disk arrives after the tab has gone, with the network back and no page open', async ({
  visit,
  ingest,
}) => {
  const page = await visit()
  ingest.answer = () => undefined
  await post(page, `${ingest.url}/1`, 'first')
  await post(page, `${ingest.url}/2`, 'second')
  await expect.poll(() => ingest.taken.length).toBeGreaterThan(0)
  await page.close()
  const failed = ingest.taken.length
  ingest.answer = () => ({ status: 204 })
  await arrived(ingest, failed + 2)
  expect(bodies(ingest).slice(-2)).toEqual(['first', 'second'])
})

test('P2: the next visit delivers what the browser has not, also without a worker', async ({ visit, ingest }) => {
  const options = { hosts: [ingest.url], worker: false as const }
  const page = await visit(options)
  ingest.answer = () => undefined
  expect(await post(page, `${ingest.url}/1`, 'kept')).toMatchObject({ status: 202, storage: 'indexeddb' })
  await page.close()
  ingest.answer = () => ({ status: 200 })
  const failed = ingest.taken.length
  await visit(options)
  await arrived(ingest, failed + 1)
  expect(bodies(ingest).at(-1)).toBe('kept')
})

test('P6: a server that fails for a while gets each request in the end, in order, and one at a time', async ({
  visit,
  ingest,
}) => {
  const page = await visit()
  let until = 3
  ingest.answer = () => ({ status: until-- > 0 ? 503 : 200 })
  const retries = page.evaluate(
    () =>
      new Promise((resolve) => {
        window.send.on('retry', ({ cause }) => resolve(cause))
      }),
  )
  await Promise.all(['a', 'b', 'c'].map((body) => post(page, `${ingest.url}/x`, body)))
  expect(await retries).toBe('status 503')
  await arrived(ingest, 6)
  const sent = bodies(ingest)
  expect(new Set(sent.slice(0, 4))).toEqual(new Set([sent[0]]))
  expect(sent.slice(3).sort()).toEqual(['a', 'b', 'c'])
  await expect.poll(() => stats(page)).toMatchObject({ delivered: 3, pending: 0 })
})

test('P6: Retry-After is heeded', async ({ visit, ingest }) => {
  const page = await visit()
  ingest.answer = () => (ingest.taken.length === 1 ? { status: 429, headers: { 'Retry-After': '2' } } : { status: 200 })
  await post(page, `${ingest.url}/x`, 'a')
  await arrived(ingest, 2)
  const [first, second] = ingest.taken.map(({ at }) => at) as [number, number]
  expect(second - first).toBeGreaterThanOrEqual(1_900)
})

test('P6: a host that fails holds up no other', async ({ visit, ingest, other }) => {
  const page = await visit({ hosts: [ingest.url, other.url] })
  ingest.answer = () => undefined
  await post(page, `${ingest.url}/x`, 'stuck')
  await post(page, `${other.url}/x`, 'free')
  await arrived(other, 1)
  await expect.poll(() => stats(page)).toMatchObject({ accepted: 2, delivered: 1, pending: 1 })
})

test('P5: what is refused has an answer that says why, and no queue of an open proxy comes of it', async ({
  visit,
  ingest,
  other,
}) => {
  const page = await visit({ hosts: [ingest.url], maxBodyBytes: 10 })
  expect(await post(page, `${other.url}/x`, 'a')).toMatchObject({ status: 403, reason: 'host' })
  expect(await post(page, `${ingest.url}/x`, 'longer than ten bytes')).toMatchObject({
    status: 413,
    reason: 'too_large',
  })
  const secret = await send(page, `${ingest.url}/x`, { method: 'POST', headers: { Authorization: 'Bearer 1' } })
  expect(secret).toMatchObject({ status: 400, reason: 'invalid' })
  expect(secret.detail).toContain('authorization')
  const rejected = await page.evaluate(async (url) => {
    const aborted = AbortSignal.abort()
    const all = [window.send('http://['), window.send(url, { mode: 'no-cors' }), window.send(url, { signal: aborted })]
    return Promise.all(all.map((one) => one.catch((error: Error) => error.name)))
  }, ingest.url)
  expect(rejected).toEqual(['TypeError', 'TypeError', 'AbortError'])
  expect(await stats(page)).toEqual({ accepted: 0, delivered: 0, pending: 0, dropped: {} })
  expect([...ingest.taken, ...other.taken]).toEqual([])
})

test('P5: 413 and other refusals of the server are drops with their status', async ({ visit, ingest }) => {
  const page = await visit()
  ingest.answer = ({ path }) => ({ status: Number(path.slice(1)) })
  const drops = page.evaluate(
    () =>
      new Promise<unknown[]>((resolve) => {
        const seen: unknown[] = []
        window.send.on('drop', ({ reason, status }) => seen.push([reason, status]) === 2 && resolve(seen))
      }),
  )
  await post(page, `${ingest.url}/413`, 'a')
  await post(page, `${ingest.url}/404`, 'b')
  await post(page, `${ingest.url}/200`, 'c')
  expect(await drops).toEqual([
    ['too_large', 413],
    ['rejected', 404],
  ])
  await expect
    .poll(() => stats(page))
    .toMatchObject({ delivered: 1, pending: 0, dropped: { too_large: 1, rejected: 1 } })
})

test('bytes arrive byte for byte, a form as a form, and a body as it was when it was handed over', async ({
  visit,
  ingest,
}) => {
  const page = await visit()
  const statuses = await page.evaluate(async (url) => {
    const bytes = Uint8Array.from({ length: 100_000 }, (_, index) => index % 256)
    const answers = [await window.send(url, { method: 'POST', body: bytes })]
    answers.push(await window.send(url, { method: 'POST', body: new Blob([bytes], { type: 'image/png' }) }))
    answers.push(await window.send(new Request(url, { method: 'POST', body: 'of a request' })))
    const form = new FormData()
    form.append('field', 'value')
    answers.push(await window.send(url, { method: 'POST', body: form }))
    answers.push(await window.send(url, { method: 'POST', body: new URLSearchParams({ a: 'ä' }) }))
    answers.push(await window.send(url, { method: 'DELETE' }))
    const view = new Uint8Array([1, 2, 3])
    const answer = window.send(url, { method: 'POST', body: view })
    view.fill(9)
    answers.push(await answer)
    return answers.map(({ status }) => status)
  }, `${ingest.url}/bytes`)
  expect(new Set(statuses)).toEqual(new Set([202]))
  await arrived(ingest, 7)
  const bytes = Buffer.from(Uint8Array.from({ length: 100_000 }, (_, index) => index % 256))
  const [plain, blob, request, form, parameters, none, view] = ingest.taken as [
    ...(typeof ingest.taken)[number][],
  ] as never as Record<number, (typeof ingest.taken)[number]> & Iterable<(typeof ingest.taken)[number]>
  expect(plain?.body.equals(bytes)).toBe(true)
  expect(blob?.body.equals(bytes)).toBe(true)
  expect(blob?.headers['content-type']).toBe('image/png')
  expect(request?.body.toString()).toBe('of a request')
  expect(form?.headers['content-type']).toMatch(/^multipart\/form-data; boundary=/)
  expect(form?.body.toString()).toContain('name="field"')
  expect(parameters?.body.toString()).toBe('a=%C3%A4')
  expect([none?.method, none?.body.length]).toEqual(['DELETE', 0])
  expect([...(view?.body ?? [])]).toEqual([1, 2, 3])
})

test('without IndexedDB requests go from memory, and the answer says so', async ({ context, visit, ingest }) => {
  await context.addInitScript(() => Object.defineProperty(window, 'indexedDB', { value: undefined }))
  const page = await visit({ hosts: [ingest.url], worker: false })
  expect(await post(page, `${ingest.url}/x`, 'a')).toMatchObject({ status: 202, storage: 'memory' })
  await arrived(ingest, 1)
})

test('P5: a page whose late code does not load tells where its requests are, and they arrive once it does', async ({
  visit,
  ingest,
  site,
}) => {
  site.answer('/outlast/chunks/delivery.js', { status: 404 })
  const page = await visit()
  expect(await post(page, `${ingest.url}/x`, 'early')).toMatchObject({ status: 202, storage: 'memory' })
  site.answer('/outlast/chunks/delivery.js', undefined)
  await page.close()
  await visit()
  await arrived(ingest, 1)
  expect(bodies(ingest)).toEqual(['early'])
})

test('P5: a page that is left in the same task loses no request, with a worker or without', async ({
  visit,
  ingest,
  site,
}) => {
  for (const worker of [undefined, false] as const) {
    const page = await visit({ hosts: [ingest.url], worker })
    await page.evaluate(() => window.send.stats())
    await page.evaluate((url) => {
      addEventListener('pagehide', () => {
        const { buffer } = new TextEncoder().encode('last buffer')
        const each = ['last words', new TextEncoder().encode('last bytes'), buffer, new URLSearchParams('last=one')]
        for (const body of each) void window.send(url, { method: 'POST', body })
      })
    }, `${ingest.url}/x`)
    await page.goto(`${site.url}/away.html`)
    const last = ['last buffer', 'last bytes', 'last words', 'last=one']
    await expect.poll(() => [...new Set(bodies(ingest))].sort(), { timeout: 20_000 }).toEqual(last)
    // Nothing but the request itself: no beacon for events.
    expect(new Set(ingest.taken.map(({ path }) => path))).toEqual(new Set(['/x']))
    ingest.taken.length = 0
    await page.close()
  }
})

test('P8: two tabs share the queue of a host, and each request is sent once', async ({ visit, ingest }) => {
  const tabs = [await visit(), await visit()]
  await Promise.all(tabs.flatMap((page, tab) => [1, 2, 3].map((n) => post(page, `${ingest.url}/x`, `${tab}.${n}`))))
  await arrived(ingest, 6)
  expect(bodies(ingest).sort()).toEqual(['0.1', '0.2', '0.3', '1.1', '1.2', '1.3'])
  for (const page of tabs) await expect.poll(() => stats(page)).toMatchObject({ accepted: 6, delivered: 6, pending: 0 })
})

test('hooks of the page: a changed request, one that is held back, and a later one in place of an earlier', async ({
  visit,
  ingest,
}) => {
  const page = await visit({ hosts: [] })
  ingest.answer = () => undefined
  const answers = await page.evaluate(async (host) => {
    window.send = window.relay({
      hosts: [host],
      beforeSend: (request) =>
        request.body === 'secret' ? null : { ...request, body: String(request.body).replace('name', '***') },
      dedupe: ({ url }) => (url.endsWith('/state') ? 'state' : undefined),
      isDelivered: (status) => status === 409,
    })
    const to = (path: string, body: string) => window.send(host + path, { method: 'POST', body })
    const all = [await to('/x', 'my name'), await to('/x', 'secret'), await to('/state', '1'), await to('/state', '2')]
    return all.map(({ status, statusText }) => [status, statusText])
  }, ingest.url)
  expect(answers).toEqual([
    [202, ''],
    [403, 'before_send'],
    [202, ''],
    [202, ''],
  ])
  ingest.answer = () => ({ status: 409 })
  await expect
    .poll(() => stats(page), { timeout: 20_000 })
    .toEqual({
      accepted: 3,
      delivered: 2,
      pending: 0,
      dropped: { replaced: 1 },
    })
  expect([...new Set(bodies(ingest))]).toEqual(['my ***', '2'])
})

test('a relay and a client share one worker, and flush and shutdown are those of a client', async ({
  visit,
  ingest,
  collector,
  received,
}) => {
  const page = await visit()
  await page.evaluate(async (host) => {
    const { init } = await import(new URL('/outlast/index.js', location.href).href)
    window.outlast = init('phc_test', { host, flushInterval: 100 })
    window.outlast.capture('beside')
  }, collector.url)
  await post(page, `${ingest.url}/x`, 'a')
  await page.evaluate(() => window.send.flush())
  expect(bodies(ingest)).toEqual(['a'])
  expect(await received(1)).toMatchObject([{ event: 'beside' }])
  expect(await page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length)).toBe(1)
  expect(await page.evaluate(() => window.send.shutdown(2_000))).toEqual({ delivered: 0, kept: 0, dropped: 0 })
  expect(await post(page, `${ingest.url}/x`, 'b')).toMatchObject({ status: 503, reason: 'shutdown' })
})

test("a worker of the site's own gives headers anew for each try", async ({ visit, ingest, site }) => {
  site.answer('/own.js', {
    status: 200,
    headers: { 'Content-Type': 'text/javascript' },
    body: `let count = 0
      self.outlast = { relayHeaders: (origin) => ({ Authorization: origin + ' ' + ++count }) }
      importScripts('/__outlast/worker.js')`,
  })
  ingest.answer = () => ({ status: ingest.taken.length === 1 ? 401 : 200 })
  const worker = { url: '/own.js', scope: '/', requestHeaders: true }
  const page = await visit({ hosts: [ingest.url], worker })
  await post(page, `${ingest.url}/x`, 'a')
  await arrived(ingest, 2)
  expect(ingest.taken.map(({ headers }) => headers.authorization)).toEqual([`${ingest.url} 1`, `${ingest.url} 2`])
})

test('P10: a relay leaves no id of a person on the device, and a page that is set up right hears no warning', async ({
  visit,
  ingest,
}) => {
  const page = await visit({ hosts: [] })
  const warnings: string[] = []
  page.on('console', (message) => message.type() === 'warning' && warnings.push(message.text()))
  await page.evaluate((host) => {
    window.send = window.relay({ hosts: [host], storedHeaders: { 'x-key': 1_000 }, compress: false, maxAge: 60_000 })
  }, ingest.url)
  await post(page, `${ingest.url}/x`, 'a')
  await arrived(ingest, 1)
  const stored = await page.evaluate(() =>
    [localStorage, sessionStorage].flatMap((storage) => Object.values({ ...storage })).join(),
  )
  expect(stored).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}/)
  expect(warnings).toEqual([])
})

test('P10: a person who opts out is heard of no more, and what waits is dropped', async ({ visit, ingest }) => {
  const page = await visit()
  ingest.answer = () => undefined
  await post(page, `${ingest.url}/x`, 'before')
  await page.evaluate(() => window.send.optOut({ clear: true }))
  expect(await post(page, `${ingest.url}/x`, 'refused')).toMatchObject({ status: 403, reason: 'opted_out' })
  expect(await page.evaluate(() => window.send.isOptOut())).toBe(true)
  await expect.poll(() => stats(page)).toMatchObject({ pending: 0, dropped: { opted_out: 1 } })
  ingest.answer = () => ({ status: 200 })
  ingest.taken.length = 0
  await page.evaluate(() => window.send.optIn())
  expect(await post(page, `${ingest.url}/x`, 'again')).toMatchObject({ status: 202 })
  await arrived(ingest, 1)
  expect(bodies(ingest)).toEqual(['again'])
})

test('P10: a refusal is of all relays of a name on the origin, whatever their hosts, and of no other name', async ({
  visit,
  ingest,
  other,
}) => {
  const page = await visit()
  const answers = await page.evaluate(
    async ([host, elsewhere]) => {
      const same = window.relay({ hosts: [elsewhere] })
      const named = window.relay({ name: 'orders', hosts: [elsewhere] })
      window.send.optOut()
      const all = [window.send(host), same(elsewhere), named(elsewhere)]
      return (await Promise.all(all)).map(({ status }) => status)
    },
    [ingest.url, other.url] as const,
  )
  expect(answers).toEqual([403, 403, 202])
})

test('P10: a refusal does not repeat the erasure of another tab, after which the person has agreed again', async ({
  visit,
  ingest,
  other,
}) => {
  // What another process has stored comes a moment later.
  const knows = (page: Page, refused: string) =>
    page.waitForFunction((value) => localStorage.getItem('outlast:relay::opt_out') === value, refused)
  const options = { hosts: [ingest.url, other.url], retryMaxBackoff: 1_000 }
  const [first, second] = [await visit(options), await visit(options)]
  other.answer = () => ({ status: 503 })
  // Both tabs have a host, and the second hears of the erasure.
  for (const page of [first, second])
    expect(await post(page, `${other.url}/x`, 'erased')).toMatchObject({ status: 202 })
  await first.evaluate(() => window.send.optOut({ clear: true }))
  await knows(second, 'true')
  expect(await post(second, `${other.url}/x`, 'refused')).toMatchObject({ status: 403 })
  await expect.poll(() => stats(second)).toMatchObject({ pending: 0 })
  await first.evaluate(() => window.send.optIn())
  await knows(second, 'false')
  expect(await post(second, `${other.url}/x`, 'agreed')).toMatchObject({ status: 202 })
  await second.evaluate(() => window.send.optOut())
  await knows(first, 'true')
  await expect.poll(() => first.evaluate(() => window.send.stats())).toMatchObject({ dropped: { opted_out: 2 } })
  other.answer = () => ({ status: 200 })
  other.taken.length = 0
  await first.evaluate(() => window.send.optIn())
  await arrived(other, 1)
  expect(bodies(other)).toEqual(['agreed'])
})

test('P6: a redirect is not followed: the request waits, and the console says why', async ({
  visit,
  ingest,
  other,
}) => {
  const page = await visit({ hosts: [] })
  const warning = page.waitForEvent('console', (message) => message.text().includes('redirects'))
  await page.evaluate((host) => {
    window.send = window.relay({ hosts: [host] })
  }, ingest.url)
  ingest.answer = () => ({ status: 307, headers: { Location: `${other.url}/elsewhere` } })
  await post(page, `${ingest.url}/x`, 'a')
  expect((await warning).text()).toContain(ingest.url)
  expect(other.taken).toEqual([])
  expect(await stats(page)).toMatchObject({ pending: 1 })
})

test('a text is compressed where the relay says so, and bytes are not', async ({ visit, ingest }) => {
  const page = await visit({ hosts: [ingest.url], compress: 'gzip' })
  await post(page, `${ingest.url}/x`, 'text '.repeat(100))
  await page.evaluate((url) => window.send(url, { method: 'POST', body: new Uint8Array(3) }), `${ingest.url}/x`)
  await arrived(ingest, 2)
  const [text, bytes] = ingest.taken
  expect(text?.headers['content-encoding']).toBe('gzip')
  expect(gunzipSync(text?.body ?? Buffer.alloc(0)).toString()).toBe('text '.repeat(100))
  expect([bytes?.headers['content-encoding'], bytes?.body.length]).toEqual([undefined, 3])
})

test('a text is deflated where the relay says so', async ({ visit, ingest }) => {
  const page = await visit({ hosts: [ingest.url], compress: 'deflate' })
  await post(page, `${ingest.url}/x`, 'text '.repeat(100))
  await arrived(ingest, 1)
  expect(ingest.taken[0]?.headers['content-encoding']).toBe('deflate')
  expect(inflateSync(ingest.taken[0]?.body ?? Buffer.alloc(0)).toString()).toBe('text '.repeat(100))
})

test('a page with a relay loads the relay, and what a client loads', async ({ visit, ingest }) => {
  const page = await visit()
  await post(page, `${ingest.url}/x`, 'a')
  await arrived(ingest, 1)
  const files = await page.evaluate(() =>
    performance.getEntriesByType('resource').flatMap(({ name }) => /\/outlast\/(.*)/.exec(name)?.[1] ?? []),
  )
  expect(files.sort()).toEqual(['chunks/delivery.js', 'index.js', 'relay.js'])
})

test('P5: the answer has the id by which a request is told to be delivered', async ({ visit, ingest }) => {
  const page = await visit({ hosts: [] })
  const [id, told] = await page.evaluate(async (host) => {
    const send = window.relay({ hosts: [host] })
    const told: string[] = []
    const delivered = new Promise<void>((resolve) => {
      send.on('delivered', ({ uuids }) => {
        told.push(...uuids)
        resolve()
      })
    })
    const { headers } = await send(`${host}/x`, { method: 'POST', body: 'a' })
    await delivered
    return [headers.get('outlast-uuid'), told]
  }, ingest.url)
  expect(id).toMatch(/^[0-9a-f-]{36}$/)
  expect(told).toEqual([id])
})

test('P5: a request that is older than maxAge is dropped as expired, and one with no try left as attempts_exhausted', async ({
  visit,
  ingest,
}) => {
  ingest.answer = () => ({ status: 503 })
  const quick = { retryInitialBackoff: 100, retryMaxBackoff: 200 }
  const page = await visit({ hosts: [ingest.url], maxAge: 1_000, ...quick })
  expect(await post(page, `${ingest.url}/x`, 'a')).toMatchObject({ status: 202 })
  await expect.poll(() => stats(page), { timeout: 20_000 }).toMatchObject({ pending: 0, dropped: { expired: 1 } })
  const other = await visit({ hosts: [ingest.url], name: 'tried', maxRetries: 1, ...quick })
  const before = ingest.taken.length
  expect(await post(other, `${ingest.url}/y`, 'b')).toMatchObject({ status: 202 })
  await expect
    .poll(() => stats(other), { timeout: 20_000 })
    .toMatchObject({ pending: 0, dropped: { attempts_exhausted: 1 } })
  expect(ingest.taken.slice(before).filter(({ path }) => path === '/y')).toHaveLength(2)
})

for (const [name, bound] of [
  ['maxQueueSize', { maxQueueSize: 2 }],
  ['maxQueueBytes', { maxQueueBytes: 3_000 }],
] as const) {
  test(`P7: a queue that has reached ${name} answers with 507`, async ({ visit, ingest }) => {
    ingest.answer = () => ({ status: 503 })
    const page = await visit({ hosts: [ingest.url], ...bound })
    const answers: Answer[] = []
    for (let n = 0; n < 5; n++) answers.push(await post(page, `${ingest.url}/x`, 'x'.repeat(900)))
    expect(answers[0]).toMatchObject({ status: 202 })
    expect(answers.at(-1)).toMatchObject({ status: 507, reason: 'queue_full' })
    const taken = answers.filter(({ status }) => status === 202).length
    ingest.answer = () => ({ status: 200 })
    await expect.poll(() => stats(page), { timeout: 20_000 }).toMatchObject({ delivered: taken, pending: 0 })
  })
}

for (const [option, signal] of [
  ['respectDnt', 'doNotTrack'],
  ['respectGpc', 'globalPrivacyControl'],
] as const) {
  test(`P10: a relay with ${option} takes nothing where the browser says ${signal}`, async ({
    context,
    visit,
    ingest,
  }) => {
    await say(context, signal)
    const page = await visit({ hosts: [ingest.url], [option]: true })
    expect((await post(page, `${ingest.url}/x`, 'a')).status).toBe(403)
    const heedless = await visit({ hosts: [ingest.url] })
    expect((await post(heedless, `${ingest.url}/y`, 'b')).status).toBe(202)
    await arrived(ingest, 1)
    expect(ingest.taken.map(({ path }) => path)).toEqual(['/y'])
  })
}

test('a function of the page gives headers for each try, and the page is the host', async ({ page, site, ingest }) => {
  await page.goto(`${site.url}/relay.html`)
  ingest.answer = () => ({ status: ingest.taken.length === 1 ? 401 : 200 })
  await page.evaluate((host) => {
    let count = 0
    window.send = window.relay({ hosts: [host], headers: async () => ({ Authorization: `Bearer ${++count}` }) })
  }, ingest.url)
  await post(page, `${ingest.url}/x`, 'a')
  await arrived(ingest, 2)
  expect(ingest.taken.map(({ headers }) => headers.authorization)).toEqual(['Bearer 1', 'Bearer 2'])
  expect(await page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length)).toBe(0)
})

test('P9: a page with a relay enters the back/forward cache, and its requests go on after it', async ({
  visit,
  ingest,
  site,
}) => {
  const page = await visit()
  await post(page, `${ingest.url}/x`, 'before')
  // A message of the worker that comes while a page is put away costs the page the cache.
  await page.evaluate(() => window.send.flush())
  await page.evaluate(() => Object.assign(window, { alive: true }))
  await page.goto(`${site.url}/away.html`)
  await page.goBack({ waitUntil: 'commit' })
  await expect.poll(() => page.evaluate(() => 'alive' in window).catch(() => false)).toBe(true)
  expect(await post(page, `${ingest.url}/x`, 'after')).toMatchObject({ status: 202 })
  await arrived(ingest, 2)
})

test('P5: the inspector shows what waits, by method and address, without what the query says', async ({
  visit,
  ingest,
}) => {
  const page = await visit()
  ingest.answer = () => ({ status: 503 })
  await post(page, `${ingest.url}/first?key=secret`, 'a')
  await post(page, `${ingest.url}/second`, 'b')
  await page.evaluate(async () => {
    await import(new URL('/outlast/inspector.js', location.href).href)
    document.body.append(document.createElement('outlast-inspector'))
  })
  const pending = page.locator('outlast-inspector').getByRole('table', { name: 'Pending' })
  await expect(pending).toContainText(`POST ${ingest.url}/first`)
  await expect(pending).toContainText(`POST ${ingest.url}/second`)
  await expect(pending).not.toContainText('secret')
})

test('P3: what is handed over offline is on disk, and arrives when the network is back, with the tab long closed', async ({
  visit,
  ingest,
  context,
}) => {
  const page = await visit()
  await page.evaluate(() => window.send.stats())
  await context.setOffline(true)
  const answers = [await post(page, `${ingest.url}/1`, 'first'), await post(page, `${ingest.url}/2`, 'second')]
  expect(answers).toEqual(answers.map(() => expect.objectContaining({ status: 202, storage: 'indexeddb' })))
  await page.close()
  expect(ingest.taken).toEqual([])
  await context.setOffline(false)
  await arrived(ingest, 2)
  expect(bodies(ingest)).toEqual(['first', 'second'])
})

test('P5: what only memory has leaves with the page, in its own form, where it is a POST', async ({
  context,
  visit,
  ingest,
  site,
}) => {
  await context.addInitScript(() => Object.defineProperty(window, 'indexedDB', { value: undefined }))
  const page = await visit({
    hosts: [ingest.url],
    worker: false,
    retryInitialBackoff: 600_000,
    retryMaxBackoff: 600_000,
  })
  ingest.answer = () => ({ status: 503 })
  const json = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{}' }
  await post(page, `${ingest.url}/plain`, 'tried')
  await arrived(ingest, 1)
  await send(page, `${ingest.url}/cookies`, { method: 'POST', body: 'waits', credentials: 'include' })
  await send(page, `${ingest.url}/json`, json)
  await send(page, `${ingest.url}/put`, { ...json, method: 'PUT' })
  ingest.taken.length = 0
  ingest.answer = () => ({ status: 200 })
  await page.goto(`${site.url}/away.html`)
  await expect.poll(() => ingest.taken.map(({ path }) => path).sort()).toEqual(['/cookies', '/json', '/plain'])
})

test('P6: a host that gives no answer holds up no other, each of which has a lock of its own', async ({
  visit,
  ingest,
  other,
}) => {
  const page = await visit({ hosts: [ingest.url, other.url] })
  ingest.answer = () => 'hang'
  other.answer = () => 'hang'
  await post(page, `${ingest.url}/1`, 'one')
  await arrived(ingest, 1)
  await post(page, `${other.url}/2`, 'two')
  await arrived(other, 1)
  const senders = () =>
    page.evaluate(async () => {
      const { held = [] } = await navigator.locks.query()
      return new Set(held.map(({ name }) => name).filter((name) => name?.startsWith('outlast:sender:'))).size
    })
  await expect.poll(senders).toBe(2)
})

/** How a request is answered that is erased before a host has it, by a person who then agrees again or not. */
const erasedAtOnce = (page: Page, url: string, agrees: boolean) =>
  page.evaluate(
    async ([to, then]) => {
      const answered = window.send(to, { method: 'POST', body: 'erased' })
      // Long enough that the relay has it, and too short for a first worker.
      await new Promise((resolve) => setTimeout(resolve))
      window.send.optOut({ clear: true })
      if (then) window.send.optIn()
      const { status, statusText } = await answered
      return { status, statusText }
    },
    [url, agrees] as const,
  )

test('P10: a request that is erased before a host has it is refused as opted_out, and is not sent', async ({
  visit,
  ingest,
}) => {
  const page = await visit()
  expect(await erasedAtOnce(page, `${ingest.url}/x`, false)).toEqual({ status: 403, statusText: 'opted_out' })
  await expect.poll(() => stats(page)).toMatchObject({ delivered: 0, pending: 0 })
  expect(ingest.taken).toEqual([])
})

test('P10: a person who opts out and agrees again is heard of from then on, and the request in between is answered as erased', async ({
  visit,
  ingest,
}) => {
  const page = await visit()
  expect(await erasedAtOnce(page, `${ingest.url}/x`, true)).toEqual({ status: 403, statusText: 'opted_out' })
  expect(await post(page, `${ingest.url}/x`, 'again')).toMatchObject({ status: 202 })
  await arrived(ingest, 1)
  expect(bodies(ingest)).toEqual(['again'])
})

test('P10: what was handed over before an erasure is erased, also where the person agrees again in the same task or while a body is read', async ({
  visit,
  ingest,
}) => {
  const page = await visit({ hosts: [ingest.url], name: 'erased' })
  // A host is there, which takes what it is given at once.
  expect(await post(page, `${ingest.url}/x`, 'before')).toMatchObject({ status: 202 })
  await arrived(ingest, 1)
  const refusals = await page.evaluate(async (host) => {
    // Another relay of the page may be the one by which the person refuses.
    const other = window.relay({ hosts: ['https://other.example.com'], name: 'erased' })
    const bodies = { text: 'erased', blob: new Blob(['erased']), request: undefined }
    const answers: Promise<Response>[] = []
    for (const by of [window.send, other]) {
      for (const body of Object.values(bodies)) {
        const init = { method: 'POST', body: body ?? 'erased' }
        answers.push(body ? window.send(host, init) : window.send(new Request(host, init)))
        by.optOut({ clear: true })
        by.optIn()
      }
    }
    return (await Promise.all(answers)).map(({ status, statusText }) => `${status} ${statusText}`)
  }, `${ingest.url}/x`)
  expect(refusals).toEqual(Array(6).fill('403 opted_out'))
  expect(await post(page, `${ingest.url}/x`, 'after')).toMatchObject({ status: 202 })
  await arrived(ingest, 2)
  expect(bodies(ingest)).toEqual(['before', 'after'])
})

test('P10: a request that waits for its host is erased by another relay of its name in the page', async ({
  visit,
  ingest,
}) => {
  const page = await visit({ hosts: [] })
  const answer = await page.evaluate(async (host) => {
    const [send, other] = [window.relay({ hosts: [host] }), window.relay({ hosts: [host] })]
    const answered = send(host, { method: 'POST', body: 'erased' })
    // Long enough that the relay has it, and too short for a first worker.
    await new Promise((resolve) => setTimeout(resolve))
    other.optOut({ clear: true })
    other.optIn()
    const { status, statusText } = await answered
    return `${status} ${statusText}`
  }, ingest.url)
  expect(answer).toBe('403 opted_out')
})

test('P10: of a person who has refused a relay says nothing else, whatever is wrong with the request', async ({
  visit,
  ingest,
}) => {
  const page = await visit({ hosts: [ingest.url], maxBodyBytes: 1 })
  await page.evaluate(() => window.send.optOut())
  const headers = { 'X-Key': 'k' }
  const [large, named] = [
    { method: 'POST', body: 'large' },
    { method: 'POST', body: '', headers },
  ]
  for (const init of [large, named])
    expect(await send(page, `${ingest.url}/x`, init)).toMatchObject({ status: 403, reason: 'opted_out' })
  expect(await post(page, 'https://elsewhere.example.com/', '')).toMatchObject({ reason: 'opted_out' })
})

test('P10: a refusal by a relay that has no usable host is of all relays of its name', async ({ visit, ingest }) => {
  const page = await visit({ hosts: [ingest.url], name: 'orders' })
  ingest.answer = () => ({ status: 503 })
  expect(await post(page, `${ingest.url}/x`, 'waits')).toMatchObject({ status: 202 })
  const told: string[] = []
  page.on('console', (message) => told.push(message.text()))
  const opted = await page.evaluate((host) => {
    const unusable = window.relay({ hosts: [host], name: 'orders' })
    unusable.optOut({ clear: true })
    return [unusable.isOptOut(), window.send.isOptOut()]
  }, new URL(ingest.url).host)
  expect(opted).toEqual([true, true])
  expect(await post(page, `${ingest.url}/x`, 'refused')).toMatchObject({ status: 403, reason: 'opted_out' })
  await expect.poll(() => stats(page)).toMatchObject({ pending: 0, dropped: { opted_out: 1 } })
  await expect.poll(() => told.filter((text) => text.includes('hosts must be'))).toHaveLength(1)
})

test('P11: an unusable option of a relay is its default, with one warning', async ({ visit, ingest, other }) => {
  const page = await visit({ hosts: [] })
  const told: string[] = []
  page.on('console', (message) => told.push(message.text()))
  await page.evaluate(
    (hosts) => {
      const unusable = { compress: 'br', maxBodyBytes: '1 MB', storedHeaders: { 'x key': 1_000 } }
      window.send = window.relay({ hosts, ...unusable } as unknown as RelayOptions)
    },
    [ingest.url, other.url],
  )
  expect(await post(page, `${ingest.url}/x`, 'small')).toMatchObject({ status: 202 })
  expect(await post(page, `${ingest.url}/x`, 'x'.repeat(1_000_001))).toMatchObject({ status: 413 })
  await arrived(ingest, 1)
  expect(ingest.taken[0]?.headers).not.toHaveProperty('content-encoding')
  expect(bodies(ingest)).toEqual(['small'])
  expect(await post(page, `${other.url}/x`, 'small')).toMatchObject({ status: 202 })
  for (const name of ['compress', 'maxBodyBytes', 'storedHeaders'])
    await expect.poll(() => told.filter((text) => text.includes(`${name} must be`))).toHaveLength(1)
})

/** Hands a request over, does something, and leaves before any host has answered. */
const leaveAfter = (page: Page, options: string, url: string, then = '') =>
  page.evaluate(
    ([given, to, what]) => {
      const run = new Function(
        'relay',
        'to',
        `const send = relay(${given}); void send(to, { method: 'POST', body: 'a' })
        setTimeout(() => { ${what}; location.href = '/away.html' })`,
      )
      run(window.relay, to)
    },
    [options, url, then] as const,
  )

test('P10: a page that is left sends nothing of a person who has just opted out', async ({ visit, ingest, site }) => {
  for (const how of ['', '{ clear: true }']) {
    const page = await visit({ hosts: [] })
    await leaveAfter(page, `{ hosts: ['${ingest.url}'] }`, `${ingest.url}/x`, `send.optOut(${how})`)
    await page.waitForURL(`${site.url}/away.html`)
    // A later request of the same browser shows that the earlier one is not merely on its way.
    await page.evaluate((url) => fetch(url, { method: 'POST', mode: 'no-cors', body: 'later' }), `${ingest.url}/later`)
    await page.close()
  }
  expect(bodies(ingest)).toEqual(['later', 'later'])
})

for (const [option, signal] of [
  ['respectDnt', 'doNotTrack'],
  ['respectGpc', 'globalPrivacyControl'],
] as const) {
  test(`P10: a page that is left before late code has looked sends nothing of a person whose browser objects: ${option}`, async ({
    context,
    visit,
    ingest,
    site,
  }) => {
    await say(context, signal)
    const page = await visit({ hosts: [] })
    await leaveAfter(page, `{ hosts: ['${ingest.url}'], ${option}: true }`, `${ingest.url}/x`)
    await page.waitForURL(`${site.url}/away.html`)
    await page.evaluate((url) => fetch(url, { method: 'POST', mode: 'no-cors', body: 'later' }), `${ingest.url}/later`)
    expect(bodies(ingest)).toEqual(['later'])
  })
}

test('P10: a page that is left sends no request without the headers that a function gives', async ({
  visit,
  ingest,
  site,
}) => {
  for (const option of [
    'headers: () => new Promise(() => undefined)',
    'worker: { url: "/none.js", scope: "/", requestHeaders: true }',
  ]) {
    const page = await visit({ hosts: [] })
    await leaveAfter(page, `{ hosts: ['${ingest.url}'], ${option} }`, `${ingest.url}/x`)
    await page.waitForURL(`${site.url}/away.html`)
    await page.evaluate((url) => fetch(url, { method: 'POST', mode: 'no-cors', body: 'later' }), `${ingest.url}/later`)
    await page.close()
  }
  expect(bodies(ingest)).toEqual(['later', 'later'])
})

test('P10: what leaves with the page follows no redirect', async ({ visit, ingest, other, site }) => {
  ingest.answer = () => ({ status: 307, headers: { Location: `${other.url}/elsewhere` } })
  const page = await visit({ hosts: [] })
  await leaveAfter(page, `{ hosts: ['${ingest.url}'], worker: false }`, `${ingest.url}/x`)
  await page.waitForURL(`${site.url}/away.html`)
  await arrived(ingest, 1)
  await page.evaluate((url) => fetch(url, { method: 'POST', mode: 'no-cors', body: 'later' }), `${other.url}/later`)
  expect(bodies(other)).toEqual(['later'])
})

test('P5: relays to one host may store different headers, and a page without them sends what another has stored', async ({
  visit,
  ingest,
}) => {
  const page = await visit()
  ingest.answer = () => ({ status: 503 })
  await post(page, `${ingest.url}/1`, 'plain')
  const status = await page.evaluate(async (host) => {
    const other = window.relay({ hosts: [host], storedHeaders: { 'x-key': 60_000 } })
    return (await other(`${host}/2`, { method: 'POST', headers: { 'X-Key': 'k' }, body: 'named' })).status
  }, ingest.url)
  expect(status).toBe(202)
  ingest.taken.length = 0
  ingest.answer = () => ({ status: 200 })
  await visit()
  await expect.poll(() => bodies(ingest), { timeout: 20_000 }).toEqual(['plain', 'named'])
  expect(ingest.taken[1]?.headers['x-key']).toBe('k')
})

/** Room for the database and the worker, and for some 50 of the requests below. */
const SMALL_QUOTA = 500_000

/**
 * Hands requests over, one after the other, until the disk has no room for one: it is refused, or stays in memory where the disk is too
 * slow to say so. Gives the answer to that one, and how many were stored before it.
 */
const fill = (page: Page, url: string) =>
  page.evaluate(async (to) => {
    // It does not compress: what counts towards the quota is what is stored.
    const noise = () => Array.from(crypto.getRandomValues(new Uint32Array(600)), (n) => n.toString(36)).join('')
    for (let stored = 0; stored < 1_000; stored++) {
      const answer = await window.send(to, { method: 'POST', body: `${stored} ${noise()}` })
      const storage = answer.headers.get('outlast-storage')
      if (storage !== 'indexeddb') return { stored, status: answer.status, reason: answer.statusText, storage }
    }
    throw new Error('there is always room')
  }, url)

for (const [where, worker] of [
  ['the worker', undefined],
  ['the page', false],
] as const) {
  test(`P5, P7: a quota used up mid-run in ${where} refuses requests with 507, and the queue is drained all the same, beside events`, async ({
    visit,
    ingest,
    collector,
    context,
    site,
    received,
  }) => {
    const devTools = await context.newCDPSession(await context.newPage())
    const setQuota = (quotaSize?: number) =>
      devTools.send('Storage.overrideQuotaForOrigin', { origin: site.url, ...(quotaSize ? { quotaSize } : {}) })
    ingest.answer = () => 'hang'
    collector.fault({ mode: 'hang' })
    await setQuota(SMALL_QUOTA)
    const limits = { worker, requestTimeout: 3_000 }
    const page = await visit({ hosts: [ingest.url], ...limits })
    await page.evaluate(
      async ([host, options]) => {
        const { init } = await import(new URL('/outlast/index.js', location.href).href)
        window.outlast = init('phc_test', { host, flushAt: 1, ...options })
        window.outlast.capture('before')
        await window.outlast.stats()
        window.drops = []
        window.send.on('drop', ({ reason }) => window.drops.push(reason))
        window.placesTold = []
        // The types of a relay leave this event of a client out.
        const on = window.send.on as (name: string, listener: (detail: { to: string }) => void) => void
        on('degraded', ({ to }) => window.placesTold.push(to))
      },
      [collector.url, limits] as const,
    )
    const { stored, ...answer } = await fill(page, `${ingest.url}/x`)
    expect([
      { status: 507, reason: 'storage_full', storage: null },
      { status: 202, reason: '', storage: 'memory' },
    ]).toContainEqual(answer)
    ingest.taken.length = 0
    ingest.answer = () => ({ status: 200 })
    collector.fault({ mode: 'ok' })
    // What was told as a drop is not delivered besides: each of them came to one end.
    const arrived = () => new Set(bodies(ingest).map((body) => body.replace(/ .*/, '')))
    const drops = () => page.evaluate(() => window.drops)
    await expect.poll(async () => arrived().size + (await drops()).length, { timeout: 40_000 }).toBe(stored + 1)
    if (answer.status === 507) {
      expect(arrived()).not.toContain(String(stored))
      const counts = { accepted: stored + 1, delivered: stored, pending: 0, dropped: { storage_full: 1 } }
      // A page that has gone on in memory, because the disk took nothing, and has told so, counts what it has handed over since.
      const ofMemory = { accepted: 1, delivered: 0, pending: 0, dropped: { storage_full: 1 } }
      const isInMemory = () => page.evaluate(() => window.placesTold.at(-1) === 'memory')
      await expect(async () => expect(await stats(page)).toEqual((await isInMemory()) ? ofMemory : counts)).toPass({
        timeout: 5_000,
      })
    }
    await setQuota()
    expect(await post(page, `${ingest.url}/x`, 'again ')).toMatchObject({ status: 202 })
    await page.evaluate(() => window.outlast.capture('after'))
    await expect.poll(arrived).toContain('again')
    expect(arrived().size + (await drops()).length).toBe(stored + 2)
    expect((await received(2)).map(({ event, copies }) => [event, copies])).toEqual([
      ['before', 1],
      ['after', 1],
    ])
  })
}

const isWorkerFile = (file: string) => file.startsWith('/__outlast/')

test('P4, P8: a page that meets the worker of another version goes on by itself, and each request arrives once', async ({
  visit,
  ingest,
  site,
}) => {
  ingest.answer = () => ({ status: 503 })
  const options = { hosts: [ingest.url], retryMaxBackoff: 1_000 }
  const page = await visit(options)
  const handed = [await post(page, `${ingest.url}/x`, 'by the old worker')]
  serve(site, await buildVariant([NEXT_MESSAGES]), isWorkerFile)
  await update(page)
  await takeOver(page)
  handed.push(await post(page, `${ingest.url}/x`, 'to the new worker'))
  const later = await visit(options)
  handed.push(await post(later, `${ingest.url}/x`, 'by a later page'))
  expect(handed).toEqual(Array(3).fill({ status: 202, reason: '', storage: 'indexeddb', detail: '' }))
  ingest.taken.length = 0
  ingest.answer = () => ({ status: 200 })
  await arrived(ingest, 3)
  for (const one of [page, later])
    await expect.poll(() => stats(one)).toEqual({ accepted: 3, delivered: 3, pending: 0, dropped: {} })
  expect(bodies(ingest)).toEqual(['by the old worker', 'to the new worker', 'by a later page'])
})

test('P4: a request of a later form waits for the worker that knows it, which sends it', async ({
  visit,
  ingest,
  site,
}) => {
  const earlier = await buildVariant([EARLIER_REQUESTS])
  serve(site, earlier, isWorkerFile)
  const page = await visit({ hosts: [ingest.url], retryMaxBackoff: 1_000, maxRetries: 0 })
  const retries = page.evaluate(
    () =>
      new Promise((resolve) => {
        window.send.on('retry', ({ cause }) => resolve(cause))
      }),
  )
  expect(await post(page, `${ingest.url}/x`, 'of a later form')).toMatchObject({ status: 202 })
  expect(await retries).toContain('a later version of the library')
  expect(ingest.taken).toEqual([])
  expect(await stats(page)).toEqual({ accepted: 1, delivered: 0, pending: 1, dropped: {} })
  withdraw(site, earlier)
  await update(page)
  await takeOver(page)
  await arrived(ingest, 1)
  expect(bodies(ingest)).toEqual(['of a later form'])
  await expect.poll(() => stats(page)).toEqual({ accepted: 1, delivered: 1, pending: 0, dropped: {} })
})

test('P10: a relay has no id of a person either once a person has erased all and agreed again', async ({
  visit,
  ingest,
}) => {
  const page = await visit()
  const second = await visit()
  await page.evaluate(() => window.send.optOut({ clear: true }))
  expect(await post(second, `${ingest.url}/x`, 'refused')).toMatchObject({ status: 403 })
  await page.evaluate(() => window.send.optIn())
  for (const one of [page, second]) expect(await post(one, `${ingest.url}/x`, 'again')).toMatchObject({ status: 202 })
  await arrived(ingest, 2)
  const stored = await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }))
  expect(stored).toContain('relay')
  expect(stored).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}/)
})
