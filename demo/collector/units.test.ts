import { createServer } from 'node:http'
import { describe, expect, it } from 'vitest'
import { listen } from '../../test/support/listen'
import { parseJson } from './body'
import { createFaults, parseFault } from './faults'
import { canonicalUuid, instantOf } from './fields'
import { controlFault } from './guard'
import { createIngest } from './ingest'
import { acceptsGzip } from './respond'
import { forJsonb } from './store'
import { createStream } from './stream'
import { event, send, v0Batch, v1Batch, v1Headers } from './testing/http'

describe('canonicalUuid', () => {
  const uuid = '0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b'
  it.each([uuid, uuid.toUpperCase(), uuid.replaceAll('-', ''), `{${uuid}}`, `urn:uuid:${uuid}`])('reads %s', (text) => {
    expect(canonicalUuid(text)).toBe(uuid)
  })
  it.each(['', uuid.slice(1), `${uuid}0`, uuid.replace('-', ''), `{${uuid}`, 'g'.repeat(32)])('refuses %s', (text) => {
    expect(canonicalUuid(text)).toBeUndefined()
  })
})

describe('instantOf', () => {
  it.each([
    ['2025-01-02T08:34:05+05:30', '2025-01-02T03:04:05.000Z'],
    ['2025-01-02t03:04:05.123456789z', '2025-01-02T03:04:05.123Z'],
    ['2025-01-02 03:04:05Z', '2025-01-02T03:04:05.000Z'],
  ])('reads %s', (text, iso) => {
    expect(new Date(instantOf(text) ?? Number.NaN).toISOString()).toBe(iso)
  })
  it.each([
    '',
    '3',
    '2025-01-02',
    '2025-01-02T03:04:05',
    '2025-02-30T00:00:00Z',
    '2025-13-01T00:00:00Z',
    '0000-01-01T00:00:00Z',
  ])('refuses %s', (text) => {
    expect(instantOf(text)).toBeUndefined()
  })
})

describe('parseJson', () => {
  const nested = (depth: number) => Buffer.from('['.repeat(depth) + ']'.repeat(depth))
  it('reads as deep as the real parser', () => {
    expect(parseJson(nested(128))).toMatchObject({ ok: true })
    expect(parseJson(nested(129))).toEqual({ ok: false, detail: 'recursion limit exceeded' })
    expect(parseJson(Buffer.from(JSON.stringify(['[['.repeat(200), '"\\', '{']))).ok).toBe(true)
  })
  it('takes long strings and hostile ones in its stride', () => {
    expect(parseJson(Buffer.from(JSON.stringify('"'.repeat(5_000_000)))).ok).toBe(true)
    expect(parseJson(Buffer.from(`"${'\\"'.repeat(5_000_000)}`)).ok).toBe(false)
  })
})

describe('forJsonb', () => {
  it.each([
    ['a\0b', '"a\ufffdb"'],
    ['\\u0000', '"\\\\u0000"'],
    ['\\\0', '"\\\\\ufffd"'],
    ['\ud83d\ude00', '"😀"'],
    ['\ude00\ud83d', '"\ufffd\ufffd"'],
    ['\u0001"\n', '"\\u0001\\"\\n"'],
  ])('%j', (value, json) => {
    expect(forJsonb(value)).toBe(json)
  })
})

describe('acceptsGzip', () => {
  it.each([
    ['gzip', true],
    ['br, gzip;q=0.5', true],
    ['*', true],
    ['gzip;q=0', false],
    ['*, gzip; q=0.0', false],
    ['br', false],
    ['', false],
  ])('%s', (header, accepts) => {
    expect(acceptsGzip(header)).toBe(accepts)
  })
})

describe('controlFault', () => {
  it.each([
    [{ host: '127.0.0.1:8010' }, true],
    [{ host: '[::1]:8010', origin: 'http://[::1]:8010' }, true],
    [{ host: 'localhost:8010', origin: 'http://app.localhost:3000' }, true],
    [{ host: '192.168.1.5:8010', origin: 'http://192.168.1.5:8010' }, true],
    [{ host: '192.168.1.5:8010', origin: 'http://192.168.1.6:8010' }, false],
    [{ host: '127.0.0.1:8010', origin: 'http://localhost.evil.example' }, false],
    [{ host: '127.0.0.1:8010', origin: 'http://127.0.0.1.evil.example' }, false],
    [{ host: 'evil.example:8010' }, false],
    [{ host: 'a b' }, false],
    [{}, false],
  ])('%j', (headers, allowed) => {
    expect(controlFault(headers) === undefined).toBe(allowed)
  })
})

describe('faults', () => {
  it('keeps only what it knows', () => {
    expect(parseFault({ mode: '413', maxEvents: 3, other: 1, count: null })).toEqual({
      ok: true,
      fault: { mode: '413', maxEvents: 3 },
    })
    expect(parseFault([])).toMatchObject({ ok: false })
    expect(parseFault({ mode: 'partial', results: [1] })).toMatchObject({ ok: false })
  })

  it('does not let go of held requests because a count ran out', async () => {
    const faults = createFaults(() => {})
    faults.set({ mode: 'hang', count: 1 })
    const met = faults.take()
    expect(met.mode).toBe('hang')
    const held = faults.hold(met, new AbortController().signal)
    expect([faults.take().mode, faults.held]).toEqual(['ok', 1])
    faults.set({ mode: '503' })
    await held
    expect(faults.held).toBe(0)
  })

  it('does not hold a request that was still being read when the fault was set anew', async () => {
    const faults = createFaults(() => {})
    faults.set({ mode: 'hang' })
    const met = faults.take()
    faults.set({ mode: 'ok' })
    await faults.hold(met, new AbortController().signal)
    expect([faults.take().mode, faults.held]).toEqual(['ok', 0])
  })
})

describe('a database that fails', () => {
  it('is answered with 503, to be tried again, and is reported', async () => {
    const reports: string[] = []
    const broken = { record: () => Promise.reject(new Error('disk full')) }
    const { ingest } = createIngest({
      store: broken,
      faults: createFaults(() => {}),
      stream: createStream(),
      now: () => 0,
      flags: () => ({}),
      exposeHeaders: false,
      closing: new AbortController().signal,
      report: (message, error) => reports.push(`${message}: ${error}`),
    })
    const server = createServer((req, res) => {
      const url = new URL(req.url ?? '', 'http://collector')
      void ingest(req, res, url.pathname === '/e/' ? 'v0' : 'v1', url)
    })
    const { origin } = await listen(server)
    const v0 = await send(`${origin}/e/`, { body: v0Batch(event()) })
    expect(v0).toMatchObject({ status: 503, text: 'transient error, please retry' })
    const v1 = await send(`${origin}/i/v1/`, { headers: v1Headers(), body: v1Batch(event()) })
    expect(v1).toMatchObject({ status: 503, headers: { 'retry-after': '1' }, json: { error: 'service_unavailable' } })
    expect(reports).toEqual(Array(2).fill('a request could not be stored: Error: disk full'))
    server.close()
  })
})
