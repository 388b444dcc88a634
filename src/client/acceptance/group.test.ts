import { describe, expect, test } from 'vitest'
import { world } from '../../../test/support/client/world'

describe('group', () => {
  test('Group stores group context for future events', () => {
    const w = world()
    w.client.capture('before')
    expect(w.last()).not.toHaveProperty('$groups')
    w.client.group('company', 'acme')
    w.client.group('team', 'blue')
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

  test('a new key is told once, without properties too', () => {
    const w = world()
    w.client.group('company', 'acme')
    w.client.group('company', 'acme')
    w.restart().client.group('company', 'acme')
    expect(w.enqueued.map(({ event }) => event)).toEqual(['$groupidentify'])
    expect(w.last()).toMatchObject({ $group_type: 'company', $group_key: 'acme', $groups: { company: 'acme' } })
    expect(w.last()).not.toHaveProperty('$group_set')
    w.client.group('company', 'other')
    w.client.group('company', 'acme')
    expect(w.enqueued.map(({ properties }) => properties.$group_key)).toEqual(['acme', 'other', 'acme'])
  })

  test('the same properties are told once, and other ones each time', () => {
    const w = world()
    const told = () => w.enqueued.map(({ properties }) => properties.$group_set)
    w.client.group('company', 'acme', { plan: 'pro' })
    w.client.group('company', 'acme', { plan: 'pro' })
    w.client.group('team', 'blue', { seats: 3 })
    w.client.group('company', 'acme', { plan: 'pro' })
    expect(told()).toEqual([{ plan: 'pro' }, { seats: 3 }])
    w.client.group('company', 'acme', { plan: 'free' })
    w.client.group('company', 'acme', { plan: 'pro' })
    expect(told()).toEqual([{ plan: 'pro' }, { seats: 3 }, { plan: 'free' }, { plan: 'pro' }])
    // Another tab, or the method for it, may have set others meanwhile.
    w.restart().client.groupIdentify('company', 'acme', { plan: 'free' })
    w.client.group('company', 'acme', { plan: 'pro' })
    expect(told().at(-1)).toEqual({ plan: 'pro' })
    expect(told()).toHaveLength(5)
  })

  test('a number is taken as its text, with a warning', () => {
    const w = world()
    w.client.group('company', 5 as never)
    w.client.capture('one')
    expect(w.last()).toMatchObject({ $groups: { company: '5' } })
    expect(w.warnings).toEqual([expect.stringContaining("group's key must be a string; the number 5 was taken")])
  })

  test.each([
    ...['undefined', 'null', 'NaN', 'true', 'FALSE', '[object Object]', 'distinct_id', ' undefined ', '"null"'],
    ...[Number.NaN, Number.POSITIVE_INFINITY, {}, true, null, []],
  ])('a key that names nothing is refused, with a warning: %j', (key) => {
    const w = world()
    w.client.group('company', key as string, { plan: 'pro' })
    w.client.groupIdentify('company', key as string, { plan: 'pro' })
    w.client.capture('one')
    expect(w.enqueued.map(({ event }) => event)).toEqual(['one'])
    expect(w.last()).not.toHaveProperty('$groups')
    expect(w.warnings).toHaveLength(2)
  })

  test.each(['user', 'system', '0', 'none', 'backend'])('what is no one’s id may be a group: %j', (key) => {
    const w = world()
    w.client.group(key, key)
    expect(w.last()).toMatchObject({ $groups: { [key]: key } })
    expect(w.warnings).toEqual([])
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
