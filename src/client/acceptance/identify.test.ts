import { describe, expect, test } from 'vitest'
import { world } from '../../../test/support/client/world'

describe('identify', () => {
  test('Client identify changes the current distinct id and sends identity properties', () => {
    const w = world()
    const anonymous = w.client.getAnonymousId()
    w.client.identify('ada', { born: 1815 }, { first: true })
    expect(w.client.getDistinctId()).toBe('ada')
    expect(w.enqueued).toEqual([
      expect.objectContaining({
        event: '$identify',
        distinct_id: 'ada',
        properties: expect.objectContaining({
          distinct_id: 'ada',
          $anon_distinct_id: anonymous,
          $set: { born: 1815 },
          $set_once: { first: true },
        }),
      }),
    ])
  })

  test.each([
    ...[undefined, null, '', '  ', true, {}, [], Number.NaN, Number.POSITIVE_INFINITY, 0],
    ...['undefined', 'NULL', 'NaN', 'true', 'False', 'distinct_id', 'distinctId', '[object Object]', 'anonymous'],
    ...['anonymous-user', 'guest', 'email', 'id', 'user', 'system', 'backend', 'none', 'not_authenticated', '0'],
    ...['00000000-0000-0000-0000-000000000000', "'undefined'", '"null"', ' null ', '$posthog_cookieless'],
  ])('Identify validates distinct id: %j', (id) => {
    const w = world()
    const before = [...w.kept]
    const anonymous = w.client.getAnonymousId()
    w.client.identify(id as string, { born: 1815 })
    expect(w.client.getDistinctId()).toBe(anonymous)
    expect([...w.kept]).toEqual(before)
    expect(w.enqueued).toEqual([])
    expect(w.warnings).toHaveLength(1)
  })

  test.each([42, 42n])('a number is taken as its text, with a warning: %s', (id) => {
    const w = world()
    w.client.identify(id as never)
    w.client.identify('42')
    expect(w.client.getDistinctId()).toBe('42')
    expect(w.enqueued.map(({ event, distinct_id }) => [event, distinct_id])).toEqual([['$identify', '42']])
    expect(w.warnings).toEqual([
      "[outlast] identify's distinct id must be a string; the number 42 was taken as its text",
    ])
  })

  test.each(['users', 'guest-5', 'null@example.com', 'trueman', 'id:5', '00', 'Undefined Ltd', 'object Object'])(
    'an id that only looks like one of nobody is taken: %j',
    (id) => {
      const w = world()
      w.client.identify(id)
      expect(w.client.getDistinctId()).toBe(id)
      expect(w.warnings).toEqual([])
    },
  )

  test('an id equal to the current anonymous id: one $set, no $identify, and the person is identified', () => {
    const w = world()
    const anonymous = w.client.getAnonymousId()
    w.client.identify(anonymous, { born: 1815 })
    w.client.identify(anonymous)
    expect(w.enqueued.map(({ event }) => event)).toEqual(['$set'])
    expect(w.last()).toMatchObject({ $set: { born: 1815 } })
    // Identified: the next id is another person, into whom nothing is merged.
    w.client.identify('ada')
    expect(w.enqueued.map(({ event }) => event)).toEqual(['$set'])
  })

  test('the same id again is no event, and with properties a $set', () => {
    const w = world()
    w.client.identify('ada')
    w.client.identify('ada')
    w.client.identify('ada', { born: 1815 })
    expect(w.enqueued.map(({ event }) => event)).toEqual(['$identify', '$set'])
  })

  test('the same properties again send nothing, and other ones one $set', () => {
    const w = world()
    const sets = () => w.enqueued.map(({ event, properties }) => [event, properties.$set])
    w.client.identify('ada', { plan: 'pro', seats: [1] })
    w.client.identify('ada', { plan: 'pro', seats: [1] })
    w.client.setPersonProperties({ plan: 'pro', seats: [1] })
    expect(sets()).toEqual([['$identify', { plan: 'pro', seats: [1] }]])
    w.client.identify('ada', { plan: 'free' })
    w.client.identify('ada', { plan: 'free' })
    w.client.identify('ada', {}, { plan: 'free' })
    expect(sets().slice(1)).toEqual([
      ['$set', { plan: 'free' }],
      ['$set', {}],
    ])
  })

  test('an identified person survives a restart', () => {
    const w = world()
    w.client.identify('ada')
    const next = w.restart()
    expect(next.client.getDistinctId()).toBe('ada')
    next.client.identify('ada')
    expect(next.enqueued).toEqual([])
  })

  test('events queued before keep the anonymous id', () => {
    const w = world()
    const anonymous = w.client.getAnonymousId()
    w.client.capture('before')
    w.client.identify('ada')
    w.client.capture('after')
    expect(w.enqueued.map(({ distinct_id }) => distinct_id)).toEqual([anonymous, 'ada', 'ada'])
  })
})

describe('alias', () => {
  test('Client alias links the current anonymous identity to a known identity', () => {
    const w = world()
    w.client.identify('ada')
    w.client.alias('lovelace')
    expect(w.enqueued.at(-1)).toMatchObject({
      event: '$create_alias',
      distinct_id: 'ada',
      properties: { alias: 'lovelace', distinct_id: 'ada' },
    })
    expect(w.client.getDistinctId()).toBe('ada')
  })

  test('a number is taken as its text, with a warning', () => {
    const w = world()
    w.client.alias(7 as never)
    expect(w.last()).toMatchObject({ alias: '7' })
    expect(w.warnings).toHaveLength(1)
  })

  test.each([undefined, null, '', ' ', 'null', 'anonymous', Number.NaN])(
    'Alias is dropped when required identities are missing: %j',
    (alias) => {
      const w = world()
      w.client.alias(alias as string)
      expect(w.enqueued).toEqual([])
      expect(w.warnings).toEqual([expect.stringContaining('alias')])
    },
  )
})

describe('set-person-properties', () => {
  test('Set person properties emits profile update properties', () => {
    const w = world()
    w.client.identify('ada')
    w.client.setPersonProperties({ plan: 'pro' })
    expect(w.enqueued.filter(({ event }) => event === '$set')).toEqual([
      expect.objectContaining({ distinct_id: 'ada', properties: expect.objectContaining({ $set: { plan: 'pro' } }) }),
    ])
  })

  test('Set person properties can include set-once properties', () => {
    const w = world()
    w.client.setPersonProperties({ plan: 'pro' }, { first_seen: 'today' })
    expect(w.enqueued).toEqual([
      expect.objectContaining({
        event: '$set',
        distinct_id: w.client.getDistinctId(),
        properties: expect.objectContaining({ $set: { plan: 'pro' }, $set_once: { first_seen: 'today' } }),
      }),
    ])
  })

  test('the same properties again are sent no more, until there are others or another person', () => {
    const w = world()
    const sets = () => w.enqueued.filter(({ event }) => event === '$set').length
    w.client.setPersonProperties({ plan: 'pro' }, { first: 1 })
    w.client.setPersonProperties({ plan: 'pro' }, { first: 1 })
    expect(sets()).toBe(1)
    w.client.setPersonProperties({ plan: 'pro' }, { first: 2 })
    w.client.setPersonProperties({ plan: 'pro' }, { first: 1 })
    expect(sets()).toBe(3)
    w.client.reset()
    w.client.setPersonProperties({ plan: 'pro' }, { first: 1 })
    expect(sets()).toBe(4)
    w.client.identify('ada')
    w.client.setPersonProperties({ plan: 'pro' }, { first: 1 })
    expect(sets()).toBe(5)
  })

  test('another tab that has set others meanwhile is set right', () => {
    const w = world()
    const other = w.restart()
    w.client.setPersonProperties({ plan: 'pro' })
    other.client.setPersonProperties({ plan: 'free' })
    w.client.setPersonProperties({ plan: 'pro' })
    expect([w, other].map(({ enqueued }) => enqueued.length)).toEqual([2, 1])
  })

  test('what was not captured is sent when it can be', () => {
    const w = world()
    w.client.optOut()
    w.client.setPersonProperties({ plan: 'pro' })
    w.client.optIn()
    w.client.setPersonProperties({ plan: 'pro' })
    w.client.setPersonProperties({ plan: 'pro' })
    expect(w.enqueued).toHaveLength(1)
    let drops = true
    const hooked = world({ options: { beforeSend: (event) => (drops ? null : event) } })
    hooked.client.setPersonProperties({ plan: 'pro' })
    drops = false
    hooked.client.setPersonProperties({ plan: 'pro' })
    expect(hooked.enqueued).toHaveLength(1)
  })

  test.each([
    [new Map([['a', 1]]), new Map([['a', 2]])],
    [new ArrayBuffer(1), new ArrayBuffer(2)],
    [new Set(['a']), new Set(['b'])],
    [5n, 6n],
  ])('values that JSON cannot tell apart are always sent (%#)', (one, other) => {
    const w = world()
    w.client.setPersonProperties({ value: one })
    w.client.setPersonProperties({ value: other })
    expect(w.enqueued).toHaveLength(2)
  })

  test('an object that was changed since is another one', () => {
    const w = world()
    const properties = { plan: 'pro' }
    w.client.setPersonProperties(properties)
    properties.plan = 'free'
    w.client.setPersonProperties(properties)
    expect(w.last()).toMatchObject({ $set: { plan: 'free' } })
  })

  test('$set_once alone', () => {
    const w = world()
    w.client.setPersonProperties({}, { first_seen: 'today' })
    expect(w.last()).toMatchObject({ $set_once: { first_seen: 'today' } })
  })

  test.each([
    [undefined, undefined],
    [{}, {}],
    [null, null],
  ])('Empty person property updates do not crash: %j, %j', (set, setOnce) => {
    const w = world()
    expect(() => w.client.setPersonProperties(set as never, setOnce as never)).not.toThrow()
    expect(w.enqueued).toEqual([])
  })
})
