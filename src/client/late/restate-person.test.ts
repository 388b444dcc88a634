import { expect, test } from 'vitest'
import { idsFrom, uuid } from '../../../test/support/core/fixtures'
import { storeOver } from '../../../test/support/core/store-over'
import type { BeforeSend } from '../../core/event/before-send'
import type { Properties } from '../../core/event/event'
import { createFront } from '../first/front'
import { readCaptureOptions } from '../first/options'
import { PERSON_KEY } from '../first/person'
import { beganWith, goOnAsStored } from './restate-person'

const NOW = 1_767_225_600_000
const KNOWN = 'known before'
const SESSION = uuid(77)

/** A page that waits, on a device where another name or library knows the person. */
function page(options: { beforeSend?: BeforeSend; maxEventBytes?: number; bootstrap?: Properties } = {}) {
  const logger = { warn: (message: string) => expect.unreachable(message) }
  const setup = readCaptureOptions('phc_test', options, { logger, now: () => NOW, isUrl: () => true })
  const kept = storeOver(new Map())
  const { front, connect } = createFront({
    setup,
    freshId: idsFrom(1),
    choice: storeOver(new Map()),
    presumed: false,
    kept,
    tab: storeOver(new Map()),
    bootstrap: options.bootstrap ?? {},
    decide: () => undefined,
    countWritten: () => 0,
    timer: () => new Promise(() => undefined),
  })
  const client = connect(new Promise(() => undefined), async () => undefined)
  const events = () =>
    [...front.outbox.unacknowledged, ...front.outbox.unsent]
      .flatMap((run) => run.events)
      .map((json) => JSON.parse(json) as { event: string; distinct_id: string; properties: Properties })
  return {
    front,
    client,
    events,
    /** The store has the known person now, and the page goes on as that one. */
    findOut(identified = false, sessionAgoMs = 60_000, more: Record<string, string> = {}) {
      const was = beganWith(front, options.bootstrap ?? {})
      const own = `person:${KNOWN}:`
      const [startedAt, lastAt] = [NOW - sessionAgoMs, NOW - sessionAgoMs]
      const rows = {
        [`${own}.plan`]: '"pro"',
        [`${own}$company`]: '"acme"',
        [`${own}session`]: JSON.stringify({ id: SESSION, startedAt, lastAt }),
        ...more,
        [PERSON_KEY]: JSON.stringify({ anonymousId: KNOWN, distinctId: identified ? 'ada' : KNOWN, identified }),
      }
      for (const [key, value] of Object.entries(rows)) kept.set(key, value)
      goOnAsStored(front, was, true)
    },
  }
}

test('events so far carry the known person, and what they say themselves wins', () => {
  const { client, events, findOut, front } = page()
  client.capture('plain')
  client.capture('own', { plan: 'free' }, { groups: { company: 'other' } })
  client.capture('asked', {}, { distinctId: 'somebody' })
  client.enqueue({ event: 'foreign', distinctId: 'another' })
  const windowId = client.getWindowId()
  findOut()
  const [plain, own, asked, foreign] = events()
  expect(plain).toMatchObject({
    distinct_id: KNOWN,
    properties: { distinct_id: KNOWN, plan: 'pro', $groups: { company: 'acme' }, $session_id: SESSION },
  })
  expect(own?.properties).toMatchObject({ plan: 'free', $groups: { company: 'other' } })
  expect(asked).toMatchObject({ distinct_id: 'somebody', properties: { $session_id: SESSION } })
  expect(foreign).toMatchObject({ distinct_id: 'another', properties: { distinct_id: 'another' } })
  expect(foreign?.properties).not.toHaveProperty('plan')
  expect([client.getDistinctId(), client.getSessionId(), client.getWindowId()]).toEqual([KNOWN, SESSION, windowId])
  const size = front.outbox.unsent.flatMap((run) => run.events).join('').length
  expect(front.outbox.size).toBe(size)
})

test('a session that has ended does not go on: the one that this page began does', () => {
  const { client, events, findOut } = page()
  client.capture('plain')
  const own = client.getSessionId()
  findOut(false, 31 * 60_000)
  expect(events()[0]?.properties.$session_id).toBe(own)
  expect(client.getSessionId()).toBe(own)
})

test('an anonymous past is merged by identify and alias; of a known person identify is a change', () => {
  for (const identified of [false, true]) {
    const { client, events, findOut } = page()
    client.identify('bob', { plan: 'x' })
    client.alias('robert')
    findOut(identified)
    const [first, alias] = events()
    if (identified) {
      expect(first).toMatchObject({ event: '$set', distinct_id: 'bob', properties: { $set: { plan: 'x' } } })
      expect(first?.properties).not.toHaveProperty('$anon_distinct_id')
    } else expect(first).toMatchObject({ event: '$identify', properties: { $anon_distinct_id: KNOWN } })
    expect(alias).toMatchObject({ event: '$create_alias', distinct_id: 'bob' })
    expect(client.getDistinctId()).toBe('bob')
    expect(client.getAnonymousId()).toBe(KNOWN)
  }
})

test('what was registered meanwhile stays, beside what the known person has', () => {
  const { client, events, findOut } = page()
  client.register({ plan: 'free', cart: 2 })
  findOut()
  client.capture('later')
  expect(events()[0]?.properties).toMatchObject({ plan: 'free', cart: 2, $groups: { company: 'acme' } })
})

test("after a reset the person is the next one, and the events before it are the known person's", () => {
  const { client, events, findOut } = page()
  client.capture('before')
  client.reset()
  client.capture('after')
  const next = client.getDistinctId()
  findOut()
  expect(events().map(({ distinct_id }) => distinct_id)).toEqual([KNOWN, next])
  expect(events().map(({ properties }) => properties.plan)).toEqual(['pro', undefined])
  expect(events()[1]?.properties.$session_id).toBe(client.getSessionId())
  expect(client.getDistinctId()).toBe(next)
})

test('a site that names a known person has the events of that one, and the anonymous one stays to be merged', () => {
  const { client, events, findOut } = page({ bootstrap: { distinctId: 'ada', isIdentifiedId: true } })
  client.capture('plain')
  findOut()
  expect(events()[0]?.distinct_id).toBe('ada')
  expect(client.getAnonymousId()).toBe(KNOWN)
})

test("the site's hook sees what is added, and what it removes stays away", () => {
  const { client, events, findOut } = page({
    beforeSend(event) {
      const { plan: _plan, ...properties } = event.properties
      return { ...event, properties }
    },
  })
  client.capture('plain')
  findOut()
  expect(events()[0]).toMatchObject({ distinct_id: KNOWN, properties: { $groups: { company: 'acme' } } })
  expect(events()[0]?.properties).not.toHaveProperty('plan')
})

test('an event that would become too long has the person, and nothing that is added', () => {
  const { client, events, findOut } = page({ maxEventBytes: 1_000 })
  client.capture('plain')
  findOut(false, 0, { [`person:${KNOWN}:.long`]: JSON.stringify('x'.repeat(1_000)) })
  expect(events()[0]?.distinct_id).toBe(KNOWN)
  expect(events()[0]?.properties).not.toHaveProperty('long')
})

test('this visit is not told as the first one of a person whose first visit is known', () => {
  const { client, events, findOut } = page()
  client.capture('plain', { $set_once: { $initial_referrer: 'now', seen: 1 }, $session_entry_url: 'now' })
  findOut(false, 0, { [`person:${KNOWN}:initial`]: '{}' })
  expect(events()[0]?.properties.$set_once).toEqual({ seen: 1 })
  expect(events()[0]?.properties).not.toHaveProperty('$session_entry_url')
})

test('what the page changes of its objects afterwards is not in the event', () => {
  const { client, events, findOut } = page()
  const cart = { items: 1 }
  client.capture('plain', { cart })
  cart.items = 2
  findOut()
  expect(events()[0]?.properties.cart).toEqual({ items: 1 })
})
