/** Servers in front of the endpoint that redirect what is sent to them, or answer with a page of their own. */

import { createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Page } from 'playwright'
import { listen } from '../test/support/listen'
import { expect, test } from './fixtures'
import { leave } from './leave'
import { PAGE } from './told'

type Handle = (method: string, response: ServerResponse, passOn: () => void) => void

interface Front {
  url: string
  /** Requests that came, as `POST /moved/batch/`. */
  requests: string[]
  /** What it does with all that is not behind a redirect, and with what is. */
  handle: Handle
  redirectWith: number | undefined
  close(): Promise<void>
}

/** `/batch/` and the like redirect to `/moved/batch/`, if they do, and the collector is behind that. */
async function startFront(collectorUrl: string): Promise<Front> {
  const front: Front = {
    url: '',
    requests: [],
    handle: (_, __, passOn) => passOn(),
    redirectWith: undefined,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  const server = createServer((req, res) => {
    const { method = '', url = '/' } = req
    for (const [name, value] of Object.entries(CORS)) res.setHeader(name, value)
    if (method === 'OPTIONS') return void res.writeHead(204).end()
    front.requests.push(`${method} ${url}`)
    const isMoved = url.startsWith(MOVED)
    if (front.redirectWith !== undefined && !isMoved) {
      return void res.writeHead(front.redirectWith, { Location: MOVED + url }).end()
    }
    front.handle(method, res, () => passOn(req, res, collectorUrl + (isMoved ? url.slice(MOVED.length) : url)))
  })
  front.url = (await listen(server)).origin
  return front
}

const MOVED = '/moved'

const CORS = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Allow-Methods': 'GET, POST',
  'Access-Control-Allow-Headers': '*, Authorization',
}

function passOn(req: IncomingMessage, res: ServerResponse, to: string): void {
  const { host: _, origin: __, ...headers } = req.headers
  const onward = forward(to, { method: req.method ?? '', headers }, (answer) => {
    res.writeHead(answer.statusCode ?? 502, { 'Content-Type': answer.headers['content-type'] ?? 'text/plain' })
    answer.pipe(res)
  })
  onward.on('error', () => res.destroy())
  req.pipe(onward)
}

const json: Handle = (_, response) =>
  void response.writeHead(200, { 'Content-Type': 'application/json' }).end('{"status":1}')
const page: Handle = (_, response) =>
  void response
    .writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' })
    .end('<!doctype html><title>Sign in</title>')

const PLACES = {
  'a place that answers everything with JSON': json,
  'an endpoint': (_, __, passOn) => passOn(),
  'a page': page,
} satisfies Record<string, Handle>

/** Each place with the commonest status, and each other status with one of them: what they do to a POST is the same. */
const CASES: [status: number, to: keyof typeof PLACES][] = [
  [302, 'a place that answers everything with JSON'],
  [302, 'an endpoint'],
  [302, 'a page'],
  [301, 'a place that answers everything with JSON'],
  [303, 'an endpoint'],
]

const stats = (one: Page) => one.evaluate(() => window.outlast.stats())

for (const { host, options } of [
  { host: 'worker', options: {} },
  { host: 'page', options: { worker: false } },
]) {
  for (const wire of ['v0', 'v1'] as const) {
    test.describe(`${wire}, ${host}`, () => {
      let front: Front
      let told: string[]

      test.beforeEach(async ({ collector, context }) => {
        front = await startFront(collector.url)
        told = []
        context.on('console', (message) => {
          if (message.text().startsWith('[outlast]')) told.push(message.text())
        })
      })
      test.afterEach(() => front.close())

      const given = () => ({
        ...options,
        host: front.url,
        retryMaxBackoff: 500,
        ...(wire === 'v1' ? { captureMode: 'v1' } : {}),
      })

      /** Nothing is delivered, and the page is told why, once; once the site is mended, everything is. */
      async function heldUntilMended(one: Page, why: string, received: (count: number) => Promise<unknown[]>) {
        await one.evaluate(() => {
          for (const name of ['one', 'two', 'three']) window.outlast.capture(name)
        })
        await expect.poll(() => told.length, { timeout: 20_000 }).toBe(1)
        expect(told[0]).toContain(why)
        await expect.poll(() => front.requests.length, { timeout: 20_000 }).toBeGreaterThan(4)
        expect(await stats(one)).toMatchObject({ accepted: 3, delivered: 0, pending: 3, dropped: {} })
        expect(told).toHaveLength(1)
        front.redirectWith = undefined
        front.handle = (_, __, passOn) => passOn()
        await received(3)
        await expect
          .poll(() => stats(one), { timeout: 20_000 })
          .toMatchObject({ delivered: 3, pending: 0, dropped: {} })
      }

      for (const [status, what] of CASES) {
        test(`P5: a ${status} to ${what} loses nothing, and the page is told what to do`, async ({
          open,
          received,
        }) => {
          front.redirectWith = status
          front.handle = PLACES[what]
          await heldUntilMended(await open(given()), 'only 307 and 308', received)
        })
      }

      test('P5: a 200 with a page loses nothing, and the page is told what to do', async ({ open, received }) => {
        front.handle = page
        await heldUntilMended(await open(given()), 'answered with a page', received)
      })

      for (const status of [307, 308]) {
        test(`P4: a ${status} to where the endpoint is now delivers, and no event twice`, async ({
          open,
          collector,
          received,
        }) => {
          front.redirectWith = status
          const one = await open(given())
          for (const name of ['one', 'two', 'three']) {
            await one.evaluate(async (event) => {
              window.outlast.capture(event)
              await window.outlast.flush()
            }, name)
          }
          const events = await received(3)
          expect(events.map(({ event, copies }) => [event, copies])).toEqual([
            ['one', 1],
            ['two', 1],
            ['three', 1],
          ])
          expect(await stats(one)).toMatchObject({ delivered: 3, pending: 0, dropped: {} })
          expect((await collector.stats()).events).toBe(3)
          // The later batches go to the new place at once.
          expect(front.requests.slice(-2).every((line) => line.startsWith(`POST ${MOVED}/`))).toBe(true)
          expect(told).toEqual([])
        })
      }

      test('an empty 200 is an answer, which v1 cannot read and v0 need not', async ({ open }) => {
        front.handle = (_, response) => void response.writeHead(200, { 'Content-Type': 'text/html' }).end()
        const one = await open(given())
        await one.evaluate(() => window.outlast.capture('one'))
        const ends = wire === 'v0' ? { delivered: 1, dropped: {} } : { delivered: 0, dropped: { rejected: 1 } }
        await expect.poll(() => stats(one), { timeout: 20_000 }).toMatchObject({ pending: 0, ...ends })
        expect(front.requests).toHaveLength(1)
      })
    })
  }
}

test('P10: where a redirect to another origin keeps events waiting, a page that is left sends no beacon through it', async ({
  open,
  collector,
}) => {
  const front = await startFront(collector.url)
  front.handle = (_, response) => void response.writeHead(307, { Location: `${collector.url}/batch/` }).end()
  const left = await open({ worker: false, host: front.url, captureMode: 'v1' }, PAGE)
  await left.evaluate(() => window.outlast.capture('waits'))
  await expect
    .poll(() => left.evaluate(() => window.told.warnings), { timeout: 20_000 })
    .toEqual([expect.stringContaining('headers must not go there')])
  await leave(left)
  const next = await open({ worker: false })
  // It comes after what the page before has sent.
  await next.evaluate((to) => navigator.sendBeacon(to, ''), `${front.url}/afterwards`)
  await expect.poll(() => front.requests).toContain('POST /afterwards')
  await front.close()
  expect(front.requests.filter((line) => line.includes('beacon'))).toEqual([])
  expect((await collector.stats()).events).toBe(0)
})
