import { expect, test } from 'vitest'
import type { EventJson } from '../../core/event/event'
import { parseRelayRecord } from '../../core/event/relay-record'
import { writeJson } from '../../core/event/write-json'
import { clientOptions } from './options'
import { type Passed, type Refusal, type StoredForm, storedForm } from './stored-form'
import type { RelayedRequest, RelayOptions } from './types'

const INGEST = 'https://ingest.example.com'
const HOST = { of: INGEST }
const HOSTS = new Map([[INGEST, HOST]])

function formOf(given: Partial<Passed> = {}, options: Partial<RelayOptions> = {}): StoredForm | Refusal {
  const request: Passed = { method: 'POST', url: `${INGEST}/x`, headers: {}, credentials: 'same-origin', ...given }
  return storedForm(request, { hosts: [INGEST], ...options }, HOSTS)
}

test('a text is stored as it is, and bytes as base64', () => {
  expect(formOf({ body: 'ä' })).toMatchObject({ host: HOST, properties: { relay: 1, body: 'ä' } })
  const bytes = Uint8Array.from({ length: 300 }, (_, index) => index % 256)
  const { properties } = formOf({ body: bytes }) as StoredForm & { properties: { body: string } }
  expect(properties).toMatchObject({ base64: true })
  expect([...Buffer.from(properties.body, 'base64')]).toEqual([...bytes])
})

test('P11: a request to a host that is not named is refused, also one that a hook has sent there', () => {
  expect(formOf({ url: 'https://evil.example.com/' })).toMatchObject({ reason: 'host' })
  expect(formOf({ url: `${INGEST}.evil.example.com/` })).toMatchObject({ reason: 'host' })
  expect(formOf({ url: 'http://ingest.example.com/' })).toMatchObject({ reason: 'host' })
  expect(formOf({}, { beforeSend: (request) => ({ ...request, url: 'https://evil.example.com/' }) })).toMatchObject({
    reason: 'host',
  })
})

test.each([
  ['an address with a user', { url: 'https://ann:secret@ingest.example.com/' }],
  ['no address', { url: 'no address' }],
  ['a body that a GET cannot have', { method: 'GET' }],
  ['a method that no platform sends', { method: 'TRACE' }],
  ['a header that is none', { headers: { 'content-type': 'a\r\nb' } }],
  ['a body that is neither text nor bytes', { body: 5 as unknown as string }],
  ['parameters', { body: new URLSearchParams('a=b') as unknown as string }],
  ['a form', { body: new FormData() as unknown as string }],
  ['a list', { body: [65] as unknown as string }],
  ['wider numbers', { body: new Uint16Array(1) as unknown as string }],
])('P5: what a hook has made unsendable is refused, instead of dropped once it is stored: %s', (_, change) => {
  const beforeSend: RelayOptions['beforeSend'] = (request) => ({ ...request, ...change })
  expect(formOf({ body: 'b' }, { beforeSend })).toMatchObject({ reason: 'before_send' })
})

test('P5: what a hook returns is stored as a platform would send it', () => {
  const beforeSend: RelayOptions['beforeSend'] = () =>
    ({ url: 'HTTPS:\\\\INGEST.example.com:443?a b#c', method: 'post', body: null }) as never
  expect(formOf({ body: 'b' }, { beforeSend })).toMatchObject({
    host: HOST,
    request: { url: `${INGEST}/?a%20b`, method: 'POST', headers: {}, body: undefined },
  })
})

test('P5: a header with an unusable time is refused, instead of dropped once it is stored', () => {
  for (const ms of ['a day', 0, -1, undefined, null, Number.NaN]) {
    const storedHeaders = { 'x-key': ms } as unknown as Record<string, number>
    expect(formOf({ headers: { 'x-key': 'k' } }, { storedHeaders })).toMatchObject({ reason: 'invalid' })
  }
})

test('a stored request says for how long its headers may be kept', () => {
  const storedHeaders = { 'x-key': 2_000, 'X-Other': 1_000, 'x-third': 10 }
  const headers = { 'x-key': 'k', 'x-other': 'o', accept: 'a/b' }
  expect(formOf({ headers }, { storedHeaders })).toMatchObject({ properties: { keptFor: 1_000 } })
})

test('P5: a header without an end is stored so that it is sent, and more headers than are sent are refused', () => {
  const form = formOf({ headers: { 'x-key': 'k' } }, { storedHeaders: { 'x-key': Number.POSITIVE_INFINITY } })
  const { properties } = form as StoredForm
  expect(JSON.parse(JSON.stringify(properties)).keptFor).toBeGreaterThan(Date.now())
  const names = Array.from({ length: 51 }, (_, index) => `x-${index}`)
  const storedHeaders = Object.fromEntries(names.map((name) => [name, 1_000]))
  const headersOf = (count: number) => Object.fromEntries(names.slice(0, count).map((name) => [name, 'v']))
  expect(formOf({ headers: headersOf(50) }, { storedHeaders })).toMatchObject({ host: HOST })
  expect(formOf({ headers: headersOf(51) }, { storedHeaders })).toMatchObject({ reason: 'invalid' })
})

test('P10: a header that is not named is refused, in any case of its name', () => {
  expect(formOf({ headers: { authorization: 'Bearer 1' } })).toMatchObject({ reason: 'invalid' })
  expect(formOf({ headers: { cookie: 'a=b' } })).toMatchObject({ reason: 'invalid' })
  const named = { storedHeaders: { 'X-Key': 1_000 } }
  expect(formOf({ headers: { 'x-key': 'k', 'content-type': 'a/b' } }, named)).toMatchObject({ host: HOST })
  const adds = {
    ...named,
    beforeSend: (request: RelayedRequest) => ({ ...request, headers: { 'X-KEY': 'k', 'X-Other': 'o' } }),
  }
  expect(formOf({}, adds)).toMatchObject({
    reason: 'invalid',
    detail: expect.stringContaining('x-other'),
  })
})

test.each([
  ['nothing', () => undefined],
  ['null', () => null],
  ['a promise', async (request: object) => request],
  ['something else', () => 'yes'],
  [
    'an error',
    () => {
      throw new Error('no')
    },
  ],
])('P10: a hook that gives %s has the request refused', (_, hook) => {
  expect(formOf({}, { beforeSend: hook as never })).toMatchObject({ reason: 'before_send' })
})

test('P7: a body is measured in bytes', () => {
  expect(formOf({ body: 'ä'.repeat(5) }, { maxBodyBytes: 10 })).toMatchObject({ host: HOST })
  expect(formOf({ body: 'ä'.repeat(5) }, { maxBodyBytes: 9 })).toMatchObject({ reason: 'too_large' })
  expect(formOf({ body: new Uint8Array(10) }, { maxBodyBytes: 9 })).toMatchObject({ reason: 'too_large' })
})

test('P11: an unusable maxBodyBytes is its default, and unusable storedHeaders name no header', () => {
  for (const maxBodyBytes of [Number.NaN, '1 MB', '5', null, -1, [], {}] as never[]) {
    expect(formOf({ body: 'x'.repeat(1_000_000) }, { maxBodyBytes })).toMatchObject({ host: HOST })
    expect(formOf({ body: 'x'.repeat(1_000_001) }, { maxBodyBytes })).toMatchObject({ reason: 'too_large' })
  }
  expect(formOf({ body: 'x' }, { maxBodyBytes: 0 })).toMatchObject({ reason: 'too_large' })
  for (const storedHeaders of [null, 'x', 5, [], { 'x key': 1_000 }, { 'x-key': {} }] as never[]) {
    expect(formOf({ body: 'x' }, { storedHeaders })).toMatchObject({ host: HOST })
    expect(formOf({ headers: { 'x-key': 'k' } }, { storedHeaders })).toMatchObject({ reason: 'invalid' })
  }
})

test('P10: a refusal has what the hook made of the request, where it has made one', () => {
  const beforeSend: RelayOptions['beforeSend'] = (request) => ({ ...request, body: 'hidden' })
  const hidden = { request: { body: 'hidden', url: `${INGEST}/x` } }
  expect(formOf({ body: 'secret' }, { beforeSend, maxBodyBytes: 1 })).toMatchObject({ ...hidden, reason: 'too_large' })
  expect(formOf({ headers: { 'x-key': 'k' } }, { beforeSend })).toMatchObject({ ...hidden, reason: 'invalid' })
  expect(formOf({ body: 'secret' }, { beforeSend: () => null })).toMatchObject({ request: undefined })
})

test('P5: a body whose stored form is longer than an event may be is refused, whatever maxBodyBytes says', () => {
  const long = { maxBodyBytes: 30_000_000 }
  const refused = { reason: 'too_large' }
  expect(formOf({ body: 'x'.repeat(21_000_000) }, long)).toMatchObject(refused)
  // A quote takes two characters.
  expect(formOf({ body: '"'.repeat(10_100_000) }, long)).toMatchObject(refused)
  expect(formOf({ body: 'x'.repeat(19_000_000) }, long)).toMatchObject({ host: HOST })
})

test('P5: what is cut off a stored request is never its body alone', () => {
  const { properties } = formOf({ body: 'b' }) as StoredForm
  const event = { event: 'e', uuid: 'u', timestamp: '2026-01-01T00:00:00.000Z', distinctId: 'relay' }
  const json = writeJson({ ...event, properties: { ...properties, body: 'x'.repeat(21_000_000) } }) as EventJson
  expect(json.length).toBeLessThan(1_000)
  expect(parseRelayRecord(json)).toBeUndefined()
})

test('a relay tells its client the statuses that mean delivered, and no hook for requests', () => {
  const options = clientOptions(
    {
      hosts: [INGEST],
      isDelivered: (status) => status === 204 || status === 409,
      beforeSend: (request) => request,
      worker: false,
    },
    INGEST,
  )
  expect(options.relay).toMatchObject({ delivered: [204, 409] })
  expect(options.worker).toEqual({ none: true, relay: true })
  expect(options).toMatchObject({ host: INGEST, maxEventBytes: 20_000_000 })
})

test('P11: an isDelivered that gives promises takes no failure for a delivery', () => {
  const isDelivered = (async (status: number) => status < 300) as unknown as (status: number) => boolean
  expect(clientOptions({ hosts: [INGEST], isDelivered }, INGEST).relay).toEqual({ headers: undefined, delivered: [] })
})
