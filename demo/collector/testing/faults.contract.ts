import { connect } from 'node:net'
import { describe, expect, it } from 'vitest'
import type { Here } from './contract'
import { event, v0Batch, v1Batch, watch } from './http'

export function faultsContract(here: Here) {
  const { post, postV1, lastRequest } = here
  describe('faults', () => {
    const body = () => v0Batch(event())

    it.each(['503', '500', '429'] as const)('%s stores nothing and says so in both protocols', async (mode) => {
      here.collector.fault({ mode, retryAfter: 7 })
      const v0 = await post('/batch/', { body: body() })
      expect(v0).toMatchObject({ status: Number(mode), headers: { 'retry-after': '7' } })
      const v1 = await postV1({ body: v1Batch(event()) })
      expect(v1).toMatchObject({ status: Number(mode), headers: { 'retry-after': '7' } })
      expect(v1.json).toMatchObject({ error: expect.any(String), error_uri: expect.any(String) })
      expect(v1.headers['posthog-request-id']).toBeDefined()
      expect(await here.collector.stats()).toMatchObject({ events: 0, requests: 2, faults: 2 })
      expect(await lastRequest()).toMatchObject({ fault: mode, status: Number(mode), events: 1 })
    })

    it('without retryAfter say what the protocols say', async () => {
      here.collector.fault({ mode: '503' })
      expect((await post('/batch/', { body: body() })).headers['retry-after']).toBeUndefined()
      expect((await postV1({ body: v1Batch(event()) })).headers['retry-after']).toBe('1')
      here.collector.fault({ mode: '429' })
      expect((await postV1({ body: v1Batch(event()) })).headers['retry-after']).toBeUndefined()
    })

    it('413 refuses bodies over a number of events or bytes', async () => {
      const one = { body: body() }
      const two = { body: v0Batch(event(), event()) }
      here.collector.fault({ mode: '413' })
      expect([(await post('/e/', one)).status, (await post('/e/', two)).status]).toEqual([200, 413])
      expect((await postV1({ body: v1Batch(event(), event()) })).json).toMatchObject({ error: 'payload_too_large' })
      here.collector.fault({ mode: '413', maxEvents: 2 })
      expect((await post('/e/', two)).status).toBe(200)
      here.collector.fault({ mode: '413', maxBytes: 10 })
      expect((await post('/e/', one)).status).toBe(413)
    })

    it('400 refuses bodies with an event of that name, or all', async () => {
      const bad = { ...event(), event: 'bad' }
      here.collector.fault({ mode: '400', event: 'bad' })
      expect((await post('/batch/', { body: body() })).status).toBe(200)
      expect(await post('/batch/', { body: v0Batch(event(), bad) })).toMatchObject({ status: 400 })
      expect((await postV1({ body: v1Batch(event()) })).status).toBe(200)
      expect(await postV1({ body: v1Batch(event(), bad) })).toMatchObject({
        status: 400,
        json: { error: 'invalid_request' },
      })
      here.collector.fault({ mode: '400' })
      expect((await post('/batch/', { body: body() })).status).toBe(400)
      expect(await here.collector.stats()).toMatchObject({ events: 2 })
    })

    it('portal answers 200 with a page, and stores nothing', async () => {
      here.collector.fault({ mode: 'portal' })
      for (const answer of [await post('/batch/', { body: body() }), await postV1({ body: v1Batch(event()) })]) {
        expect(answer).toMatchObject({ status: 200, headers: { 'content-type': 'text/html; charset=utf-8' } })
        expect(answer.text).toContain('<!doctype html>')
      }
      expect(await here.collector.stats()).toMatchObject({ events: 0 })
      expect(await lastRequest()).toMatchObject({ fault: 'portal', status: 200, reason: 'fault' })
    })

    it('partial answers by position and stores only what it took', async () => {
      const events = [event(), event(), event(), event()]
      const [a, b, c, d] = events.map(({ uuid }) => uuid)
      here.collector.fault({ mode: 'partial', results: ['ok', 'retry', 'drop'], retryAfter: 4 })
      const answer = await postV1({ body: v1Batch(...events) })
      expect(answer).toMatchObject({ status: 200, headers: { 'retry-after': '4' } })
      expect(Object.values(answer.json.results)).toMatchObject(
        ['ok', 'retry', 'drop', 'ok'].map((result) => ({ result })),
      )
      expect(Object.keys(answer.json.results)).toEqual([a, b, c, d])
      expect(Object.keys(await here.collector.uuids())).toEqual([a, d])
    })

    it('last for a count of requests, preflights not counted', async () => {
      here.collector.fault({ mode: '503', count: 2 })
      await post('/e/', { method: 'OPTIONS' })
      const statuses = []
      for (let i = 0; i < 3; i += 1) statuses.push((await post('/e/', { body: body() })).status)
      expect(statuses).toEqual([503, 503, 200])
      expect(here.collector.fault()).toEqual({ mode: 'ok' })
    })

    it('hang holds the request until the mode is set, then answers by the new one', async () => {
      const watcher = await watch(here.collector.url)
      here.collector.fault({ mode: 'hang' })
      const answer = post('/e/', { body: body() })
      await watcher.next(({ type, held }) => type === 'held' && held === 1)
      expect(await post('/e/', { method: 'OPTIONS' })).toMatchObject({ status: 200 })
      expect(await here.collector.stats()).toMatchObject({ events: 0, held: 1 })
      here.collector.fault({ mode: 'ok' })
      expect(await answer).toMatchObject({ status: 200 })
      expect(await here.collector.stats()).toMatchObject({ events: 1, held: 0 })
      watcher.leave()
    })

    it('hang forgets a client that left', async () => {
      const watcher = await watch(here.collector.url)
      here.collector.fault({ mode: 'hang', count: 1 })
      const gone = new AbortController()
      const request = fetch(`${here.collector.url}/e/`, {
        method: 'POST',
        body: JSON.stringify(body()),
        signal: gone.signal,
      })
      await watcher.next(({ type }) => type === 'held')
      gone.abort()
      await expect(request).rejects.toThrow()
      await watcher.next(({ type, fault }) => type === 'request' && fault === 'hang')
      expect(await here.collector.stats()).toMatchObject({ events: 0, requests: 1, held: 0 })
      expect(await lastRequest()).toMatchObject({ status: null })
      watcher.leave()
    })

    it('lost commits and cuts the connection', async () => {
      here.collector.fault({ mode: 'lost', count: 1 })
      const sent = event()
      const request = { method: 'POST', body: JSON.stringify(v0Batch(sent)) }
      await expect(fetch(`${here.collector.url}/e/`, request)).rejects.toThrow('fetch failed')
      expect(await here.collector.uuids()).toEqual({ [sent.uuid]: 1 })
      expect(await lastRequest()).toMatchObject({ fault: 'lost', status: null, events: 1 })
      expect(await post('/e/', { body: v0Batch(sent) })).toMatchObject({ status: 200 })
      expect(await here.collector.uuids()).toEqual({ [sent.uuid]: 2 })
    })

    it('down cuts the connection and stores nothing, preflights included', async () => {
      here.collector.fault({ mode: 'down' })
      await expect(post('/e/', { body: body() })).rejects.toThrow()
      await expect(post('/e/', { method: 'OPTIONS' })).rejects.toThrow()
      expect(await here.collector.stats()).toMatchObject({ events: 0, requests: 1, faults: 1 })
      expect(await post('/flags/', { body: { api_key: 'phc_test' } })).toMatchObject({ status: 200 })
    })

    it('survives clients that leave in the middle of a body', async () => {
      const watcher = await watch(here.collector.url)
      const socket = connect(here.collector.port, '127.0.0.1')
      socket.write('POST /e/ HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"api')
      socket.on('connect', () => setImmediate(() => socket.destroy()))
      await watcher.next(({ type, reason }) => type === 'request' && reason === 'aborted')
      expect(await lastRequest()).toMatchObject({ status: null, reason: 'aborted' })
      watcher.leave()
    })
  })
}
