import { describe, expect, test } from 'vitest'
import { world } from '../../../test/support/client/world'
import { uuid } from '../../../test/support/core/fixtures'

describe('device-id-generator', () => {
  test('Device id is generated and persisted on first use', () => {
    const w = world()
    const id = w.client.getAnonymousId()
    expect(w.client.getAnonymousId()).toBe(id)
    expect(JSON.parse(w.kept.get('person') ?? '')).toMatchObject({ anonymousId: id })
  })

  test('Device id is reused from persistent storage', () => {
    const w = world()
    const id = w.client.getAnonymousId()
    expect(w.restart().restart().client.getAnonymousId()).toBe(id)
  })

  test('Reset can rotate the device id', () => {
    const w = world()
    const id = w.client.getAnonymousId()
    w.client.reset()
    expect(w.client.getAnonymousId()).not.toBe(id)
    expect(w.restart().client.getAnonymousId()).toBe(w.client.getAnonymousId())
  })
})

describe('get-anonymous-id', () => {
  test('Anonymous id is generated on first initialization', () => {
    const w = world()
    const id = w.client.getAnonymousId()
    expect(id).not.toBe('')
    expect(JSON.parse(w.kept.get('person') ?? '')).toMatchObject({ anonymousId: id })
  })

  test('Anonymous id rotates when reset requests a new device id', () => {
    const { client } = world()
    const id = client.getAnonymousId()
    client.identify('ada')
    client.reset()
    expect(client.getAnonymousId()).not.toBe(id)
  })

  test('Anonymous id remains stable after identify', () => {
    const w = world()
    const id = w.client.getAnonymousId()
    w.client.identify('ada')
    expect(w.client.getAnonymousId()).toBe(id)
    expect(w.restart().client.getAnonymousId()).toBe(id)
  })
})

describe('get-distinct-id', () => {
  test('Client distinct id starts as the anonymous id', () => {
    const { client } = world()
    expect(client.getDistinctId()).toBe(client.getAnonymousId())
  })

  test('Client distinct id changes after identify', () => {
    const { client } = world()
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
