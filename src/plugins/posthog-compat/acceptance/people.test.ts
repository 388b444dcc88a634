import { afterEach, expect, test, vi } from 'vitest'
import { BEGIN } from '../../../../test/support/client/world'
import type { PostHogConfig, PostHogLike } from '../types'
import { page, started, TOKEN, visitor } from './rig'

afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

const silent = () => vi.spyOn(console, 'warn').mockImplementation(() => undefined)

test('persons merge as in posthog-js: the first identify alone, and the first after a reset', () => {
  const { posthog, w, names } = started()
  posthog.capture('anonymous')
  posthog.identify('first')
  posthog.capture('known')
  posthog.identify('second')
  posthog.capture('another')
  posthog.reset()
  posthog.capture('anonymous again')
  posthog.identify('third')
  posthog.capture('known again')
  const captured = ['anonymous', '$identify', 'known', 'another', 'anonymous again', '$identify', 'known again']
  expect(names()).toEqual(captured)
  const [anonymous, identify, , another, again, third] = w.enqueued
  expect(identify).toMatchObject({ distinct_id: 'first', properties: { $anon_distinct_id: anonymous?.distinct_id } })
  expect(another?.distinct_id).toBe('second')
  expect(third).toMatchObject({ distinct_id: 'third', properties: { $anon_distinct_id: again?.distinct_id } })
  expect(again?.distinct_id).not.toBe(anonymous?.distinct_id)
  expect(new Set(w.enqueued.map(({ properties }) => properties.$device_id)).size).toBe(1)
  posthog.reset(true)
  posthog.capture('on another device')
  expect(w.last().$device_id).not.toBe(anonymous?.properties.$device_id)
})

test('identify takes numbers, refuses what names nobody, and sends the same properties once', () => {
  const warn = silent()
  const { posthog, w, names } = started()
  for (const id of ['', '  ', 'null', 'undefined', 'distinct_id', 'distinctId']) posthog.identify(id)
  expect(names()).toEqual([])
  expect(warn).toHaveBeenCalledTimes(6)
  posthog.identify(42 as unknown as string, { plan: 'pro' })
  posthog.identify('42', { plan: 'pro' })
  posthog.identify('42')
  posthog.setPersonProperties({ plan: 'pro' })
  posthog.setPersonProperties({ plan: 'free' })
  expect(names()).toEqual(['$identify', '$set'])
  expect(w.last()).toMatchObject({ $set: { plan: 'free' }, $set_once: {} })
})

test('properties that cannot be compared are sent, and reset takes anything', () => {
  const { posthog, names } = started()
  const cyclic: Record<string, unknown> = { plan: 'pro' }
  cyclic.self = cyclic
  posthog.setPersonProperties(cyclic)
  posthog.identify('ada', cyclic)
  expect(names()).toEqual(['$set', '$identify'])
  posthog.reset(null as unknown as boolean)
  expect(posthog.get_distinct_id()).not.toBe('ada')
})

test('reuseAnonymousId leaves the former id out', () => {
  const { posthog, w } = started()
  posthog.set_config({ reuseAnonymousId: true })
  posthog.identify('ada')
  expect(w.enqueued[0]?.event).toBe('$identify')
  expect(w.last()).not.toHaveProperty('$anon_distinct_id')
})

test('alias names another original, and the same name twice is no alias', () => {
  const { posthog, w, names } = started()
  expect(posthog.alias('other', 'original')).toMatchObject({ properties: { alias: 'other', distinct_id: 'original' } })
  expect(w.enqueued[0]).toMatchObject({ event: '$create_alias', distinct_id: 'original' })
  expect(posthog.get_property('__alias')).toBe('other')
  expect(posthog.alias(posthog.get_distinct_id())).toBe(-1)
  expect(names()).toEqual(['$create_alias', '$set'])
})

test('person properties are set, set once and removed, by the former names too', () => {
  const { posthog, w } = started()
  const answered = vi.fn()
  posthog.people.set('plan', 'pro', answered)
  expect(w.last()).toMatchObject({ $set: { plan: 'pro' } })
  posthog.people.set_once({ first: 1 })
  expect(w.last()).toMatchObject({ $set_once: { first: 1 } })
  posthog.unsetPersonProperties('plan')
  expect(w.last()).toMatchObject({ $unset: ['plan'] })
  posthog.setInternalOrTestUser()
  expect(w.last()).toMatchObject({ $set: { $internal_or_test_user: true } })
  expect(answered).toHaveBeenCalledOnce()
})

test('groups are in every later event until they are left, and described when they are new', () => {
  for (const of of [undefined, visitor()]) {
    if (of) page(of)
    const { posthog, w, names } = started()
    posthog.group('company', 'acme')
    posthog.group('company', 'acme')
    posthog.group('team', 'blue', { size: 5 })
    expect(names()).toEqual(['$groupidentify', '$groupidentify'])
    expect(w.last()).toMatchObject({ $group_type: 'team', $group_key: 'blue', $group_set: { size: 5 } })
    expect(posthog.getGroups()).toEqual({ company: 'acme', team: 'blue' })
    posthog.resetGroups()
    posthog.capture('alone')
    expect(posthog.getGroups()).toEqual({})
    expect(w.last().$groups ?? {}).toEqual({})
    posthog.group('company', 'acme')
    posthog.capture('together')
    expect(w.last().$groups).toEqual({ company: 'acme' })
  }
})

test('registered properties: once, for the session, and read again', () => {
  for (const of of [undefined, visitor()]) {
    if (of) page(of)
    const { posthog, w } = started()
    posthog.register({ plan: 'pro', none: 'None' })
    posthog.register_once({ plan: 'free', none: 'some', first: 1 })
    posthog.register_once({ first: 2 }, 1)
    posthog.register_for_session({ from: 'ad', gone: 1 })
    posthog.unregister_for_session('gone')
    expect([posthog.get_property('plan'), posthog.get_property('none'), posthog.get_property('first')]).toEqual([
      'pro',
      'some',
      2,
    ])
    expect(posthog.getSessionProperty('from')).toBe('ad')
    posthog.capture('with all')
    expect(w.last()).toMatchObject({ plan: 'pro', none: 'some', first: 2, from: 'ad' })
    expect(w.last()).not.toHaveProperty('gone')
    posthog.unregister('plan')
    expect(posthog.get_property('plan')).toBe(undefined)
    expect(posthog.get_property('distinct_id')).toBe(posthog.get_distinct_id())
    posthog.reset()
    expect(posthog.get_property('first')).toBe(undefined)
    posthog.capture('with none')
    expect(w.last()).not.toHaveProperty('first')
    expect(w.last()).not.toHaveProperty('from')
  }
})

test('properties of the session are those of the tab, and properties of the person those of the origin', () => {
  const of = visitor()
  page(of)
  const { posthog } = started()
  posthog.register({ plan: 'pro' })
  posthog.register_for_session({ from: 'ad' })
  page(of)
  const next = started().posthog
  expect([next.get_property('plan'), next.getSessionProperty('from')]).toEqual(['pro', 'ad'])
  of.tab.clear()
  page(of)
  const another = started().posthog
  expect([another.get_property('plan'), another.getSessionProperty('from')]).toEqual(['pro', undefined])
})

test('bootstrap names a person, a known one without merging, and a session', () => {
  const sessionID = '019b0000-0000-7000-8000-000000000001'
  for (const of of [undefined, visitor()]) {
    if (of) page(of)
    const anonymous = started({ bootstrap: { distinctID: 'visitor' } })
    anonymous.posthog.identify('ada')
    expect(anonymous.w.last()).toMatchObject({ $anon_distinct_id: 'visitor' })
    vi.unstubAllGlobals()
    if (of) page()
    const known = started({ bootstrap: { distinctID: 'ada', isIdentifiedID: true, sessionID } })
    expect(known.posthog.get_distinct_id()).toBe('ada')
    known.posthog.capture('as ada')
    expect(known.w.last()).toMatchObject({ $is_identified: true, $process_person_profile: true })
    if (of) expect(known.w.last().$session_id).toBe(sessionID)
    known.posthog.identify('bob')
    known.posthog.capture('as bob')
    expect(known.names()).toEqual(['as ada', 'as bob'])
  }
})

/** A page of an earlier visit, and the next one, whose site names a person. */
function visits(earlier: (posthog: PostHogLike) => void, config: PostHogConfig) {
  const of = visitor()
  page(of)
  const { posthog } = started()
  earlier(posthog)
  const before = posthog.get_distinct_id()
  page(of)
  return { before, session: posthog.get_session_id(), next: started(config), of }
}

test('bootstrap names a visitor of earlier pages: an anonymous past becomes that of the known person', () => {
  const bootstrap = { distinctID: 'ada', isIdentifiedID: true }
  const { before, next, of } = visits((posthog) => posthog.register({ plan: 'pro' }), { bootstrap })
  expect(next.posthog.get_distinct_id()).toBe('ada')
  expect(next.names()).toEqual(['$identify'])
  expect(next.w.last()).toMatchObject({ $anon_distinct_id: before, plan: 'pro', $is_identified: true })
  page(of)
  const last = started({ bootstrap })
  last.posthog.capture('as ada')
  expect(last.names()).toEqual(['as ada'])
})

test('bootstrap puts nobody in the place of a known visitor, and says so of another known one', () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
  for (const isIdentifiedID of [true, false]) {
    const bootstrap = { distinctID: 'bob', isIdentifiedID }
    const { next } = visits((posthog) => posthog.identify('ada'), { bootstrap })
    next.posthog.capture('as ada')
    expect(next.posthog.get_distinct_id()).toBe('ada')
    expect(next.names()).toEqual(['as ada'])
  }
  expect(warn.mock.calls.filter(([text]) => String(text).includes('bootstrap.distinctID'))).toHaveLength(1)
})

test('bootstrap gives an anonymous visitor another id, under which session, properties and groups go on', () => {
  const earlier = (posthog: PostHogLike) => {
    posthog.register({ plan: 'pro' })
    posthog.group('company', 'acme')
  }
  const { next, session, of } = visits(earlier, { bootstrap: { distinctID: 'visitor-1' } })
  next.posthog.capture('there')
  expect(next.w.enqueued.at(-1)).toMatchObject({ distinct_id: 'visitor-1' })
  const kept = { plan: 'pro', $groups: { company: 'acme' }, $session_id: session, $device_id: 'visitor-1' }
  expect(next.w.last()).toMatchObject({ ...kept, $is_identified: false })
  page(of)
  const { posthog, w } = started()
  posthog.identify('ada')
  expect(w.last()).toMatchObject({ $anon_distinct_id: 'visitor-1', plan: 'pro' })
})

test('bootstrap names the session of a visitor of earlier pages, unless it is no session id', () => {
  const sessionID = '019b0000-0000-7000-8000-000000000001'
  const { next } = visits(() => undefined, { bootstrap: { sessionID } })
  expect(next.posthog.get_session_id()).toBe(sessionID)
  const unusable = '3f1c9f0e-6f0c-4c3e-9d5e-0a3a6b1f2c4d'
  const { next: same, session } = visits(() => undefined, { bootstrap: { sessionID: unusable } })
  expect(same.posthog.get_session_id()).toBe(session)
})

test('P10: bootstrap makes nobody known before the person has agreed, and then loses no past', () => {
  const of = visitor()
  page(of)
  const config = { opt_out_capturing_by_default: true }
  const first = started(config).posthog
  const before = first.get_distinct_id()
  page(of)
  const { posthog, names, w } = started({ ...config, bootstrap: { distinctID: 'ada', isIdentifiedID: true } })
  expect(names()).toEqual([])
  posthog.opt_in_capturing({ captureEventName: false })
  expect(names()).toEqual(['$identify'])
  expect(w.last()).toMatchObject({ $anon_distinct_id: before })
})

test('reset may name the next person', () => {
  const { posthog, w, names } = started()
  posthog.identify('ada')
  posthog.reset({ bootstrap: { distinctID: 'bob', isIdentifiedID: true } })
  posthog.capture('as bob')
  expect(w.enqueued.at(-1)).toMatchObject({ distinct_id: 'bob', properties: { $is_identified: true } })
  expect(names()).toEqual(['$identify', 'as bob'])
})

test('reset may name an anonymous person, who is merged with the next known one', () => {
  page()
  const { posthog, w, names } = started()
  posthog.identify('ada')
  posthog.reset({ bootstrap: { distinctID: 'guest' } })
  posthog.capture('as guest')
  posthog.identify('bob')
  expect(names()).toEqual(['$identify', 'as guest', '$identify'])
  expect(w.last()).toMatchObject({ $anon_distinct_id: 'guest' })
})

test('who posthog-js knew goes on under the same ids', () => {
  for (const known of [true, false]) {
    const of = visitor()
    const state = known ? 'identified' : 'anonymous'
    const stored = { distinct_id: known ? 'ada' : 'device', $device_id: 'device', $user_state: state }
    of.local.set(`ph_${TOKEN}_posthog`, JSON.stringify(stored))
    page(of)
    const { posthog, w } = started()
    expect(posthog.get_distinct_id()).toBe(known ? 'ada' : 'device')
    posthog.capture('again')
    expect(w.last()).toMatchObject({ $device_id: 'device', $is_identified: known })
    posthog.identify('bob')
    expect(w.enqueued.filter(({ event }) => event === '$identify')).toHaveLength(known ? 0 : 1)
  }
})

test('who posthog-js knew keeps super properties, groups and profile, until a reset', () => {
  for (const name of [undefined, 'of-the-site']) {
    const of = visitor()
    const own = {
      $enabled_feature_flags: { old: true },
      __timers: {},
      utm_source: 'past',
      utm_medium: null,
      ad: 'past',
    }
    const state = { distinct_id: 'visitor', $device_id: 'device', $user_state: 'anonymous', $epp: true }
    const stored = { ...state, ...own, old_super: 'x', cart: { items: 2 }, $groups: { company: 'acme' } }
    of.local.set(name ? `ph_${name}` : `ph_${TOKEN}_posthog`, JSON.stringify(stored))
    const config = { ...(name && { persistence_name: name }), custom_campaign_params: ['ad'] }
    page(of, { path: '/now?utm_source=present' })
    const { posthog, w } = started(config)
    expect([posthog.get_property('old_super'), posthog.getGroups()]).toEqual(['x', { company: 'acme' }])
    posthog.resetGroups()
    posthog.capture('again')
    expect(w.enqueued.at(-1)).toMatchObject({ distinct_id: 'visitor' })
    const kept = { old_super: 'x', cart: { items: 2 }, $device_id: 'device', $process_person_profile: true }
    expect(w.last()).toMatchObject({ ...kept, utm_source: 'present' })
    expect(JSON.stringify(w.last())).not.toMatch(/past|__timers|enabled_feature_flags/)
    posthog.register({ old_super: 'y' })
    page(of)
    const next = started(config).posthog
    expect(next.get_property('old_super')).toBe('y')
    next.reset()
    page(of)
    const last = started(config).posthog
    expect([last.get_property('old_super'), last.getGroups()]).toEqual([undefined, {}])
  }
})

test('a site that has replaced posthog-js keeps the first visit and the session of its visitors', () => {
  const first = { r: 'https://search.example.net/', u: 'https://shop.example.com/?utm_source=first&gclid=secret' }
  const entry = { r: '$direct', u: 'https://shop.example.com/back?utm_source=mail' }
  const sessionId = '0195e1d0-0000-7000-8000-00000000abcd'
  const storedBy = (lastAt: number) => ({
    distinct_id: 'device',
    $device_id: 'device',
    $initial_person_info: first,
    $sesid: [lastAt, sessionId, lastAt - 60_000],
    $client_session_props: { sessionId, props: entry },
  })
  for (const [idleMs, goesOn] of [
    [60_000, true],
    [31 * 60_000, false],
  ] as const) {
    const of = visitor()
    of.local.set(`ph_${TOKEN}_posthog`, JSON.stringify(storedBy(BEGIN - idleMs)))
    page(of, { path: '/now?utm_source=second' })
    const { posthog, w } = started({ mask_personal_data_properties: true })
    posthog.identify('user-1')
    const identified = w.enqueued.find(({ event }) => event === '$identify')
    expect(identified?.properties.$set_once).toMatchObject({
      $initial_utm_source: 'first',
      $initial_referrer: 'https://search.example.net/',
      $initial_pathname: '/',
    })
    expect(JSON.stringify(w.enqueued)).not.toContain('secret')
    expect(posthog.get_session_id() === sessionId).toBe(goesOn)
    expect(w.last().$session_entry_utm_source).toBe(goesOn ? 'mail' : 'second')
  }
})

test('a visitor of whom posthog-js has stored damaged visits has new ones', () => {
  const of = visitor()
  const stored = { distinct_id: 'device', $initial_person_info: { r: 7 }, $sesid: ['x', 'y'], $client_session_props: 3 }
  of.local.set(`ph_${TOKEN}_posthog`, JSON.stringify(stored))
  page(of, { path: '/now?utm_source=second' })
  const { posthog, w } = started()
  posthog.capture('again')
  expect(w.last()).toMatchObject({ $session_entry_utm_source: 'second' })
})

test('listeners hear of each new session', () => {
  const { posthog } = started()
  const heard: string[] = []
  posthog.capture('first')
  const off = posthog.onSessionId((id) => heard.push(id))
  posthog.reset()
  posthog.capture('second')
  off()
  posthog.reset()
  posthog.capture('third')
  expect(heard).toHaveLength(2)
  expect(new Set(heard).size).toBe(2)
})
