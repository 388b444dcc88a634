import { expect, test } from 'vitest'
import { OK } from '../../../test/support/core/fake-endpoint'
import { world } from '../../../test/support/core/world'
import { memoryDatabase } from '../../adapters/memory-database'
import type { HeadersSource } from '../config/ask-headers'

const token = (headers: Record<string, string> | undefined) => headers?.Authorization

test('P6: a function gives the headers of each request: a token that rotates is new in the retry', async () => {
  let asked = 0
  const { clock, capture, endpoint, balance } = world({
    settings: { flushAt: 1 },
    headersAsked: true,
    askHeaders: async () => ({ Authorization: `Bearer ${++asked}` }),
  })
  endpoint.answer = (_, count) => (count === 1 ? { status: 503 } : OK)
  await capture()
  await clock.advance(1_000)
  expect(endpoint.sent.map(({ headers }) => token(headers))).toEqual(['Bearer 1', 'Bearer 2'])
  expect(await balance()).toMatchObject({ delivered: 1, pending: 0 })
})

test.each<[string, HeadersSource, string]>([
  ['throws', () => Promise.reject(new Error('signed out')), 'requestHeaders failed: Error: signed out'],
  ['gives nothing', () => undefined as never, 'requestHeaders gave undefined instead of an object of headers'],
  ['gives no header', () => ({}), 'requestHeaders gave no header'],
  [
    'gives a Map, which has no entries of an object',
    () => new Map([['a', 'b']]) as never,
    'requestHeaders gave no header',
  ],
  [
    'gives a value that no header can have',
    () => ({ 'X-A': 'b', Authorization: 'a\r\nb' }),
    'requestHeaders: "Authorization" is not a header name with a text as its value',
  ],
  [
    'gives a blank value',
    () => ({ Authorization: ' ' }),
    'requestHeaders: "Authorization" is not a header name with a text as its value',
  ],
  [
    'gives a header that browsers drop',
    () => ({ 'Proxy-Authorization': 'token' }),
    'requestHeaders: "Proxy-Authorization" is a header that browsers set themselves',
  ],
  ['does not answer', () => new Promise(() => undefined), 'requestHeaders gave no answer within 5 s'],
])('P6: no request is made while the function for its headers %s, and the retry says why', async (_, broken, cause) => {
  let source = broken
  const { clock, capture, endpoint, reports, balance } = world({
    settings: { flushAt: 1, maxRetries: 0 },
    headersAsked: true,
    askHeaders: () => source(),
  })
  await capture()
  await clock.advance(5_000)
  expect(endpoint.sent).toEqual([])
  expect(reports).toContainEqual(expect.objectContaining({ type: 'retry', cause }))
  expect(await balance()).toMatchObject({ pending: 1, dropped: {} })
  source = () => ({ Authorization: 'fresh' })
  await clock.advance(30_000)
  expect(endpoint.sent.map(({ headers }) => token(headers))).toEqual(['fresh'])
  expect(await balance()).toMatchObject({ delivered: 1 })
})

test('P6: a host without the function sends nothing of a queue that needs it; one that has it does', async () => {
  const database = memoryDatabase()
  const without = world({ database, settings: { flushAt: 1 }, headersAsked: true })
  await without.capture()
  await without.clock.advance(60_000)
  expect(await without.transport.flush({ timeoutMs: 0 })).toMatchObject({ pending: 1 })
  expect(without.endpoint.sent).toEqual([])
  const askHeaders = () => ({ Authorization: 'mine' })
  const having = world({ database, clock: without.clock, senderId: 'page:2', headersAsked: true, askHeaders })
  having.go('urgent')
  await having.clock.advance(1_000)
  expect(having.endpoint.sent.map(({ headers }) => token(headers))).toEqual(['mine'])
  expect(await having.balance()).toMatchObject({ delivered: 1, pending: 0 })
})

test('P6: a pause ends a request whose headers are still awaited', async () => {
  const { clock, capture, endpoint, transport } = world({
    settings: { flushAt: 1 },
    askHeaders: () => new Promise(() => undefined),
  })
  await capture()
  await clock.advance(1)
  await transport.pause()
  expect(endpoint.sent).toEqual([])
  expect(transport.isIdle).toBe(true)
})

test('P6: a host that has the function asks it for a page that knows nothing of it', async () => {
  const { clock, capture, endpoint } = world({ settings: { flushAt: 1 }, askHeaders: () => ({ Authorization: 'any' }) })
  await capture()
  await clock.advance(1)
  expect(endpoint.sent.map(({ headers }) => token(headers))).toEqual(['any'])
})
