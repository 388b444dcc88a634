import { describe, expect, test } from 'vitest'
import { world } from './world'

const cyclic: Record<string, unknown> = {}
cyclic.self = cyclic

describe('register', () => {
  test('super properties are on later events', () => {
    const w = world()
    w.client.capture('before')
    expect(w.last()).not.toHaveProperty('plan')
    w.client.register({ plan: 'pro' })
    w.client.capture('after')
    expect(w.last()).toMatchObject({ plan: 'pro' })
  })

  test('a later register overrides', () => {
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

  test('persists across init', () => {
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
  test('removes only that key, and persists', () => {
    const w = world()
    w.client.register({ plan: 'pro', other: 1 })
    w.client.unregister('plan')
    w.client.capture('one')
    expect(w.last()).toMatchObject({ other: 1 })
    expect(w.last()).not.toHaveProperty('plan')
    const next = w.restart()
    next.client.capture('two')
    expect(next.last()).toMatchObject({ other: 1 })
    expect(next.last()).not.toHaveProperty('plan')
  })

  test('a missing key is a no-op', () => {
    const w = world()
    w.client.register({ plan: 'pro' })
    expect(() => w.client.unregister('nothing')).not.toThrow()
    w.client.capture('one')
    expect(w.last()).toMatchObject({ plan: 'pro' })
    expect(w.warnings).toEqual([])
  })
})
