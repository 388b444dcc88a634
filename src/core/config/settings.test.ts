import fc from 'fast-check'
import { expect, test } from 'vitest'
import { configOf } from '../../../test/support/core/fixtures'
import { readable } from '../base/readable'
import { show } from '../base/values'
import { hostFrom, queueKey, readApiKey } from './queue-config'
import { readQueueConfig } from './read-queue-config'
import { readSettings } from './settings'

const DAY = 86_400_000
const MIB = 1_048_576

/** A setting, and the warnings that reading it gave. */
function read(given: Record<string, unknown>) {
  const warnings: string[] = []
  const settings = readSettings(given, (warning) => warnings.push(warning)) as unknown as Record<string, unknown>
  return { settings, warnings }
}

const NUMBERS = [
  ['flushAt', 100, 1, 1_000_000],
  ['flushInterval', 5_000, 0, DAY],
  ['maxBatchSize', 500, 1, 10_000],
  ['maxBatchBytes', MIB, 1, 20 * MIB],
  ['maxQueueSize', 10_000, 0, 10_000_000],
  ['maxQueueBytes', 32 * MIB, 0, 1024 * MIB],
  ['maxEventAge', 7 * DAY, 0, 365 * DAY],
  ['maxEventBytes', 1_000_000, 1, 20 * MIB],
  ['requestTimeout', 30_000, 1, DAY],
  ['maxRetries', Number.POSITIVE_INFINITY, 0, Number.POSITIVE_INFINITY],
  ['retryInitialBackoff', 200, 0, DAY],
  ['retryMaxBackoff', 30_000, 0, DAY],
  ['maxConcurrentRequests', 3, 1, 16],
] as const

test.each(NUMBERS)('%s is %d unless it is given', (name, standard) => {
  for (const nothing of [undefined, null]) {
    const { settings, warnings } = read({ [name]: nothing })
    expect(settings[name]).toBe(standard)
    expect(warnings).toEqual([])
  }
})

test.each(NUMBERS)('%s is clamped, and whole', (name, _, min, max) => {
  expect(read({ [name]: 0 }).settings[name]).toBe(min)
  expect(read({ [name]: Number.MAX_SAFE_INTEGER }).settings[name]).toBe(Math.min(max, Number.MAX_SAFE_INTEGER))
  expect(read({ [name]: 7.9 }).settings[name]).toBe(7)
})

test.each(NUMBERS)('%s that is nonsense is the default, with a warning', (name, standard) => {
  for (const nonsense of [-1, Number.NaN, '5', true, {}, Object.create(null), Symbol('x'), () => 1]) {
    const { settings, warnings } = read({ [name]: nonsense })
    expect(settings[name]).toBe(standard)
    expect(warnings).toEqual([expect.stringContaining(name)])
  }
})

test('an infinite number is one only for maxRetries', () => {
  expect(read({ maxRetries: Number.POSITIVE_INFINITY }).warnings).toEqual([])
  expect(read({ flushInterval: Number.POSITIVE_INFINITY })).toMatchObject({
    settings: { flushInterval: 5_000 },
    warnings: [expect.any(String)],
  })
})

test('no options are no mistake, and neither is what is no object', () => {
  for (const nothing of [undefined, null, 5, 'x', []])
    expect(() => readSettings(nothing, () => undefined)).not.toThrow()
})

test('compression is gzip unless it is another one that exists', () => {
  expect(read({}).settings.compression).toBe('gzip')
  expect(read({ compression: 'none' }).settings.compression).toBe('none')
  expect(read({ compression: 'br' })).toMatchObject({
    settings: { compression: 'gzip' },
    warnings: [expect.any(String)],
  })
})

test('headers are names with string values; the rest is left out, with a warning each', () => {
  const requestHeaders = { 'X-Test-Id': 't-1', 'Bad Name': 'x', 'X-Number': 5, 'X-Split': 'a\r\nb', 'X-Ünicode': 'x' }
  const { settings, warnings } = read({ requestHeaders })
  expect(settings.requestHeaders).toEqual({ 'X-Test-Id': 't-1' })
  expect(warnings).toHaveLength(4)
})

test.each([
  [undefined, 'https://us.i.posthog.com'],
  [null, 'https://us.i.posthog.com'],
  ['', 'https://us.i.posthog.com'],
  ['https://app.posthog.com/', 'https://us.i.posthog.com'],
  ['https://us.posthog.com', 'https://us.i.posthog.com'],
  ['https://EU.posthog.com//', 'https://eu.i.posthog.com'],
  [' https://events.example.com/ ', 'https://events.example.com'],
  ['https://example.com/proxy/events/', 'https://example.com/proxy/events'],
  ['http://localhost:8000', 'http://localhost:8000'],
  ['example.com', 'https://example.com'],
  ['events.example.com:8443/ingest/', 'https://events.example.com:8443/ingest'],
  ['localhost:8000', 'https://localhost:8000'],
  ['//example.com', 'https://example.com'],
  ['eu.posthog.com', 'https://eu.i.posthog.com'],
])('host %s is %s', (given, host) => {
  expect(hostFrom(given)).toBe(host)
})

test.each(['/ingest', './ingest', '/ingest/', '../ingest', ' /ingest'])('the path %s is one of the origin', (path) => {
  expect(hostFrom(path, 'https://shop.example')).toBe('https://shop.example/ingest')
  expect(hostFrom(path)).toBeUndefined()
  // The origin of a page of `file:`, and of a sandboxed page.
  expect(hostFrom(path, 'null')).toBeUndefined()
})

test.each([
  '/',
  '.',
  'ingest',
  '//',
  'ftp://example.com',
  'https://',
  'https://a b',
  'https://a?x=1',
  'javascript:alert(1)',
  5,
  {},
  Object.create(null),
])('host %o is none', (given) => {
  expect(hostFrom(given)).toBeUndefined()
})

test.each([
  [' phc_1 ', 'phc_1'],
  ['', undefined],
  ['  ', undefined],
  [undefined, undefined],
  [5, undefined],
])('api key %j is %j', (given, key) => {
  expect(readApiKey(given)).toBe(key)
})

test('a config that was stored is read as it was', () => {
  const config = configOf({ maxRetries: 3, requestHeaders: { 'X-A': 'b' } })
  expect(readQueueConfig(structuredClone(config))).toEqual(config)
  expect(queueKey(config)).toBe('phc_test https://events.example.com')
})

test('P6: a stored config says that headers are asked for, unless it clearly says nothing', () => {
  const askedOf = (headersAsked: unknown) => readQueueConfig({ ...configOf(), headersAsked })?.headersAsked
  expect([true, 'yes', 0].map(askedOf)).toEqual([true, true, true])
  expect([false, undefined, null].map(askedOf)).toEqual([undefined, undefined, undefined])
})

test.each([
  { apiKey: '' },
  { apiKey: 'x'.repeat(201) },
  { host: 'ftp://example.com' },
  { host: `https://${'x'.repeat(2_000)}` },
  { style: 'other' },
])('P11: a config with %o is none', (wrong) => {
  expect(readQueueConfig({ ...configOf(), ...wrong })).toBeUndefined()
})

test('P11: reading never throws', () => {
  fc.assert(
    fc.property(fc.anything(), (raw) => {
      readSettings(raw, () => undefined)
      readQueueConfig(raw)
      hostFrom(raw)
      readApiKey(raw)
      return show(raw).length <= 82
    }),
  )
})

test.each([
  'https://me:secret@events.example.com',
  'https:me:secret@events.example.com',
  'https://events.example.com\\ingest',
  `https://events.example.com/${'x'.repeat(2_000)}`,
])('P11: host %s is none', (host) => {
  expect(hostFrom(host)).toBeUndefined()
})

test.each(['x'.repeat(201), 'phc ü', 'phc_a b'])('P11: API key %s is none: no host would take its queue', (key) => {
  expect(readApiKey(key)).toBeUndefined()
})

test("P11: what cannot be read of a caller's object is left out, and the rest is taken", () => {
  const warnings: string[] = []
  const given = {
    fine: 1,
    get bad(): never {
      throw new Error('hostile')
    },
  }
  expect(readable(given, 'init', (message) => warnings.push(message))).toEqual({ fine: 1 })
  expect(warnings).toEqual(['init: "bad" cannot be read; going on without it'])
})

test('a list is shown by its length: its text could be as long as memory', () => {
  expect(show(new Array(100_000_000))).toBe('an array of 100000000')
})
