import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { listen } from '../../test/support/listen'
import { createCollector, startCollector } from './collector'
import { collectorContract, START_MS } from './testing/contract'
import { event, get, send, v0Batch, v1Batch, v1Headers, watch } from './testing/http'

/** Empty: not the DATABASE_URL of the shell the tests run in. */
const embedded = { databaseUrl: '' }

collectorContract('on PGlite', () => startCollector({ ...embedded, heartbeatMs: 50 }))

describe('hosting', () => {
  let dataDir: string | undefined
  afterAll(() => (dataDir ? rm(dataDir, { recursive: true }) : undefined))

  it(
    'keeps its events in a directory, closes with clients connected, and opens again',
    async () => {
      dataDir = await mkdtemp(join(tmpdir(), 'collector-'))
      const sent = event()
      const handler = (_: unknown, res: ServerResponse) => res.end('page')
      const first = await startCollector({ ...embedded, dataDir: join(dataDir, 'db'), exposeHeaders: true, handler })
      expect(await get(`${first.url}/somewhere`)).toMatchObject({ status: 200, text: 'page' })
      await send(`${first.url}/batch/`, { body: v0Batch(sent) })
      first.fault({ mode: '503', count: 1 })
      const headers = v1Headers({ Origin: 'https://shop.example' })
      const refused = await send(`${first.url}/i/v1/analytics/events`, { headers, body: v1Batch(event()) })
      expect(refused.headers['access-control-expose-headers']).toContain('Retry-After')
      const watcher = await watch(first.url)
      first.fault({ mode: 'hang' })
      const held = send(`${first.url}/e/`, { body: v0Batch(event()) }).catch((error) => error)
      await watcher.next(({ type }) => type === 'held')
      await first.close()
      expect(await held).toBeInstanceOf(Error)

      const second = await startCollector({ ...embedded, dataDir: join(dataDir, 'db') })
      expect(await second.uuids()).toEqual({ [sent.uuid]: 1 })
      await second.close()
    },
    START_MS,
  )

  it(
    'mounts into another server, whose requests it leaves alone',
    async () => {
      const collector = await createCollector(embedded)
      const server = createServer((req, res) => {
        if (!collector.handle(req, res)) res.end('page')
      })
      const { origin: url } = await listen(server)
      for (const path of ['/', '/batches', '/ee', '//e/', '/_control', '/i/v1/analytics']) {
        expect(await get(url + path)).toMatchObject({ text: 'page' })
      }
      expect(await send(`${url}/e`, { body: v0Batch(event()) })).toMatchObject({ json: { status: 'Ok' } })
      expect((await get(`${url}/_control/stats`)).json).toMatchObject({ events: 1 })
      await collector.close()
      await expect(send(`${url}/e`, { body: v0Batch(event()) })).rejects.toThrow()
      expect(await get(url)).toMatchObject({ text: 'page' })
      await new Promise((resolve) => server.close(resolve))
    },
    START_MS,
  )

  it('says why it cannot start', async () => {
    const refused = startCollector({ databaseUrl: 'postgres://127.0.0.1:1/none' })
    await expect(refused).rejects.toThrow(/ECONNREFUSED/)
  })
})
