/**
 * How a sender shows other senders of the queue that it lives, and sees that they do: it holds a lock of its own while
 * it claims or has requests in flight, and a lease whose sender holds no lock may be taken over.
 */

import type { AbortSignal, Clock, Locks, Millis } from '../base/ports'
import type { Claim, Claimant, Wanted } from '../queue/claim'
import { CHECK_LEASES_MS } from '../queue/leases'
import type { InFlight } from './in-flight'

/** The platform's class, which every context that runs the core has. */
declare const AbortController: new () => { readonly signal: AbortSignal; abort(): void }

/** The senders that are known to live, if the leases of others are to be checked in this claim. */
export type KnownSenders = Claimant['senders']

export interface SenderPresence {
  /**
   * Claims while the sender's lock is held. While this sender has requests in flight, the leases of others are checked
   * every `CHECK_LEASES_MS` and not with each claim.
   */
  claim(wanted: Wanted, claim: (senders?: KnownSenders) => Promise<Claim>): Promise<Claim>
  /** Has the leases checked in the next claim. */
  checkLeases(): void
  /** Releases the lock if no claim is under way and no request in flight. */
  releaseIfIdle(): void
  /** Releases the lock, and waits for none any more. The next claim takes it again. */
  release(): void
}

interface PresencePorts {
  clock: Clock
  locks: Locks
  senderId: string
}

export function createSenderPresence({ clock, locks, senderId }: PresencePorts, inFlight: InFlight): SenderPresence {
  let unlock: (() => void) | undefined
  /** Ends the wait for the lock, while there is one. */
  let giveUp: (() => void) | undefined
  let claiming = false
  let leasesCheckedAt: Millis = Number.NEGATIVE_INFINITY

  function release(): void {
    giveUp?.()
    unlock?.()
    unlock = undefined
  }

  async function takeLock(): Promise<void> {
    const asking = new AbortController()
    giveUp = () => asking.abort()
    const granted = await locks.acquire(`${LOCK_PREFIX}${senderId}`, asking.signal)
    giveUp = undefined
    if (asking.signal.aborted) granted?.()
    else unlock = granted
  }

  function releaseIfIdle(): void {
    if (claiming || inFlight.size > 0) return
    release()
  }

  async function claimHolding(wanted: Wanted, claim: (senders?: KnownSenders) => Promise<Claim>): Promise<Claim> {
    const askedAt = clock.now()
    if (wanted.kind === 'due' && inFlight.size > 0 && Math.abs(askedAt - leasesCheckedAt) < CHECK_LEASES_MS) {
      const made = await claim()
      if (made.claimed || made.pending === 0) return made
      const nextCheckAt = leasesCheckedAt + CHECK_LEASES_MS
      return { ...made, nextAt: Math.min(made.nextAt ?? nextCheckAt, nextCheckAt) }
    }
    const live = sendersOf(await locks.held())
    const made = await claim({ mine: inFlight.batches(), live, askedAt })
    leasesCheckedAt = askedAt
    return made
  }

  return {
    async claim(wanted, claim) {
      claiming = true
      try {
        if (!unlock) await takeLock()
        return await claimHolding(wanted, claim)
      } finally {
        claiming = false
        releaseIfIdle()
      }
    },
    checkLeases() {
      leasesCheckedAt = Number.NEGATIVE_INFINITY
    },
    releaseIfIdle,
    release,
  }
}

const LOCK_PREFIX = 'outlast:sender:'

/** The senders that hold these locks. Other code of the origin has locks too. */
function sendersOf(held: ReadonlySet<string> | undefined): ReadonlySet<string> | undefined {
  if (!held) return undefined
  return new Set([...held].filter((name) => name.startsWith(LOCK_PREFIX)).map((name) => name.slice(LOCK_PREFIX.length)))
}
