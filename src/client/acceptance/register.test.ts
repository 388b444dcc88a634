import { describe, expect, test } from 'vitest'
import { world } from '../../../test/support/client/world'

const cyclic: Record<string, unknown> = {}
cyclic.self = cyclic

describe('register', () => {
  test('Register adds super properties to future events', () => {
    const w = world()
    w.client.capture('before')
    expect(w.last()).not.toHaveProperty('plan')
    w.client.register({ plan: 'pro' })
    w.client.capture('after')
    expect(w.last()).toMatchObject({ plan: 'pro' })
  })

  test('Later register calls override existing super properties', () => {
    const w = world()
    w.client.register({ plan: 'free', kept: 1 })
    w.client.register({ plan: 'pro' })
    w.client.capture('one')
    expect(w.last()).toMatchObject({ plan: 'pro', kept: 1 })
  })

  test('P11: a BigInt is its digits, and a list is a list', () => {
    const w = world()
    w.client.register({ big: 1n, list: [2n] })
    w.client.capture('one')
    expect(w.last()).toMatchObject({ big: '1', list: ['2'] })
  })

  test('Registered properties persist across SDK initialization', () => {
    const w = world()
    w.client.register({ plan: 'pro' })
    const next = w.restart()
    next.client.capture('one')
    expect(next.last()).toMatchObject({ plan: 'pro' })
  })

  test.each([undefined, null, 'plan', cyclic])('what is not usable changes nothing, with a warning', (bad) => {
    const w = world()
    w.client.register({ plan: 'pro' })
    expect(() => w.client.register(bad as never)).not.toThrow()
    w.client.capture('one')
    expect(w.last()).toMatchObject({ plan: 'pro' })
    expect(w.warnings).toHaveLength(1)
  })
})

describe('unregister', () => {
  test('Unregister removes a super property from future events', () => {
    const w = world()
    w.client.register({ plan: 'pro', other: 1 })
    w.client.unregister('plan')
    w.client.capture('one')
    expect(w.last()).toMatchObject({ other: 1 })
    expect(w.last()).not.toHaveProperty('plan')
  })

  test('Unregister persists removal', () => {
    const w = world()
    w.client.register({ plan: 'pro', other: 1 })
    w.client.unregister('plan')
    const next = w.restart()
    next.client.capture('two')
    expect(next.last()).toMatchObject({ other: 1 })
    expect(next.last()).not.toHaveProperty('plan')
  })

  test('Unregister missing property is a no-op', () => {
    const w = world()
    w.client.register({ plan: 'pro' })
    expect(() => w.client.unregister('nothing')).not.toThrow()
    w.client.capture('one')
    expect(w.last()).toMatchObject({ plan: 'pro' })
    expect(w.warnings).toEqual([])
  })
})
