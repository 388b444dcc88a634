import { describe, expect, test } from 'vitest'
import { world } from '../../../test/support/client/world'
import { storeOver } from '../../../test/support/core/store-over'
import { SESSION_IDLE_MS, SESSION_MAX_MS } from '../first/session'

const MINUTE = 60_000

describe('session-manager', () => {
  test('Session manager creates and reuses an active session', () => {
    const { client } = world()
    const id = client.getSessionId()
    expect(id).not.toBe('')
    expect(client.getSessionId()).toBe(id)
  })

  test('Session manager rotates after inactivity timeout', () => {
    const { client, clock } = world()
    const id = client.getSessionId()
    clock.jump(SESSION_IDLE_MS)
    expect(client.getSessionId()).toBe(id)
    client.capture('active')
    clock.jump(SESSION_IDLE_MS)
    expect(client.getSessionId()).toBe(id)
    clock.jump(1)
    expect(client.getSessionId()).not.toBe(id)
  })

  test('Session manager rotates after maximum session length', () => {
    const { client, clock } = world()
    const id = client.getSessionId()
    for (let passed = 0; passed < SESSION_MAX_MS; passed += 20 * MINUTE) {
      client.capture('active')
      expect(client.getSessionId()).toBe(id)
      clock.jump(20 * MINUTE)
    }
    clock.jump(1)
    expect(client.getSessionId()).not.toBe(id)
  })

  test('Explicit session reset starts a new session', () => {
    const { client } = world()
    const id = client.getSessionId()
    client.reset()
    expect(client.getSessionId()).not.toBe(id)
  })
})

describe('get-session-id', () => {
  test('Getting the session id creates or returns an active session', () => {
    const w = world()
    const id = w.client.getSessionId()
    expect(id).not.toBe('')
    w.client.capture('one')
    expect(w.last()).toMatchObject({ $session_id: id })
  })

  test('Session id remains stable within the inactivity timeout', () => {
    const { client, clock } = world()
    const id = client.getSessionId()
    clock.jump(10 * MINUTE)
    expect(client.getSessionId()).toBe(id)
  })

  test('Session id rotates after inactivity timeout', () => {
    const { client, clock } = world()
    const id = client.getSessionId()
    clock.jump(SESSION_IDLE_MS + 1)
    expect(client.getSessionId()).not.toBe(id)
  })
})

test('capture attaches it as $session_id, and counts as activity', () => {
  const w = world()
  const id = w.client.getSessionId()
  for (let n = 0; n < 3; n++) {
    w.clock.jump(20 * MINUTE)
    w.client.capture('one')
    expect(w.last()).toMatchObject({ $session_id: id })
  }
  w.clock.jump(SESSION_IDLE_MS + 1)
  w.client.capture('two')
  expect(w.last()).toMatchObject({ $session_id: w.client.getSessionId() })
  expect(w.last().$session_id).not.toBe(id)
})

test('a session goes on over a restart, and ends over a long one', () => {
  const w = world()
  const id = w.client.getSessionId()
  w.clock.jump(10 * MINUTE)
  const next = w.restart()
  expect(next.client.getSessionId()).toBe(id)
  next.clock.jump(SESSION_IDLE_MS + 1)
  expect(next.restart().client.getSessionId()).not.toBe(id)
})

test('the tabs of an origin share a session, each under a window id of its own', () => {
  const w = world()
  w.client.capture('one')
  const { $session_id, $window_id } = w.last()
  w.tab.clear()
  const other = w.restart()
  other.client.capture('two')
  expect(other.last().$session_id).toBe($session_id)
  expect(other.last().$window_id).not.toBe($window_id)
})

test('reading the session id is no activity', () => {
  const w = world()
  w.client.capture('one')
  const { $session_id } = w.last()
  for (let n = 0; n < 3; n++) {
    w.clock.jump(SESSION_IDLE_MS / 3)
    expect(w.client.getSessionId()).toBe($session_id)
  }
  w.clock.jump(1)
  w.client.capture('two')
  expect(w.last().$session_id).not.toBe($session_id)
})

test('a session that was begun by reading its id is that of the next event', () => {
  const w = world()
  const id = w.client.getSessionId()
  w.client.capture('one')
  expect(w.last()).toMatchObject({ $session_id: id })
})

describe('the window id', () => {
  test('a reload keeps it, and a page that is back from the back/forward cache', () => {
    const w = world()
    w.client.capture('one')
    w.leave()
    const next = w.restart()
    next.client.capture('two')
    expect(next.last().$window_id).toBe(w.last().$window_id)
    next.leave()
    w.client.capture('back')
    expect(w.last().$window_id).toBe(next.last().$window_id)
  })

  test('a window that was opened from another, or duplicated, has its own, though sessionStorage is copied to it', () => {
    const w = world()
    w.client.capture('one')
    const stores = { kept: storeOver(w.kept), tab: storeOver(new Map(w.tab)) }
    const opened = world({ stores })
    opened.client.capture('two')
    expect(opened.last().$window_id).not.toBe(w.last().$window_id)
    // The opened window keeps its own id over reloads, whatever id was in the copied sessionStorage.
    opened.leave()
    const reloaded = world({ stores })
    reloaded.client.capture('three')
    expect(reloaded.last().$window_id).toBe(opened.last().$window_id)
  })

  test('a window that was opened before anything was captured has its own', () => {
    const w = world()
    w.client.capture('one')
    w.leave()
    // The next page of this window captures nothing.
    const next = w.restart()
    const opened = world({ stores: { kept: storeOver(w.kept), tab: storeOver(new Map(w.tab)) } })
    opened.client.capture('two')
    next.client.capture('three')
    expect(opened.last().$window_id).not.toBe(next.last().$window_id)
    expect(next.last().$window_id).toBe(w.last().$window_id)
  })

  test('a copy that was left before it captured anything leaves no other’s id behind', () => {
    const w = world()
    w.client.capture('one')
    const stores = { kept: storeOver(w.kept), tab: storeOver(new Map(w.tab)) }
    world({ stores }).leave()
    const opened = world({ stores })
    opened.client.capture('two')
    expect(opened.last().$window_id).not.toBe(w.last().$window_id)
  })

  test('after a reset it is another one', () => {
    const w = world()
    w.client.capture('one')
    const { $window_id } = w.last()
    w.client.reset()
    w.client.capture('two')
    expect(w.last().$window_id).not.toBe($window_id)
  })

  test('after a reset nothing in sessionStorage is of the person before, and the next page has another window id', () => {
    const w = world()
    w.client.capture('one')
    const former = w.client.getAnonymousId()
    w.tab.set('person', JSON.stringify({ of: former, from: 'https://blog.example/' }))
    const { $window_id } = w.last()
    w.client.reset()
    expect(JSON.stringify([...w.tab])).not.toMatch(new RegExp(`${$window_id}|${former}|blog`))
    w.leave()
    const next = w.restart()
    next.client.capture('two')
    expect(next.last().$window_id).not.toBe($window_id)
  })

  test('after a reset in another tab, while no page of the window was open, it is another one', () => {
    const w = world()
    w.client.capture('one')
    w.leave()
    world({ stores: { kept: storeOver(w.kept), tab: storeOver(new Map()) } }).client.reset()
    const next = w.restart()
    next.client.capture('two')
    expect(next.last().$window_id).not.toBe(w.last().$window_id)
    expect(JSON.stringify([...w.tab])).not.toContain(w.last().$window_id)
  })
})
