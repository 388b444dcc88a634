import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { Here } from './contract'
import { event, v0Batch, v1Batch } from './http'

const REQUIRED_EVENTS_PER_SECOND = 2_000

export function storageContract(here: Here) {
  const { post, postV1, onlyEvent } = here
  describe('storage', () => {
    it('keeps an event once and counts its copies, across requests, protocols and within a body', async () => {
      const sent = event()
      const other = event()
      await post('/batch/', { body: v0Batch(sent, other, sent) })
      await postV1({ body: v1Batch(sent) })
      await post('/batch/', { body: v0Batch(sent, sent) })
      expect(await here.collector.uuids()).toEqual({ [sent.uuid]: 5, [other.uuid]: 1 })
      expect(await here.collector.stats()).toMatchObject({
        events: 2,
        copies: 6,
        duplicates: 4,
        altered: 0,
        requests: 3,
      })
    })

    it('notices a copy that ingestion would not take for one', async () => {
      const sent = event()
      await post('/batch/', { body: v0Batch(sent, event()) })
      await post('/batch/', { body: v0Batch({ ...sent, timestamp: '2026-01-02T03:04:06Z' }) })
      expect(await here.collector.stats()).toMatchObject({ events: 2, copies: 3, altered: 1 })
    })

    it('stores what PostgreSQL cannot: NUL and halves of surrogate pairs', async () => {
      const properties = { 'a\0b': '\ud800', fine: '\\u0000 😀 \\', list: ['\0', { '\udfff': 1 }] }
      const sent = event({ event: 'x\0y', distinct_id: 'd\0\ud83d', timestamp: '\0', properties })
      expect(await post('/batch/', { body: v0Batch(sent) })).toMatchObject({ status: 200 })
      expect(await onlyEvent()).toMatchObject({
        event: 'x\ufffdy',
        distinct_id: 'd\ufffd\ufffd',
        timestamp: '\ufffd',
        properties: { 'a\ufffdb': '\ufffd', fine: '\\u0000 😀 \\', list: ['\ufffd', { '\ufffd': 1 }] },
      })
    })

    it('keeps the timestamp as sent, even one no database can hold', async () => {
      const texts = ['2025-01-02T08:34:05+05:30', '0000-01-01T00:00:00Z', 'not a time', '2026-06-30T23:59:60Z']
      await post('/batch/', { body: v0Batch(...texts.map((timestamp) => event({ timestamp }))) })
      expect((await here.collector.events()).map(({ timestamp }) => timestamp)).toEqual(texts)
    })

    it('counts every copy of batches that arrive together', async () => {
      const events = Array.from({ length: 2_000 }, () => event())
      const sendings = [events, [...events].reverse(), events, [...events].reverse()]
      await Promise.all(sendings.map((batch) => post('/batch/', { body: v0Batch(...batch) })))
      expect(new Set(Object.values(await here.collector.uuids()))).toEqual(new Set([4]))
    })

    it(`takes more than ${REQUIRED_EVENTS_PER_SECOND} events a second`, async () => {
      const batch = Array.from({ length: 10_000 }, (_, i) => event({ properties: { i, text: 'x'.repeat(200) } }))
      const body = gzipSync(JSON.stringify(v0Batch(...batch)))
      const start = performance.now()
      expect(await post('/batch/', { body })).toMatchObject({ status: 200 })
      const perSecond = Math.round((batch.length / (performance.now() - start)) * 1_000)
      console.log(`${here.name}: ${perSecond} events/s in one request of ${batch.length}`)
      expect(perSecond).toBeGreaterThan(REQUIRED_EVENTS_PER_SECOND)
      expect(await here.collector.stats()).toMatchObject({ events: batch.length, duplicates: 0 })
    }, 30_000)

    it('pages by seq, which goes on after a reset', async () => {
      await post('/batch/', { body: v0Batch(event(), event(), event()) })
      const [first] = await here.collector.events({ limit: 1 })
      const after = first?.seq ?? 0
      expect(await here.collector.events({ after })).toHaveLength(2)
      await here.collector.reset()
      await post('/batch/', { body: v0Batch(event()) })
      expect(await here.collector.events({ after })).toHaveLength(1)
    })
  })
}
