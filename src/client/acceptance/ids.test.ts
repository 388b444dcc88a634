import { describe, expect, test } from 'vitest'
import { uuid } from '../../../test/support/core/fixtures'
import { world } from './world'

describe('device-id-generator', () => {
  test('generated once and persisted', () => {
    const w = world()
    const id = w.client.getAnonymousId()
    expect(w.client.getAnonymousId()).toBe(id)
    expect(JSON.parse(w.kept.get('person') ?? '')).toMatchObject({ anonymousId: id })
  })

  test('reused from storage', () => {
    const w = world()
    const id = w.client.getAnonymousId()
    expect(w.restart().restart().client.getAnonymousId()).toBe(id)
  })

  test('rotated by reset', () => {
    const w = world()
    const id = w.client.getAnonymousId()
    w.client.reset()
    expect(w.client.getAnonymousId()).not.toBe(id)
    expect(w.restart().client.getAnonymousId()).toBe(w.client.getAnonymousId())
  })
})

describe('get-anonymous-id', () => {
  test('stable across identify', () => {
    const w = world()
    const id = w.client.getAnonymousId()
    w.client.identify('ada')
    expect(w.client.getAnonymousId()).toBe(id)
    expect(w.restart().client.getAnonymousId()).toBe(id)
  })
})

describe('get-distinct-id', () => {
  test('starts as the anonymous id, and changes after identify', () => {
    const { client } = world()
    expect(client.getDistinctId()).toBe(client.getAnonymousId())
    client.identify('ada')
    expect(client.getDistinctId()).toBe('ada')
  })

  test('a bootstrapped id is the first one, and not that of a visitor who is known', () => {
    const w = world({ bootstrapId: uuid(7) })
    expect(w.client.getDistinctId()).toBe(uuid(7))
    w.client.reset()
    expect(w.client.getDistinctId()).not.toBe(uuid(7))
    expect(w.restart().client.getDistinctId()).toBe(w.client.getDistinctId())
  })
})
