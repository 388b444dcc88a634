import { describe, expect, it } from 'vitest'
import type { Here } from './contract'
import { event, get, send, v0Batch, watch } from './http'

export function controlContract(here: Here) {
  const { post } = here
  describe('control', () => {
    const control = (path: string) => `${here.collector.url}/_control/${path}`

    it('reads and sets the fault', async () => {
      const fault = { mode: '429', retryAfter: 3, count: 5 }
      expect(await send(control('fault'), { body: fault })).toMatchObject({ status: 200, json: fault })
      expect((await get(control('fault'))).json).toEqual(fault)
      for (const bad of ['', '{', { mode: 'x' }, { mode: '413', maxEvents: -1 }, { mode: 'ok', count: 0 }]) {
        expect(await send(control('fault'), { body: bad })).toMatchObject({ status: 400 })
      }
      expect(here.collector.fault()).toEqual(fault)
    })

    it('lists events, uuids, requests and stats', async () => {
      const sent = event()
      await post('/batch/', { headers: { 'User-Agent': 'test/1' }, body: v0Batch(sent, sent) })
      const { events } = (await get(control('events?after=0&limit=10'))).json
      expect(events).toEqual([expect.objectContaining({ ...sent, copies: 2, received_at: expect.any(String) })])
      expect((await get(control('uuids'))).json).toEqual({ [sent.uuid]: 2 })
      const { requests } = (await get(control('requests'))).json
      expect(requests).toMatchObject([{ path: '/batch/', status: 200, events: 2, user_agent: 'test/1' }])
      expect((await get(control('stats'))).json).toMatchObject({ events: 1, copies: 2, duplicates: 1, requests: 1 })
      expect(await get(control('events?after=x'))).toMatchObject({ status: 400 })
      expect(await get(control('nothing'))).toMatchObject({ status: 404 })
    })

    it('resets everything', async () => {
      await post('/batch/', { body: v0Batch(event()) })
      here.collector.fault({ mode: '503' })
      expect((await send(control('reset'))).json).toMatchObject({ events: 0, requests: 0, faults: 0 })
      expect(here.collector.fault()).toEqual({ mode: 'ok' })
    })

    it('sets the flags that /flags answers with', async () => {
      await send(control('flags'), { body: { on: true, test: 'blue' } })
      const { json } = await post('/flags/?v=2', { body: { api_key: 'phc_test', distinct_id: 'x' } })
      expect(json.featureFlags).toEqual({ on: true, test: 'blue' })
      expect(json.flags.test).toMatchObject({ key: 'test', enabled: true, variant: 'blue' })
      expect(await post('/flags/', { body: {} })).toMatchObject({ status: 401 })
    })

    const origins: [string, Record<string, string>, number][] = [
      ['no origin', {}, 200],
      ['a loopback page', { Origin: 'http://localhost:5173' }, 200],
      ['a page of a foreign site', { Origin: 'https://evil.example' }, 403],
      ['a foreign page that looks like ours', { Origin: 'http://evil.example', Host: 'evil.example' }, 403],
      ['an origin that hides', { Origin: 'null' }, 403],
      ['a foreign image', { 'Sec-Fetch-Site': 'cross-site' }, 403],
    ]
    it.each(origins)('%s', async (_, headers, status) => {
      const set = await send(control('fault'), { headers, body: { mode: '503' } })
      expect(set.status).toBe(status)
      expect(here.collector.fault().mode).toBe(status === 200 ? '503' : 'ok')
      expect(set.headers['access-control-allow-origin']).toBe(status === 200 ? headers.Origin : undefined)
      const asked = await send(control('fault'), { method: 'OPTIONS', headers })
      expect(asked.status).toBe(status === 200 ? 204 : 403)
    })

    it('bounds what it reads', async () => {
      expect(await send(control('fault'), { body: Buffer.alloc(100_000, 32) })).toMatchObject({ status: 413 })
    })
  })

  describe('stream', () => {
    it('tells every watcher what happens, and forgets those who leave', async () => {
      const watchers = await Promise.all([watch(here.collector.url), watch(here.collector.url)])
      const sent = event()
      here.collector.fault({ mode: '503', count: 1 })
      await post('/e/', { body: v0Batch(sent) })
      await post('/e/', { body: v0Batch(sent) })
      await post('/e/', { body: v0Batch(sent) })
      for (const watcher of watchers) {
        expect(watcher.type).toBe('text/event-stream')
        expect(
          await watcher.next(
            ({ type, fault }) => type === 'fault' && typeof fault === 'object' && fault.mode === '503',
          ),
        ).toBeDefined()
        expect(await watcher.next(({ type }) => type === 'request')).toMatchObject({ status: 503, fault: '503' })
        const next = () => watcher.next(({ type }) => type === 'events')
        expect((await next()).events).toMatchObject([{ uuid: sent.uuid, event: 'seen', copy: 1 }])
        expect((await next()).events).toMatchObject([{ uuid: sent.uuid, received_at: expect.any(String), copy: 2 }])
      }
      expect(await here.collector.stats()).toMatchObject({ watchers: 2 })
      for (const watcher of watchers) watcher.leave()
      await expect.poll(async () => (await here.collector.stats()).watchers).toBe(0)
    })

    it('shows that it lives', async () => {
      const watcher = await watch(here.collector.url)
      await expect.poll(() => watcher.text()).toContain(': still here')
      watcher.leave()
    })
  })
}
