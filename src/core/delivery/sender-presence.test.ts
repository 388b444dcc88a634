import { expect, test } from 'vitest'
import { settled, virtualClock } from '../../../test/support/core/virtual-clock'
import type { Locks } from '../base/ports'
import type { Claim, Wanted } from '../queue/claim'
import { CHECK_LEASES_MS } from '../queue/leases'
import { createInFlight } from './in-flight'
import { createSenderPresence, type KnownSenders } from './sender-presence'

const DUE: Wanted = { kind: 'due' }
const NOTHING: Claim = { pending: 1, drops: [] }

function presenceOf() {
  const clock = virtualClock()
  const held = new Set(['outlast:sender:page:2', 'other'])
  const locks: Locks = {
    async acquire(name) {
      held.add(name)
      return () => void held.delete(name)
    },
    held: async () => held,
  }
  const inFlight = createInFlight()
  const presence = createSenderPresence({ clock, locks, senderId: 'page:1' }, inFlight)
  const isHeld = () => held.has('outlast:sender:page:1')
  const claims: KnownSenders[] = []
  const claim = (wanted: Wanted = DUE) =>
    presence.claim(wanted, async (senders) => {
      claims.push(senders)
      expect(isHeld()).toBe(true)
      return NOTHING
    })
  /** Starts a request. Returns what ends it. */
  const request = () => {
    let end: () => void = () => undefined
    inFlight.start(1, 1, () => new Promise((resolve) => (end = resolve)), presence.releaseIfIdle)
    return () => end()
  }
  return { clock, presence, claim, claims, request, isHeld }
}

test('the lock is held while a claim is under way or a request in flight, and no longer', async () => {
  const { claim, request, isHeld } = presenceOf()
  await claim()
  expect(isHeld()).toBe(false)
  const end = request()
  await claim()
  expect(isHeld()).toBe(true)
  end()
  await settled()
  expect(isHeld()).toBe(false)
})

test('a claim knows the senders that hold their locks, and its own batches', async () => {
  const { claim, claims, request } = presenceOf()
  request()
  await claim()
  expect([...(claims[0]?.live ?? [])].sort()).toEqual(['page:1', 'page:2'])
  expect([...(claims[0]?.mine ?? [])]).toEqual([1])
})

test('while requests are in flight leases are checked now and then, and when that is asked for', async () => {
  const { clock, presence, claim, claims, request } = presenceOf()
  request()
  await claim()
  const { nextAt } = await claim()
  expect(nextAt).toBe(clock.now() + CHECK_LEASES_MS)
  await claim({ kind: 'forced', before: 1 })
  presence.checkLeases()
  await claim()
  await clock.advance(CHECK_LEASES_MS)
  await claim()
  expect(claims.map((senders) => senders !== undefined)).toEqual([true, false, true, true, true])
})

test('P9: a lock that is waited for is given up with a release, and the next claim asks for it again', async () => {
  const signals: AbortSignal[] = []
  const grants: ((release: () => void) => void)[] = []
  const locks = {
    acquire: (_: string, signal: unknown) =>
      new Promise<() => void>((resolve) => {
        signals.push(signal as AbortSignal)
        grants.push(resolve)
      }),
    held: async () => new Set<string>(),
  }
  const presence = createSenderPresence({ clock: virtualClock(), locks, senderId: 'page:1' }, createInFlight())
  const claim = () => presence.claim(DUE, async () => NOTHING)
  const first = claim()
  presence.release()
  expect(signals.map(({ aborted }) => aborted)).toEqual([true])
  // The browser may have granted it just before.
  let released = 0
  const release = () => {
    released += 1
  }
  grants[0]?.(release)
  await first
  expect(released).toBe(1)
  const second = claim()
  grants[1]?.(release)
  await second
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, false])
  expect(released).toBe(2)
})
