import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders, request, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { listen } from '../../test/support/listen'
import { staticFiles } from './static-files'

const FILES = ['page/index.html', 'page/assets/index-1a2b3c4d.js', 'page/worker.js', 'site/worker.js', 'secret.html']

let base = ''
let server: Server
let port: number

beforeAll(async () => {
  base = mkdtempSync(path.join(tmpdir(), 'outlast-static-'))
  for (const file of FILES) {
    mkdirSync(path.dirname(path.join(base, file)), { recursive: true })
    writeFileSync(path.join(base, file), file)
  }
  const serve = staticFiles([
    ['/__outlast/', path.join(base, 'site')],
    ['/', path.join(base, 'page')],
  ])
  server = createServer((req, res) => serve(req, res.setHeader('X-Site', 'ours')))
  port = (await listen(server)).port
})

afterAll(async () => {
  await new Promise((resolve) => server.close(resolve))
  rmSync(base, { recursive: true })
})

/** The path is sent as it is: `fetch` would resolve its dots first. */
function get(url: string, headers: Record<string, string> = {}) {
  return new Promise<{ status: number | undefined; headers: IncomingHttpHeaders; body: string }>((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path: url, headers, agent: false }, async (res) =>
      resolve({ status: res.statusCode, headers: res.headers, body: await text(res) }),
    )
    asked.once('error', reject).end()
  })
}

test.each([
  ['/', 'page/index.html', 'text/html;charset=utf-8', 'no-cache'],
  ['/?init={}', 'page/index.html', 'text/html;charset=utf-8', 'no-cache'],
  [
    '/assets/index-1a2b3c4d.js',
    'page/assets/index-1a2b3c4d.js',
    'text/javascript; charset=utf-8',
    'public, max-age=31536000, immutable',
  ],
  ['/__outlast/worker.js', 'site/worker.js', 'text/javascript; charset=utf-8', 'no-cache'],
  ['//worker.js', 'page/worker.js', 'text/javascript; charset=utf-8', 'no-cache'],
])('%s is %s', async (url, file, type, cached) => {
  const { status, headers, body } = await get(url)
  expect({ status, body }).toEqual({ status: 200, body: file })
  expect(headers).toMatchObject({ 'content-type': type, 'cache-control': cached, 'x-site': 'ours' })
})

test.each([
  '/../secret.html',
  '/assets/../../secret.html',
  '/%2e%2e/secret.html',
  '/__outlast/../secret.html',
  '/__outlast/../page/index.html',
  '/index.html%00.js',
  '/..',
  '/%',
  '/gone.js',
])('%s is nothing', async (url) => {
  const { status, headers, body } = await get(url)
  expect({ status, body, ours: headers['x-site'] }).toEqual({ status: 404, body: '', ours: 'ours' })
})

test('a range that ends before it begins stops nothing', async () => {
  expect(await get('/worker.js', { Range: 'bytes=9-2' })).toMatchObject({ status: 200, body: 'page/worker.js' })
})
