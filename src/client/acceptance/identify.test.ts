import { describe, expect, test } from 'vitest'
import { world } from './world'

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

  test.each([undefined, null, '', '  ', 5])('Identify validates distinct id: %j', (id) => {
    const w = world()
    const before = [...w.kept]
    const anonymous = w.client.getAnonymousId()
    w.client.identify(id as string, { born: 1815 })
    expect(w.client.getDistinctId()).toBe(anonymous)
    expect([...w.kept]).toEqual(before)
    expect(w.enqueued).toEqual([])
    expect(w.warnings).toHaveLength(1)
  })

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

  test.each([undefined, null, '', ' '])('Alias is dropped when required identities are missing: %j', (alias) => {
    const w = world()
    w.client.alias(alias as string)
    expect(w.enqueued).toEqual([])
    expect(w.warnings).toEqual([expect.stringContaining('alias')])
  })
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
