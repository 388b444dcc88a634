/** Relays in each engine: bytes, order, a page that is left and comes back, and headers that fetch adds. */

import type { Relay, RelayOptions } from '../../src/relay'
import type { Page } from '../engines/engine'
import { inPage } from '../engines/in-page'
import { type Ingest, startIngest } from '../ingest'
import { test as base, expect, holds } from './fixtures'

interface OfRelay {
  ingest: Ingest
  /** Opens a page with a relay to the server. */
  visit(options?: Partial<RelayOptions>): Promise<Page>
}

interface RelayPage {
  send: Relay
}

const PATIENCE_MS = 20_000

const test = base.extend<OfRelay>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads a fixture's needs from this pattern.
  ingest: async ({}, use) => {
    const ingest = await startIngest()
    await use(ingest)
    await ingest.close()
  },
  visit: async ({ site, ingest, tab }, use) => {
    await use(async (options = {}) => {
      const given = JSON.stringify({ hosts: [ingest.url], ...options })
      await tab.goto(`${site.url}/relay.html?relay=${encodeURIComponent(given)}`)
      await holds(tab, () => (window as unknown as Partial<RelayPage>).send !== undefined)
      return tab
    })
  },
})

const arrived = ({ taken }: Ingest, count: number) =>
  expect.poll(() => taken.length, { timeout: PATIENCE_MS }).toBe(count)

test('texts, bytes and forms arrive as they were handed over, and the counts say so', async ({ visit, ingest }) => {
  const page = await visit()
  const statuses = await inPage(
    page,
    async (url) => {
      const { send } = window as unknown as RelayPage
      const bytes = Uint8Array.from({ length: 10_000 }, (_, index) => index % 256)
      const form = new FormData()
      form.append('field', 'value')
      const answers = [
        await send(url, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{"a":"ä"}' }),
        await send(url, { method: 'POST', body: bytes }),
        await send(new Request(url, { method: 'PUT', body: bytes })),
        await send(url, { method: 'POST', body: form }),
        await send(url),
      ]
      return answers.map(({ status, headers }) => `${status} ${headers.get('outlast-storage')}`)
    },
    `${ingest.url}/x`,
  )
  expect(new Set(statuses)).toEqual(new Set(['202 indexeddb']))
  await arrived(ingest, 5)
  const bytes = Buffer.from(Uint8Array.from({ length: 10_000 }, (_, index) => index % 256))
  expect(ingest.taken.map(({ method }) => method)).toEqual(['POST', 'POST', 'PUT', 'POST', 'GET'])
  expect(ingest.taken[0]?.body.toString()).toBe('{"a":"ä"}')
  expect(ingest.taken.slice(1, 3).map(({ body }) => body.equals(bytes))).toEqual([true, true])
  expect(ingest.taken[3]?.headers['content-type']).toMatch(/^multipart\/form-data; boundary=/)
  const counts = () => inPage(page, () => (window as unknown as RelayPage).send.stats())
  await expect.poll(counts).toEqual({ accepted: 5, delivered: 5, pending: 0, dropped: {} })
})

test('P2: without a worker the next visit delivers what the server did not take', async ({
  engineName,
  visit,
  ingest,
  site,
  tab,
}) => {
  test.skip(
    engineName === 'webkit',
    'a page in its page cache may keep a transaction open, for which the next page waits',
  )
  ingest.answer = () => ({ status: 503 })
  const page = await visit({ worker: false })
  const send = (url: string) =>
    (window as unknown as RelayPage).send(url, { method: 'POST', body: 'kept' }).then(({ status }) => status)
  expect(await inPage(page, send, `${ingest.url}/x`)).toBe(202)
  await tab.goto(`${site.url}/away.html`)
  ingest.answer = () => ({ status: 200 })
  ingest.taken.length = 0
  await visit({ worker: false })
  await arrived(ingest, 1)
  expect(ingest.taken[0]?.body.toString()).toBe('kept')
})

test('P5: what is handed over while the page is left arrives', async ({ visit, ingest, site, tab }) => {
  const page = await visit()
  await inPage(page, () => (window as unknown as RelayPage).send.stats())
  await inPage(
    page,
    (url) => {
      addEventListener('pagehide', () => {
        void (window as unknown as RelayPage).send(url, { method: 'POST', body: 'last words' })
      })
    },
    `${ingest.url}/x`,
  )
  await tab.goto(`${site.url}/away.html`)
  await expect
    .poll(() => ingest.taken.some(({ body }) => body.toString() === 'last words'), { timeout: PATIENCE_MS })
    .toBe(true)
})
