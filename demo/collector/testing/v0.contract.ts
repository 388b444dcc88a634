import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { Here } from './contract'
import { event, get, type Request, v0Batch } from './http'

export function v0Contract(here: Here) {
  const { post, onlyEvent, lastRequest } = here
  describe('v0', () => {
    const paths = ['/batch', '/e', '/i/v0/e', '/capture', '/track', '/i/v0/ai/batch']
    it.each(paths.flatMap((path) => [path, `${path}/`]))('takes a batch on %s', async (path) => {
      const sent = event()
      const answer = await post(path, { body: v0Batch(sent) })
      expect(answer).toMatchObject({ status: 200, json: { status: 'Ok' } })
      expect(await onlyEvent()).toMatchObject({ ...sent, copies: 1, altered: 0, seq: expect.any(Number) })
      expect(await lastRequest()).toMatchObject({ path, wire: 'v0', status: 200, events: 1, compressed: false })
    })

    const sent = event({ properties: { n: 1, token: 'phc_test', distinct_id: 'someone' }, distinct_id: undefined })
    it.each([
      ['a list', [sent]],
      ['data', { api_key: 'phc_test', data: [sent] }],
      ['one event', sent],
      ['a batch with token', { token: 'phc_test', batch: [sent] }],
    ])('takes %s', async (_, body) => {
      expect(await post('/e/', { body })).toMatchObject({ status: 200 })
      expect(await onlyEvent()).toMatchObject({ uuid: sent.uuid, distinct_id: 'someone' })
    })

    const json = JSON.stringify(v0Batch(sent))
    const zipped = gzipSync(json)
    const form = `data=${encodeURIComponent(Buffer.from(json).toString('base64'))}`
    const formType = { 'Content-Type': 'application/x-www-form-urlencoded' }
    const encodings: [string, string, Request, string | null][] = [
      ['text/plain', '', { headers: { 'Content-Type': 'text/plain' }, body: json }, null],
      ['gzip-js', '?compression=gzip-js', { headers: { 'Content-Type': 'text/plain' }, body: zipped }, 'gzip'],
      ['gzip', '?compression=gzip', { body: zipped }, 'gzip'],
      ['gzip by header', '', { headers: { 'Content-Encoding': 'gzip' }, body: zipped }, 'gzip'],
      ['gzip without a hint', '', { body: zipped }, 'gzip'],
      ['gzip with a wrong hint', '?compression=base64', { body: zipped }, 'gzip'],
      ['a base64 form', '', { headers: formType, body: `${form}&compression=base64` }, 'base64'],
      ['a base64 form, hint in the query', '?compression=base64', { headers: formType, body: form }, 'base64'],
      ['a base64 form without a hint', '', { headers: formType, body: form }, 'base64'],
      ['a form of JSON', '', { headers: formType, body: `data=${encodeURIComponent(json)}` }, null],
      ['bare base64', '?compression=base64', { body: Buffer.from(json).toString('base64') }, 'base64'],
    ]
    it.each(encodings)('reads %s', async (_, query, request, encoding) => {
      expect(await post(`/e/${query}`, request)).toMatchObject({ status: 200 })
      expect(await onlyEvent()).toMatchObject({ uuid: sent.uuid })
      expect(await lastRequest()).toMatchObject({ encoding, compressed: encoding !== null })
    })

    it('takes a GET with data', async () => {
      const data = encodeURIComponent(Buffer.from(json).toString('base64'))
      expect(await get(`${here.collector.url}/e/?compression=base64&data=${data}`)).toMatchObject({ status: 200 })
      expect(await onlyEvent()).toMatchObject({ uuid: sent.uuid })
    })

    it('answers a beacon with 204 and nothing', async () => {
      const answer = await post('/e/?compression=gzip-js&beacon=1', { body: zipped })
      expect(answer).toMatchObject({ status: 204, text: '' })
      expect(await onlyEvent()).toMatchObject({ uuid: sent.uuid })
    })

    it('makes a uuid where there is none, and cuts a long distinct_id', async () => {
      await post('/e/', { body: v0Batch(event({ uuid: '', distinct_id: 'é'.repeat(300) })) })
      const stored = await onlyEvent()
      expect(stored?.uuid).toMatch(/^[0-9a-f-]{36}$/)
      expect(stored?.distinct_id).toHaveLength(200)
    })

    const deep = `${'['.repeat(200)}${']'.repeat(200)}`
    const bad: [string, number, Request['body'], string?][] = [
      ['nothing', 400, ''],
      ['no JSON', 400, '{"api_key":'],
      ['no object', 400, '3'],
      ['no events', 400, { api_key: 'phc_test' }],
      ['an empty batch', 400, v0Batch()],
      ['an event that is none', 400, { api_key: 'phc_test', batch: [3] }],
      ['no event name', 400, v0Batch(event(), event({ event: undefined }))],
      ['an empty event name', 400, v0Batch(event(), event({ event: '' }))],
      ['no distinct_id', 400, v0Batch(event(), event({ distinct_id: undefined }))],
      ['an empty distinct_id', 400, v0Batch(event(), event({ distinct_id: '' }))],
      ['a uuid that is none', 400, v0Batch(event(), event({ uuid: 'x' }))],
      ['properties that are none', 400, v0Batch(event(), event({ properties: [1] }))],
      ['bytes that are no UTF-8', 400, Buffer.from([0x7b, 0xff, 0x7d])],
      ['JSON too deep for the real parser', 400, `{"api_key":"k","batch":[{"event":"e","properties":{"a":${deep}}}]}`],
      ['broken gzip', 400, zipped.subarray(0, 40)],
      ['plain text called gzip', 400, '{}', '?compression=gzip-js'],
      ['text called base64', 400, '*', '?compression=base64'],
      ['lz-string', 400, json, '?compression=lz64'],
      ['no token', 401, [event()]],
      ['a blank token', 401, { api_key: '  ', batch: [event()] }],
      ['a personal key', 401, { api_key: 'phx_secret', batch: [event()] }],
      ['a long token', 401, { api_key: 'k'.repeat(65), batch: [event()] }],
      ['a token with NUL', 401, { api_key: 'a\0b', batch: [event()] }],
      ['a token that is not ASCII', 401, { api_key: 'é', batch: [event()] }],
      ['two tokens', 401, [event({ token: 'a' }), event({ token: 'b' })]],
      ['a body over the limit', 413, Buffer.alloc(21 * 1024 * 1024, 32)],
      ['a decompression bomb', 413, gzipSync(Buffer.alloc(30 * 1024 * 1024, 32))],
    ]
    it.each(bad)('refuses %s with %i', async (_, status, body, query = '') => {
      const answer = await post(`/batch/${query}`, { body })
      expect(answer.status).toBe(status)
      expect(answer.text).not.toBe('')
      expect(await here.collector.events()).toEqual([])
      expect(await lastRequest()).toMatchObject({ status, reason: expect.any(String) })
    })

    it('answers 405 to other methods', async () => {
      const answer = await post('/batch/', { method: 'PUT', body: json })
      expect(answer).toMatchObject({ status: 405, headers: { allow: 'GET, POST, OPTIONS' } })
    })
  })
}
