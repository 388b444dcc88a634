/** Drives transports: wakes each at the times that it names, until its next wake is far ahead. */

import type { Clock, Millis } from '../base/ports'
import type { Cause, IdleStatus, Transport } from './transport'
import type { TransportPool } from './transport-pool'

/** Minimum wait in ms, so that a `nextWakeAt` in the past cannot spin the loop. */
const MIN_WAIT_MS = 5

/** Resolves once no request is in flight and the next wake, if there is one, is more than `holdMs` ahead. */
export async function drive(
  transport: Transport,
  clock: Clock,
  holdMs: number,
  onBlocked: (status: IdleStatus) => void,
  first: Cause = 'due',
): Promise<IdleStatus> {
  for (let cause = first; ; ) {
    const changed = transport.changed()
    const status = await transport.wake(cause)
    const { busy, nextWakeAt, blockedBy, refusedBy, unanswered } = status
    if ((blockedBy ?? refusedBy ?? unanswered) !== undefined) onBlocked(status)
    const waitMs = nextWakeAt === undefined ? holdMs : Math.max(MIN_WAIT_MS, nextWakeAt - clock.now())
    if (busy === 0 && (nextWakeAt === undefined || waitMs > holdMs)) return status
    const timer = clock.timer(Math.min(waitMs, holdMs))
    cause = (await Promise.race([changed.then(() => 'changed' as const), timer.done])) ?? 'due'
    timer.cancel()
  }
}

export interface WorkLimits {
  /** The work ends once the next wake is more than this many ms ahead: a page or a sync asks for it then. */
  holdMs: number
  /** The call resolves after this many ms at the latest, even if events are pending. */
  budgetMs: number
  /**
   * If another call began to wait for a queue less than this many ms ago, this call starts the work without waiting for
   * its end, and leaves the queue out of its result. Default 0.
   */
  shareMs?: number
}

/** The loop that drives a queue, for all calls that ask for work on it. */
interface Driver {
  /** Resolves with the transport's idle status at the end of the loop. */
  status: Promise<IdleStatus>
  /** Calls put a promise here that resolves once the work that they ask for has begun. */
  asked: { begun: Promise<unknown> }
  /** When the last call that others may share began to wait for `status`. */
  awaitedSince: Millis
}

export interface Drivers {
  /**
   * Asks for work on a queue. One loop drives the queue for all calls, and few calls wait for the end of that loop:
   * resolves with `undefined` if another call does.
   */
  work(queue: string, limits: WorkLimits, cause: Cause): Promise<IdleStatus | undefined>
}

export function createDrivers(
  pool: TransportPool,
  clock: Clock,
  onBlocked: (queue: string, status: IdleStatus) => void,
): Drivers {
  const drivers = new Map<string, Driver>()

  function start(queue: string, holdMs: number, first: Cause): Driver {
    const asked: Driver['asked'] = { begun: Promise.resolve() }
    const status = pool.use(queue, async (transport) => {
      try {
        for (let cause = first; ; cause = 'changed') {
          const { begun } = asked
          await begun
          const state = await drive(transport, clock, holdMs, (blocked) => onBlocked(queue, blocked), cause)
          // A call that has asked for work since the loop's last check has put another promise there.
          if (asked.begun === begun) return state
        }
      } finally {
        drivers.delete(queue)
      }
    })
    const driver = { status, asked, awaitedSince: Number.NEGATIVE_INFINITY }
    drivers.set(queue, driver)
    return driver
  }

  return {
    async work(queue, { holdMs, budgetMs, shareMs = 0 }, cause) {
      const transport = pool.get(queue)
      let driver = drivers.get(queue)
      if (driver) {
        const { asked } = driver
        asked.begun = Promise.all([asked.begun, cause === 'changed' ? undefined : transport.wake(cause)])
      } else driver = start(queue, holdMs, cause)
      if (shareMs > 0) {
        const now = clock.now()
        if (Math.abs(now - driver.awaitedSince) < shareMs) return undefined
        driver.awaitedSince = now
      }
      const budget = clock.timer(budgetMs)
      const status = await Promise.race([driver.status, budget.done])
      budget.cancel()
      return status ?? { pending: (await transport.stats()).pending, busy: 0 }
    },
  }
}
