import { afterEach, expect, test, vi } from 'vitest'
import { world } from '../../../test/support/client/world'
import { storeOver } from '../../../test/support/core/store-over'
import { webStorage } from '../../page/first/web-storage'
import { createLog, type Log } from '../first/log'
import { WARNINGS } from '../late/warnings'

afterEach(() => vi.unstubAllGlobals())

/** The stores of a browser whose storage takes nothing: its quota is used up, say. */
function fullStorage({ warnOf }: Log) {
  const storage = {
    getItem: () => null,
    setItem() {
      throw new Error('QuotaExceededError')
    },
    removeItem: () => undefined,
  }
  vi.stubGlobal('window', { localStorage: storage, sessionStorage: storage })
  return { kept: webStorage('localStorage', 'queue', warnOf), tab: webStorage('sessionStorage', 'queue', warnOf) }
}

test('Storage persists and restores identity data', () => {
  const w = world()
  const id = w.client.getAnonymousId()
  expect(w.restart().client.getAnonymousId()).toBe(id)
})

test('Storage persists super properties', () => {
  const w = world()
  w.client.register({ plan: 'pro' })
  const next = w.restart()
  next.client.capture('one')
  expect(next.last()).toMatchObject({ plan: 'pro' })
})

test('Storage failures do not crash SDK calls', async () => {
  const storageWarnings: string[] = []
  const log = createLog({ warn: (message) => storageWarnings.push(message) }, false)
  log.setWords(WARNINGS)
  const w = world({ stores: fullStorage(log) })
  expect(() => w.client.register({ plan: 'pro' })).not.toThrow()
  expect(storageWarnings.join()).toContain('localStorage cannot be written')
  w.client.capture('one')
  expect(w.last()).toMatchObject({ plan: 'pro' })
})

test.each(['not json', '{"anonymousId":5}', 'null', '[]', '{"anonymousId":"","distinctId":""}'])(
  'a corrupt value is ignored: %s',
  (corrupt) => {
    const kept = new Map([
      ['person', corrupt],
      ['session', corrupt],
      ['flags', corrupt],
    ])
    const w = world({ stores: { kept: storeOver(kept), tab: storeOver(new Map()) } })
    expect(w.client.getDistinctId()).not.toBe('')
    expect(w.client.getSessionId()).not.toBe('')
    expect(JSON.parse(kept.get('person') ?? '')).toMatchObject({ anonymousId: w.client.getAnonymousId() })
  },
)

test('what is kept is namespaced per project', () => {
  const items = new Map<string, string>()
  const storage = {
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
    removeItem: (key: string) => void items.delete(key),
  }
  vi.stubGlobal('window', { localStorage: storage, sessionStorage: storage })
  const storesOf = (project: string) => ({
    kept: webStorage('localStorage', project, () => undefined),
    tab: webStorage('sessionStorage', project, () => undefined),
  })
  const one = world({ stores: storesOf('one') })
  one.client.register({ of: 'one' })
  one.client.optOut()
  const other = world({ stores: storesOf('other') })
  other.client.capture('event')
  expect(other.client.isOptOut()).toBe(false)
  expect(other.last()).not.toHaveProperty('of')
})

test('P8, P10: where storage is full, a reset leaves the person before to no other page', () => {
  const items = new Map<string, string>()
  const size = () => [...items].join('').length
  let room = Number.POSITIVE_INFINITY
  const storage = {
    getItem: (key: string) => items.get(key) ?? null,
    setItem(key: string, value: string) {
      if (size() + value.length - (items.get(key)?.length ?? -key.length) > room) throw new Error('QuotaExceededError')
      items.set(key, value)
    },
    removeItem: (key: string) => void items.delete(key),
  }
  vi.stubGlobal('window', { localStorage: storage, sessionStorage: storage })
  const stores = () => ({
    kept: webStorage('localStorage', 'queue', () => undefined),
    tab: webStorage('sessionStorage', 'queue', () => undefined),
  })
  const [one, other] = [world({ stores: stores() }), world({ stores: stores() })]
  one.client.identify('a')
  expect(other.client.getDistinctId()).toBe('a')
  room = size()
  one.client.reset()
  for (const page of [one, other, world({ stores: stores() })]) {
    expect(page.client.getDistinctId()).toBe(page.client.getAnonymousId())
  }
})
