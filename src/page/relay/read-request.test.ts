import { afterEach, expect, test, vi } from 'vitest'
import { readRequest } from './read-request'

const URL_OF = 'https://ingest.example.com/x'
const bodyOf = (body: BodyInit) => readRequest(URL_OF, { method: 'POST', body }).body

afterEach(() => {
  vi.unstubAllGlobals()
})

test('P5: bytes and parameters are there at once, since a page that is left has no other moment', () => {
  const bytes = new Uint8Array([0, 1, 2, 3])
  expect(bodyOf(bytes)).toEqual(bytes)
  expect(bodyOf(bytes)).not.toBe(bytes)
  expect(bodyOf(bytes.buffer)).toEqual(bytes)
  expect(bodyOf(new ArrayBuffer(0))).toEqual(new Uint8Array())
  expect(bodyOf(new DataView(bytes.buffer, 1, 2))).toEqual(new Uint8Array([1, 2]))
  expect(bodyOf(new Uint16Array([258]))).toEqual(new Uint8Array([2, 1]))
  expect(bodyOf(new URLSearchParams({ a: 'ä' }))).toBe('a=%C3%A4')
  const { headers } = readRequest(URL_OF, { method: 'POST', body: new URLSearchParams({ a: 'b' }) })
  expect(headers['content-type']).toMatch(/^application\/x-www-form-urlencoded/)
})

test('of any other body the bytes come a moment later', async () => {
  expect(await bodyOf(new Blob(['ab']))).toEqual(new Uint8Array([97, 98]))
  expect(await readRequest(new Request(URL_OF, { method: 'POST', body: 'ab' })).body).toEqual(new Uint8Array([97, 98]))
  expect(readRequest(URL_OF, { method: 'POST' }).body).toBeUndefined()
  expect(readRequest(new URL(URL_OF)).body).toBeUndefined()
})

test('P5: a request of before a page has replaced `Request` keeps its body', async () => {
  const early = new Request(URL_OF, { method: 'POST', body: 'ab' })
  const Platform = Request
  vi.stubGlobal('Request', class extends Platform {})
  expect(await readRequest(early).body).toEqual(new Uint8Array([97, 98]))
})
