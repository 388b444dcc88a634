import { expect, test, vi } from 'vitest'
import { clientOptions } from '../../page/relay/options'
import type { RelayOptions } from '../../page/relay/types'
import { readRelayOptions } from './of-relay'

const hosts = ['https://ingest.example.com']
const given = (options: object) => clientOptions({ hosts, ...options } as RelayOptions, 'https://ingest.example.com')

test("a relay's options are those of its queue, whose requests go at once and one at a time", () => {
  const headers = () => ({})
  const options = readRelayOptions(given({ compress: 'deflate', maxAge: 5, headers }), () => undefined)
  expect(options).toMatchObject({ compression: 'deflate', maxEventAge: 5, requestHeaders: headers })
  expect(options).toMatchObject({ flushAt: 1, flushInterval: 0, maxBatchSize: 1, maxConcurrentRequests: 1 })
})

test('P11: a word that is none compresses nothing', () => {
  for (const compress of ['br', true, 'none', {}, null, undefined, false])
    expect(readRelayOptions(given({ compress }), () => undefined)).toMatchObject({ compression: 'none' })
})

test('P11: what is unusable is told of once, also of a relay with several hosts', () => {
  const warnOf = vi.fn()
  const unusable = {
    compress: 'zstd',
    maxBodyBytes: '1 MB',
    storedHeaders: { 'x key': 1_000 },
    hosts: ['https://ingest.example.com', 'ingest.example.com'],
  }
  for (let host = 0; host < 2; host += 1) readRelayOptions(given(unusable), warnOf)
  expect(warnOf.mock.calls.map(([kind, name]) => `${kind} ${name}`).sort()).toEqual(
    Object.keys(unusable)
      .map((name) => `unusable ${name}`)
      .sort(),
  )
  readRelayOptions(given({ maxBodyBytes: Number.NaN, storedHeaders: { 'x-key': 'a day' } }), warnOf)
  expect(warnOf).toHaveBeenCalledTimes(6)
  readRelayOptions(given({ compress: 'gzip', maxBodyBytes: 0, storedHeaders: { 'X-Key': 1 } }), warnOf)
  expect(warnOf).toHaveBeenCalledTimes(6)
})
