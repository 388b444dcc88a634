import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { Here } from './contract'
import { event, v0Batch, v1Batch } from './http'

export function answersContract(here: Here) {
  const { post, postV1 } = here
  describe('answers', () => {
    it('are gzipped for those who read gzip, when it is worth it', async () => {
      const body = v1Batch(...Array.from({ length: 50 }, () => event()))
      const zipped = await postV1({ headers: { 'Accept-Encoding': 'br, gzip' }, body })
      expect(zipped.headers).toMatchObject({
        'content-encoding': 'gzip',
        vary: expect.stringMatching('Accept-Encoding'),
      })
      expect(Object.keys(JSON.parse(gunzipSync(zipped.body).toString()).results)).toHaveLength(50)
      expect((await postV1({ body })).headers['content-encoding']).toBeUndefined()
      const small = await postV1({ headers: { 'Accept-Encoding': 'gzip' }, body: v1Batch(event()) })
      expect(small.headers['content-encoding']).toBeUndefined()
    })

    it('mirror the origin and expose nothing', async () => {
      const { headers } = await post('/e/', { headers: { Origin: 'https://shop.example' }, body: v0Batch(event()) })
      expect(headers['access-control-allow-origin']).toBe('https://shop.example')
      expect(headers['access-control-allow-credentials']).toBe('true')
      expect(headers['access-control-expose-headers']).toBeUndefined()
      expect(headers.vary).toContain('Origin')
      const refused = await post('/e/', { headers: { Origin: 'null' }, body: 'x' })
      expect(refused).toMatchObject({ status: 400, headers: { 'access-control-allow-origin': 'null' } })
      const plain = await post('/e/', { body: v0Batch(event()) })
      expect(plain.headers['access-control-allow-origin']).toBeUndefined()
    })

    it.each(['/e/', '/i/v1/analytics/events', '/flags/'])('let %s be asked first', async (path) => {
      const asked = 'authorization,content-type,posthog-attempt'
      const headers = { Origin: 'https://shop.example', 'Access-Control-Request-Headers': asked }
      const answer = await post(path, { method: 'OPTIONS', headers })
      expect(answer).toMatchObject({ status: 200, text: '' })
      expect(answer.headers['access-control-allow-headers']).toBe(asked)
      expect(answer.headers['access-control-allow-methods']).toContain('POST')
      expect(answer.headers['access-control-max-age']).toBeUndefined()
      expect(await here.collector.stats()).toMatchObject({ requests: 0, preflights: 1 })
    })
  })
}
