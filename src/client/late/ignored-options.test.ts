import { expect, test } from 'vitest'
import { ignoredOptions } from './ignored-options'

const sizes = () => ({ now: () => 1 })

test.each([
  ['nothing', { flushAt: 1 }, {}],
  ['the same', { flushAt: 1, worker: { url: '/w.js' } }, { flushAt: 1, worker: { url: '/w.js' } }],
  ['functions of the same text', { clock: sizes(), onError: () => 1 }, { clock: sizes(), onError: () => 1 }],
  ['what is heeded', {}, { host: '/ingest', beforeSend: () => null }],
  ['no value', {}, { flushAt: undefined }],
])('%s is not named', (_, first, later) => {
  expect(ignoredOptions(first, later)).toBe('')
})

test('P11: what differs is named, and what cannot be read harms nobody', () => {
  const cycle: Record<string, unknown> = {}
  cycle.cycle = cycle
  const hostile = {
    get flushAt(): never {
      throw new Error('hostile')
    },
    worker: cycle,
    persistence: 'memory',
  }
  expect(ignoredOptions(undefined, hostile)).toContain('other options: worker, persistence of this call are ignored')
})

test('of a relay that is made twice for a host, its own names are told, and nothing of what each call has for itself', () => {
  const has = { relay: { headers: {} }, hosts: ['https://a.example'], maxEventBytes: 10 }
  const own = { relay: { headers: { 'x-key': 1 } }, hosts: ['https://b.example'], dedupe: () => '', maxEventBytes: 10 }
  expect(ignoredOptions(has, own)).toBe('')
  const later = {
    ...own,
    relay: { delivered: [409] },
    maxEventBytes: 20,
    headers: () => ({}),
    requestHeaders: () => ({}),
  }
  expect(ignoredOptions(has, later)).toBe(
    'relay was called before for this host, with other options: isDelivered, maxBodyBytes, headers of this call are ignored',
  )
})
