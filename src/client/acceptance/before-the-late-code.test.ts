/** What options about the person mean for what a page does before the code that reads these options has loaded. */

import { expect, test } from 'vitest'
import { type World, type WorldOptions, world } from '../../../test/support/client/world'
import { storeOver } from '../../../test/support/core/store-over'
import type { OutlastOptions } from '../../page/types'
import type { PersonClient } from '../person-client'
import type { CommonOptions } from '../types'

const ID = '01900000-0000-7000-8000-000000000000'

const early = (options: OutlastOptions, act: (client: PersonClient) => void, more: WorldOptions = {}) =>
  world({ options: options as CommonOptions, early: act, ...more })

const said = ({ enqueued }: World, name: string) => enqueued.map(({ properties }) => properties[name])

test("what was captured by then is in bootstrap's session", () => {
  const w = early({ bootstrap: { sessionId: ID } }, (client) => client.capture('one'))
  w.client.capture('two')
  expect(said(w, '$session_id')).toEqual([ID, ID])
})

test("what was captured of an anonymous person whom bootstrap knows is made that person's", () => {
  const w = early({ bootstrap: { distinctId: 'ada', isIdentifiedId: true } }, (client) => client.capture('one'), {
    stores: { kept: storeOver(world({ bootstrapId: 'anon' }).kept), tab: storeOver(new Map()) },
  })
  w.client.capture('two')
  expect(w.enqueued.map(({ event, distinct_id }) => [event, distinct_id])).toEqual([
    ['one', 'anon'],
    ['$identify', 'ada'],
    ['two', 'ada'],
  ])
  expect(w.enqueued[1]?.properties).toMatchObject({ $anon_distinct_id: 'anon' })
})

test('somebody new whom bootstrap knows is known at once', () => {
  const seen: string[] = []
  const w = early({ bootstrap: { distinctId: 'ada', isIdentifiedId: true } }, (client) => {
    seen.push(client.getDistinctId())
    client.capture('one')
  })
  expect(seen).toEqual(['ada'])
  expect(w.enqueued).toEqual([expect.objectContaining({ event: 'one', distinct_id: 'ada' })])
})

test("personProfiles 'identified_only': events of anonymous persons say that they make no profile", () => {
  const w = early({ personProfiles: 'identified_only' }, (client) => {
    client.capture('one')
    client.capture('two', { $process_person_profile: true })
    client.capture('three', {}, { distinctId: 'grace' })
    client.enqueue({ event: 'four', distinctId: client.getDistinctId() })
  })
  expect(said(w, '$process_person_profile')).toEqual([false, true, undefined, undefined])
})

test("personProfiles 'identified_only': events of before an identify or a reset say it too, unless that person had a profile", () => {
  const options: OutlastOptions = { personProfiles: 'identified_only' }
  const identified = early(options, (client) => {
    client.capture('one')
    client.identify('ada')
  })
  expect(said(identified, '$process_person_profile')).toEqual([false, true])
  const reset = early(options, (client) => {
    client.capture('one')
    client.reset()
    client.setPersonProperties({ plan: 'pro' })
    client.reset()
    client.capture('two')
  })
  expect(said(reset, '$process_person_profile')).toEqual([false, undefined, false])
})

test("personProfiles 'identified_only': what web context says of a person goes with no event of an anonymous one", () => {
  const first = { $initial_referrer: '$direct', $initial_utm_source: null, $referrer: '$direct', utm_source: null }
  const w = early({ personProfiles: 'identified_only' }, (client) => {
    client.capture('one', { $set_once: first })
    client.capture('two', { $set_once: { ...first, plan: 'own' } })
    client.capture('three', { $set_once: first, $process_person_profile: true })
  })
  expect(said(w, '$set_once')).toEqual([undefined, { ...first, plan: 'own' }, first])
  const everybody = early({}, (client) => client.capture('one', { $set_once: first }))
  expect(said(everybody, '$set_once')).toEqual([first])
})

test.each<[string, (client: PersonClient) => void]>([
  ['setPersonProperties', (client) => client.setPersonProperties({ plan: 'pro' })],
  ['alias', (client) => client.alias('lovelace')],
  ['groupIdentify', (client) => client.groupIdentify('company', 'acme')],
  ['createPersonProfile', (client) => client.createPersonProfile()],
])("personProfiles 'identified_only': %s makes a profile for good", async (_, act) => {
  const w = early({ personProfiles: 'identified_only' }, act)
  await w.settle()
  w.client.capture('one')
  expect(said(w, '$process_person_profile')).toEqual([true, true])
  const next = w.restart()
  next.client.capture('two')
  expect(next.last()).toMatchObject({ $process_person_profile: true })
})

test("personProfiles 'never': nobody is identified, and no event makes a profile", () => {
  const w = early({ personProfiles: 'never' }, (client) => {
    client.identify('ada', { plan: 'pro' })
    client.alias('lovelace')
    client.setPersonProperties({ plan: 'pro' })
    client.group('company', 'acme', { plan: 'pro' })
    client.capture('one')
  })
  expect(w.client.getDistinctId()).toBe(w.client.getAnonymousId())
  expect(w.enqueued).toEqual([expect.objectContaining({ event: 'one' })])
  expect(w.last()).toMatchObject({ $process_person_profile: false, $groups: { company: 'acme' } })
})

test('an event of nobody makes no profile', () => {
  const w = early({}, (client) => client.capture('one', {}, { distinctId: 'null' }))
  expect(w.last()).toMatchObject({ $process_person_profile: false })
})

test('what was told by then is not told again', () => {
  const w = early({}, (client) => {
    client.identify('ada', { plan: 'pro' })
    client.group('company', 'acme', { size: 5 })
  })
  w.client.identify('ada', { plan: 'pro' })
  w.client.group('company', 'acme', { size: 5 })
  expect(w.enqueued.map(({ event }) => event)).toEqual(['$identify', '$groupidentify'])
  w.client.identify('ada', { plan: 'free' })
  expect(w.last()).toMatchObject({ $set: { plan: 'free' } })
})

test('what was captured by then in a window that is a copy has the id of the new window', () => {
  const first = world()
  first.client.capture('one')
  const tab = new Map(first.tab)
  const act = (client: PersonClient) => {
    // Another count of ids than in the first window.
    client.capture('two')
    client.capture('more')
  }
  const copy = early({}, act, {
    stores: { kept: storeOver(first.kept), tab: storeOver(tab) },
  })
  copy.client.capture('three')
  const [before, ...after] = [...said(first, '$window_id'), ...said(copy, '$window_id')]
  expect(new Set(after).size).toBe(1)
  expect(after).not.toContain(before)
  expect(copy.client.getWindowId()).toBe(after[0])
  expect(tab.get('window')).toBe(after[0])
})

const who = ({ enqueued }: World) => enqueued.map(({ event, distinct_id }) => [event, distinct_id])

test("what was captured under an id of nobody's is the anonymous person's, who is not merged with nobody", () => {
  const w = early({}, (client) => {
    client.capture('one')
    client.identify('guest', { plan: 'free' })
    client.capture('two')
    client.capture('three', {}, { distinctId: 'guest' })
  })
  const anonymous = w.client.getDistinctId()
  expect(anonymous).toBe(w.client.getAnonymousId())
  expect(who(w)).toEqual([
    ['one', anonymous],
    ['$set', anonymous],
    ['two', anonymous],
    ['three', 'guest'],
  ])
  expect(w.warnings).toEqual([expect.stringContaining('identify'), expect.stringContaining('guest')])
  const [, set, two] = w.enqueued
  expect(Object.keys(set?.properties ?? {}).filter((name) => /set|anon/.test(name))).toEqual([])
  expect([set, two].map((one) => one?.properties.$process_person_profile)).toEqual([false, false])
})

test("whom the device knows stays where a page names an id of nobody's by then, and its events are that person's", () => {
  const former = world()
  former.client.identify('ann')
  former.client.identify('bob')
  const w = early(
    {},
    (client) => {
      client.capture('one')
      client.identify('guest')
      client.capture('two')
    },
    { stores: { kept: storeOver(former.kept), tab: storeOver(new Map()) } },
  )
  w.client.capture('three')
  expect(w.client.getDistinctId()).toBe('bob')
  expect(who(w)).toEqual([
    ['one', 'bob'],
    ['two', 'bob'],
    ['three', 'bob'],
  ])
})

test("a person who is identified after nobody is merged with the anonymous past, and stays where nobody's id comes after", () => {
  const after = early({}, (client) => {
    client.identify('guest')
    client.capture('one')
    client.identify('ann', { plan: 'pro' })
    client.capture('two')
  })
  const anonymous = after.client.getAnonymousId()
  expect(after.client.getDistinctId()).toBe('ann')
  expect(who(after)).toEqual([
    ['$identify', 'ann'],
    ['one', anonymous],
    ['$set', 'ann'],
    ['two', 'ann'],
  ])
  expect(after.enqueued[0]?.properties).toMatchObject({ distinct_id: 'ann', $anon_distinct_id: anonymous })
  const before = early({}, (client) => {
    client.identify('ann')
    client.identify('guest')
  })
  expect(before.client.getDistinctId()).toBe('ann')
  expect(who(before)).toEqual([['$identify', 'ann']])
})

test("events under nobody's id are the person's of whom the page spoke last, also after a reset", () => {
  const former = world()
  former.client.identify('ann')
  const w = early(
    {},
    (client) => {
      client.reset()
      client.identify('bob')
      client.identify('guest')
      client.capture('one')
    },
    { stores: { kept: storeOver(former.kept), tab: storeOver(new Map()) } },
  )
  w.client.capture('two')
  expect(w.client.getDistinctId()).toBe('bob')
  expect(who(w)).toEqual([
    ['$identify', 'bob'],
    ['one', 'bob'],
    ['two', 'bob'],
  ])
})

for (const [what, between] of [
  ['', () => undefined],
  [', and after a reset', (client: World['client']) => client.reset()],
] as const) {
  test(`the first person after nobody has the anonymous past, although another one follows${what}`, () => {
    let anonymous = ''
    const w = early({}, (client) => {
      anonymous = client.getDistinctId()
      client.identify('guest')
      client.identify('ann')
      client.capture('one')
      between(client)
      client.identify('bob')
      client.capture('two')
    })
    const [first] = w.enqueued
    expect(first).toMatchObject({
      event: '$identify',
      distinct_id: 'ann',
      properties: { $anon_distinct_id: anonymous },
    })
    expect(who(w).filter(([event]) => event !== '$identify')).toEqual([
      ['one', 'ann'],
      ['two', 'bob'],
    ])
    expect(w.client.getDistinctId()).toBe('bob')
  })
}
