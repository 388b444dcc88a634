import { describe, expect, test } from 'vitest'
import { batches, world } from '../../../test/support/client/world'

describe('consent-gating', () => {
  test('Opted out consent blocks capture and persistence writes', async () => {
    const w = world({ options: { flushAt: 1 } })
    w.client.optOut()
    w.client.capture('one')
    w.client.captureBatch([{ event: 'two' }])
    w.client.captureAi('$ai_generation', {})
    w.client.identify('ada')
    w.client.setPersonProperties({ a: 1 })
    w.client.group('company', 'acme', { plan: 'pro' })
    expect(await w.client.getFeatureFlag('beta')).toBeUndefined()
    await w.client.reloadFeatureFlags()
    await w.clock.advance(60_000)
    expect(w.enqueued).toEqual([])
    expect(w.requests).toBe(0)
  })

  test('Opted in consent allows capture', async () => {
    const w = world()
    w.client.optOut()
    w.client.optIn()
    w.client.capture('one')
    await w.client.flush()
    expect(batches(w)).toEqual([['one']])
  })

  test('Consent state is restored before early capture calls', async () => {
    const w = world({ options: { flushAt: 1 } })
    w.client.optOut()
    const next = w.restart()
    next.client.capture('one')
    await next.client.flush()
    expect(next.enqueued).toEqual([])
    expect(next.requests).toBe(0)
  })

  test('what was captured under consent is still delivered', async () => {
    const w = world()
    w.client.capture('one')
    w.client.optOut()
    await w.client.flush()
    expect(batches(w)).toEqual([['one']])
  })

  test('nothing new is kept on the device while opted out, and it is once opted in', () => {
    const w = world()
    w.kept.set('opt_out', 'true')
    w.kept.delete('person')
    w.tab.clear()
    const next = w.restart()
    next.client.register({ plan: 'pro' })
    next.client.getSessionId()
    expect([...next.kept.keys()]).toEqual(['opt_out'])
    expect([...next.tab.keys()]).toEqual([])
    next.client.optIn()
    const later = next.restart()
    expect(later.client.getAnonymousId()).toBe(next.client.getAnonymousId())
    later.client.capture('one')
    expect(later.last()).toMatchObject({ plan: 'pro' })
  })
})

describe('opt-in', () => {
  test('Opt out prevents event capture and persists consent state', () => {
    const w = world()
    w.client.optOut()
    expect(w.client.isOptOut()).toBe(true)
    expect(w.kept.get('opt_out')).toBe('true')
    w.client.capture('one')
    expect(w.enqueued).toEqual([])
  })

  test('Opt out can clear local persistence when configured', () => {
    const w = world()
    w.client.identify('ada')
    w.client.register({ plan: 'pro' })
    const before = w.client.getAnonymousId()
    w.client.optOut({ clear: true })
    expect(w.client.isOptOut()).toBe(true)
    expect(w.client.getDistinctId()).not.toBe('ada')
    expect(w.client.getAnonymousId()).not.toBe(before)
    const next = w.restart()
    expect(next.client.isOptOut()).toBe(true)
    next.client.optIn()
    next.client.capture('one')
    expect(next.enqueued[0]?.distinct_id).not.toBe('ada')
    expect(next.last()).not.toHaveProperty('plan')
  })

  test('Opt in re-enables capture and persists consent state', () => {
    const w = world()
    w.client.optOut()
    w.client.optIn()
    expect(w.client.isOptOut()).toBe(false)
    expect(w.kept.get('opt_out')).toBe('false')
    w.client.capture('one')
    expect(w.enqueued).toHaveLength(1)
  })
})

describe('is-opt-out', () => {
  test('Is opt out reports false by default', () => expect(world().client.isOptOut()).toBe(false))

  test('Is opt out reports true after opt out', () => {
    const { client } = world()
    client.optOut()
    expect(client.isOptOut()).toBe(true)
  })

  test.each([true, false])('Is opt out is restored from persistent storage: %s', (optedOut) => {
    const w = world()
    w.client.optOut()
    if (!optedOut) w.client.optIn()
    expect(w.restart().client.isOptOut()).toBe(optedOut)
  })
})
