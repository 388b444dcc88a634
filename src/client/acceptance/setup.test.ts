import { afterEach, expect, test, vi } from 'vitest'
import { world } from '../../../test/support/client/world'

const LATE = '../../page/late/delivery'

afterEach(() => {
  vi.unstubAllGlobals()
  vi.doUnmock(LATE)
  vi.resetModules()
})

/** `init` of a page whose late code never comes: what `init` itself does is enough. In a quick run another file may have loaded it. */
async function initAlone() {
  vi.resetModules()
  vi.doMock(LATE, () => new Promise(() => undefined))
  const { init } = await import('../..')
  return init
}

test('Setup initializes storage transport queue and identity state', async () => {
  const w = world()
  expect(w.client.getDistinctId()).not.toBe('')
  expect(w.kept.has('person')).toBe(true)
  expect(await w.client.ready).toEqual({ host: 'memory', storage: 'memory' })
  expect(await w.client.stats()).toEqual({ accepted: 0, delivered: 0, pending: 0, dropped: {} })
})

test('Setup restores persisted local state', () => {
  const w = world()
  w.client.register({ plan: 'pro' })
  const next = w.restart()
  expect(next.client.getAnonymousId()).toBe(w.client.getAnonymousId())
  next.client.capture('one')
  expect(next.last()).toMatchObject({ plan: 'pro' })
})

test('init alone makes no event and no request', async () => {
  const w = world()
  await w.clock.advance(600_000)
  expect(w.enqueued).toEqual([])
  expect(w.requests).toBe(0)
})

test('Repeated setup does not duplicate singleton state', async () => {
  const observers: string[] = []
  const addEventListener = (name: string) => observers.push(name)
  vi.stubGlobal('window', {})
  vi.stubGlobal('addEventListener', addEventListener)
  vi.stubGlobal('document', { addEventListener, visibilityState: 'visible' })
  vi.stubGlobal('location', { href: 'https://shop.example.com/', origin: 'https://shop.example.com' })
  const options = { host: 'https://mock.posthog.test', persistence: 'memory' } as const
  const init = await initAlone()
  const first = init('test-token', options)
  // The client begins once the task of `init` has ended.
  await undefined
  const observed = observers.length
  expect(observed).toBeGreaterThan(0)
  expect(init('test-token', options)).toBe(first)
  expect(init(' test-token ', { ...options, host: 'https://mock.posthog.test/' })).toBe(first)
  expect(observers).toHaveLength(observed)
})
