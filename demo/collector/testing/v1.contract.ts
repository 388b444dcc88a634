import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { Here } from './contract'
import { event, get, type Request, v1Batch, v1Headers } from './http'

export function v1Contract(here: Here) {
  const { post, postV1, onlyEvent, lastRequest } = here
  describe('v1', () => {
    it.each(['/i/v1/analytics/events', '/i/v1/analytics/events/'])('takes a batch on %s', async (path) => {
      const [first, second] = [event({ options: {} }), event()]
      const headers = v1Headers({ 'PostHog-Attempt': '3' })
      const answer = await post(path, { headers, body: v1Batch(first, second) })
      expect(answer.status).toBe(200)
      expect(answer.json).toEqual({ results: { [first.uuid]: { result: 'ok' }, [second.uuid]: { result: 'ok' } } })
      expect(answer.headers['posthog-request-id']).toBe(headers['PostHog-Request-Id'])
      expect(answer.headers.date).toBeDefined()
      expect(answer.headers['retry-after']).toBeUndefined()
      const request = { wire: 'v1', attempt: 3, request_id: headers['PostHog-Request-Id'], events: 2 }
      expect(await lastRequest()).toMatchObject(request)
    })

    it('puts session, options and library back into the properties', async () => {
      const options = { cookieless_mode: 'TRUE', disable_skew_correction: 0, product_tour_id: 7 }
      await postV1({ body: v1Batch(event({ options, session_id: 's', window_id: 'w' })) })
      expect((await onlyEvent())?.properties).toEqual({
        n: 1,
        $session_id: 's',
        $window_id: 'w',
        $cookieless_mode: true,
        $ignore_sent_at: false,
        $product_tour_id: '7',
        $lib: 'outlast',
        $lib_version: '1.2.3',
      })
    })

    it('keys its results by the canonical uuid', async () => {
      const sent = event()
      const answer = await postV1({ body: v1Batch({ ...sent, uuid: ` ${sent.uuid.toUpperCase()} ` }) })
      expect(answer.json.results).toEqual({ [sent.uuid]: { result: 'ok' } })
    })

    it.each([
      ['gzip', gzipSync],
      ['deflate', deflateSync],
      ['br', brotliCompressSync],
    ])('reads %s', async (encoding, encode) => {
      const body = encode(JSON.stringify(v1Batch(event())))
      expect(await postV1({ headers: { 'Content-Encoding': encoding }, body })).toMatchObject({ status: 200 })
      expect(await lastRequest()).toMatchObject({ encoding, compressed: true, bytes: body.length })
    })

    const verdicts: [string, Record<string, unknown>, string, string][] = [
      ['an empty name', { event: '' }, 'drop', 'missing_event_name'],
      ['a long name', { event: 'é'.repeat(101) }, 'drop', 'event_name_too_long'],
      ['$performance_event', { event: '$performance_event' }, 'drop', 'dropped_performance_event'],
      ['a blank distinct_id', { distinct_id: '  ' }, 'drop', 'missing_distinct_id'],
      ['a long distinct_id', { distinct_id: 'x'.repeat(201) }, 'drop', 'distinct_id_too_large'],
      ['a bad timestamp', { timestamp: '2026-02-30T00:00:00Z' }, 'drop', 'invalid_event_timestamp'],
      ['properties that are none', { properties: 3 }, 'drop', 'malformed_event_properties'],
      ['a mistyped option', { options: { cookieless_mode: 'maybe' } }, 'drop', 'invalid_options'],
      ['options that are none', { options: [] }, 'drop', 'invalid_options'],
      ['a generic distinct_id', { distinct_id: 'Anonymous' }, 'warning', 'malformed_distinct_id'],
    ]
    it.each(verdicts)('judges %s alone', async (_, wrong, result, details) => {
      const [fine, odd] = [event(), event(wrong)]
      const answer = await postV1({ body: v1Batch(fine, odd) })
      expect(answer.json.results).toEqual({ [fine.uuid]: { result: 'ok' }, [odd.uuid]: { result, details } })
      expect(Object.keys(await here.collector.uuids())).toHaveLength(result === 'drop' ? 1 : 2)
    })

    const badHeaders: [string, number, string, Record<string, string | undefined>][] = [
      ['no Authorization', 401, 'missing_authorization', { Authorization: undefined }],
      ['another scheme', 400, 'invalid_header_value', { Authorization: 'Basic abc' }],
      ['a personal key', 401, 'invalid_api_token', { Authorization: 'Bearer phx_secret' }],
      ['no Content-Type', 400, 'missing_required_headers', { 'Content-Type': undefined }],
      ['another Content-Type', 415, 'unsupported_content_type', { 'Content-Type': 'text/plain' }],
      ['an unknown encoding', 415, 'unsupported_encoding', { 'Content-Encoding': 'zstd' }],
      ['no User-Agent', 400, 'missing_required_headers', { 'User-Agent': undefined }],
      ['no Sdk-Info', 400, 'missing_required_headers', { 'PostHog-Sdk-Info': undefined }],
      ['no Attempt', 400, 'missing_required_headers', { 'PostHog-Attempt': undefined }],
      ['attempt 0', 400, 'invalid_header_value', { 'PostHog-Attempt': '0' }],
      ['an attempt that is no number', 400, 'invalid_header_value', { 'PostHog-Attempt': '1e3' }],
      ['no Request-Id', 400, 'missing_required_headers', { 'PostHog-Request-Id': undefined }],
      ['a Request-Id that is no uuid', 400, 'invalid_header_value', { 'PostHog-Request-Id': 'x' }],
      ['no Request-Timestamp', 400, 'missing_required_headers', { 'PostHog-Request-Timestamp': undefined }],
      ['a Request-Timestamp that is none', 400, 'invalid_header_value', { 'PostHog-Request-Timestamp': '3' }],
    ]
    it.each(badHeaders)('refuses %s with %i %s', async (_, status, tag, headers) => {
      const all = v1Headers(headers)
      const answer = await post('/i/v1/analytics/events', { headers: all, body: v1Batch(event()) })
      expect(answer.status).toBe(status)
      const shape = { error: tag, error_description: expect.any(String), error_uri: expect.any(String) }
      expect(answer.json).toEqual(shape)
      expect(answer.headers['posthog-request-id']).toBe(all['PostHog-Request-Id'])
      expect(answer.headers['retry-after']).toBeUndefined()
      expect(await here.collector.events()).toEqual([])
    })

    const twin = event()
    const zip = { 'Content-Encoding': 'gzip' }
    const badBodies: [string, number, string, Request['body'], Record<string, string>?][] = [
      ['nothing', 400, 'empty_body', ''],
      ['no JSON', 400, 'request_parsing_error', '{'],
      ['no batch', 400, 'request_parsing_error', { created_at: '2026-01-02T03:04:05Z' }],
      ['no created_at', 400, 'request_parsing_error', { batch: [event()] }],
      [
        'a mistyped historical_migration',
        400,
        'request_parsing_error',
        { ...v1Batch(event()), historical_migration: 1 },
      ],
      ['an empty batch', 400, 'empty_batch', v1Batch()],
      ['a bad created_at', 400, 'invalid_batch', { created_at: 'today', batch: [event()] }],
      ['an event that is none', 400, 'request_parsing_error', v1Batch(event(), [])],
      ['a mistyped distinct_id', 400, 'request_parsing_error', v1Batch(event(), event({ distinct_id: 3 }))],
      ['an empty uuid', 400, 'missing_event_uuid', v1Batch(event(), event({ uuid: '' }))],
      ['a uuid that is none', 400, 'invalid_event_uuid', v1Batch(event(), event({ uuid: 'x' }))],
      ['a uuid twice', 400, 'duplicate_event_uuid', v1Batch(twin, { ...twin, uuid: twin.uuid.toUpperCase() })],
      ['broken gzip', 400, 'request_decoding_error', 'x', zip],
      ['a body over the limit', 413, 'payload_too_large', Buffer.alloc(11 * 1024 * 1024, 32)],
      ['a decompression bomb', 413, 'payload_too_large', gzipSync(Buffer.alloc(60 * 1024 * 1024, 32)), zip],
    ]
    it.each(badBodies)('refuses %s with %i %s', async (_, status, error, body, headers = {}) => {
      expect(await postV1({ headers, body })).toMatchObject({ status, json: { error } })
      expect(await here.collector.events()).toEqual([])
      expect(await lastRequest()).toMatchObject({ status })
    })

    it('answers 405 to a GET', async () => {
      const answer = await get(`${here.collector.url}/i/v1/analytics/events`)
      expect(answer).toMatchObject({ status: 405, headers: { allow: 'POST, OPTIONS' } })
    })
  })
}
