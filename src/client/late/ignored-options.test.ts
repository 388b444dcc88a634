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
  const has = { relay: { headers: {} }, hosts: ['https://a.example'], maxBodyBytes: 10, maxAge: 10 }
  const storedHeaders = { 'x-key': 1 }
  const each = { hosts: ['https://b.example'], dedupe: () => '', maxBodyBytes: 20, storedHeaders }
  const own = { ...each, relay: { headers: storedHeaders }, maxAge: 10 }
  expect(ignoredOptions(has, own)).toBe('')
  const later = {
    ...own,
    isDelivered: () => true,
    relay: { delivered: [409] },
    maxAge: 20,
    headers: () => ({}),
  }
  expect(ignoredOptions(has, later)).toBe(
    'relay was called before for this host, with other options: isDelivered, maxAge, headers of this call are ignored',
  )
})
