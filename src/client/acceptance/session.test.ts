import { describe, expect, test } from 'vitest'
import { SESSION_IDLE_MS, SESSION_MAX_MS } from '../first/session'
import { world } from './world'

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
    clock.jump(SESSION_IDLE_MS + 1)
    expect(client.getSessionId()).not.toBe(id)
  })

  test('Session manager rotates after maximum session length', () => {
    const { client, clock } = world()
    const id = client.getSessionId()
    for (let passed = 0; passed < SESSION_MAX_MS; passed += 20 * MINUTE) {
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
