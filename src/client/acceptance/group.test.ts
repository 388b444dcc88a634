import { describe, expect, test } from 'vitest'
import { world } from './world'

describe('group', () => {
  test('Group stores group context for future events', () => {
    const w = world()
    w.client.capture('before')
    expect(w.last()).not.toHaveProperty('$groups')
    w.client.group('company', 'acme')
    w.client.group('team', 'blue')
    expect(w.enqueued).toHaveLength(1)
    w.client.capture('after')
    expect(w.last()).toMatchObject({ $groups: { company: 'acme', team: 'blue' } })
    const next = w.restart()
    next.client.capture('later')
    expect(next.last()).toMatchObject({ $groups: { company: 'acme', team: 'blue' } })
  })

  test('Group can include group properties', () => {
    const w = world()
    w.client.group('company', 'acme', { plan: 'pro' })
    expect(w.enqueued).toEqual([
      expect.objectContaining({
        event: '$groupidentify',
        properties: expect.objectContaining({
          $group_type: 'company',
          $group_key: 'acme',
          $group_set: { plan: 'pro' },
          $groups: { company: 'acme' },
        }),
      }),
    ])
  })

  test.each([
    ['company', undefined],
    ['company', ''],
    [undefined, 'acme'],
  ])('Group rejects missing type or key: %j, %j', (type, key) => {
    const w = world()
    w.client.group(type as string, key as string, { plan: 'pro' })
    w.client.capture('one')
    expect(w.enqueued.map(({ event }) => event)).toEqual(['one'])
    expect(w.last()).not.toHaveProperty('$groups')
    expect(w.warnings).toHaveLength(1)
  })
})

describe('group-identify', () => {
  test('Group identify emits a group profile update event', () => {
    const w = world()
    w.client.groupIdentify('company', 'acme', { plan: 'pro' })
    expect(w.enqueued[0]).toMatchObject({
      event: '$groupidentify',
      properties: { $group_type: 'company', $group_key: 'acme', $group_set: { plan: 'pro' } },
    })
  })

  test.each([
    ['company', undefined],
    [undefined, 'acme'],
  ])('Group identify requires type and key: %j, %j', (type, key) => {
    const w = world()
    w.client.groupIdentify(type as string, key as string)
    expect(w.enqueued).toEqual([])
    expect(w.warnings).toHaveLength(1)
  })

  test('Group identify does not replace registered group context', () => {
    const w = world()
    w.client.group('company', 'acme')
    w.client.groupIdentify('company', 'other', { plan: 'pro' })
    w.client.capture('one')
    expect(w.last()).toMatchObject({ $groups: { company: 'acme' } })
  })
})
