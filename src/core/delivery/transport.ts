/**
 * The transport of one queue: claims batches that are due, sends them and settles the answers. All its lasting state is
 * in the queue, so a context that dies between two awaits loses nothing.
 */

import type { Stats } from '../base/accounting'
import type { AbortSignal, Millis } from '../base/ports'
import type { DropReason } from '../base/reports'
import { show } from '../base/values'
import type { QueueConfig } from '../config/queue-config'
import type { Appended } from '../queue/append'
import type { ClaimedBatch } from '../queue/claim'
import type { Handover } from '../queue/handover'
import { isWorker } from '../queue/leases'
import type { Queue } from '../queue/queue'
import { countOf } from '../queue/settlement'
import { createBatchGrowth } from './batch-growth'
import { createChanges } from './changes'
import { createClaimLoop } from './claim-loop'
import { deliver } from './deliver'
import { createEndpointHealth, type News } from './endpoint-health'
import { type Flushed, type FlushOptions, flush, type SettledListener } from './flush'
import { createInFlight } from './in-flight'
import { reportDrops } from './report-drops'
import { createSeenQueue } from './seen-queue'
import { createSenderPresence } from './sender-presence'
import { append, takeUp } from './take-in'
import type { TransportPorts } from './transport-ports'

/** The state of a transport after it has started all requests that were due. */
export interface IdleStatus extends News {
  pending: number
  /** When to call `wake` again at the latest. Absent if no pending event waits for a time. */
  nextWakeAt?: Millis
  /** Requests in flight. */
  busy: number
  /** The reason why the queue cannot be worked on now. */
  blockedBy?: string
}

/**
 * Why a transport is woken. `due`: something may be due. `urgent`: send all new events now, even before their interval
 * has passed. `online`: the network is back.
 */
export type WakeReason = 'due' | 'urgent' | 'online'

/** `changed`: what this transport did itself, or was given, may have left something to do. */
export type Cause = WakeReason | 'changed'

export interface Transport {
  /** Whether no request is in flight. An idle transport can be removed without loss. */
  readonly isIdle: boolean
  configure(config: QueueConfig): Promise<void>
  /** Resolves once the handover is committed. Rejects with a `StorageError` if nothing of it is. */
  append(config: QueueConfig | undefined, handover: Handover): Promise<Appended>
  /** Starts all requests that are due. Harmless if none is. */
  wake(cause?: Cause): Promise<IdleStatus>
  /** Resolves at the next change that could make another `wake` worthwhile. */
  changed(): Promise<void>
  /** Attempts all pending events once; always resolves, with `timeoutMs` no later than that. */
  flush(options?: FlushOptions): Promise<Flushed>
  stats(): Promise<Stats>
  /** Takes up the queue's journal. */
  takeUp(): Promise<void>
  /** Drops all pending events. Returns their number. */
  dropAll(reason: DropReason): Promise<number>
  /**
   * Drops the pending events of a person who has opted out, even those in a request or in the journal: all, or with
   * `before` those captured before that moment, unless an erasure as of that moment, or a later one, is done already.
   * Returns the number of dropped events.
   */
  erase(before?: Millis): Promise<number>
  /** Aborts the requests in flight and starts none until `resume`. Any sender may take their batches over. */
  pause(): Promise<void>
  /** Ends a pause, but not that of an erasure that is under way. */
  resume(): void
}

/** The pause after a failure of the storage, in ms. */
const STORAGE_PAUSE_MS = 5_000

export function createTransport(queue: Queue, ports: TransportPorts): Transport {
  const { clock, report } = ports
  const seen = createSeenQueue()
  const listeners = new Set<SettledListener>()
  const changes = createChanges()
  const health = createEndpointHealth()
  const growth = createBatchGrowth()
  const inFlight = createInFlight()
  const parts = { queue, ports, seen, changes, inFlight }
  const presence = createSenderPresence(ports, inFlight)
  const loop = createClaimLoop({ queue, ports, seen, inFlight, presence, health, growth, start })
  let erasing = false

  function start(claimed: ClaimedBatch): void {
    inFlight.start(
      claimed.id,
      claimed.events.length,
      (signal) => deliverAndNotify(claimed, signal),
      () => {
        presence.releaseIfIdle()
        changes.announce()
      },
    )
  }

  async function deliverAndNotify(claimed: ClaimedBatch, signal: AbortSignal): Promise<void> {
    const settled = await deliver(claimed, signal, {
      queue,
      ports,
      health,
      growth,
      seen,
      inOthers: () => inFlight.events - claimed.events.length,
      // Claims read the config before they start a request.
      config: () => seen.config as QueueConfig,
      isPaused: () => inFlight.paused,
    })
    // The batch is still leased to this sender, and the next claim finds that no request of this sender has it.
    if (!settled) {
      seen.doubt()
      return presence.checkLeases()
    }
    const dropped = countOf(settled.drops)
    for (const listener of listeners) listener(claimed, settled.delivered.length, dropped, settled.halves)
  }

  async function dropAll(reason: DropReason, before?: Millis): Promise<number> {
    const drops = await queue.dropAll(reason, clock.now(), before)
    seen.doubt()
    reportDrops(report, drops)
    return countOf(drops)
  }

  async function pause(): Promise<void> {
    inFlight.pause()
    presence.release()
    changes.announce()
    // A claim under way may still start a request, which is aborted at once; wait for both.
    await loop.ended()
    await inFlight.allEnded()
  }

  return {
    get isIdle() {
      return inFlight.size === 0
    },
    async configure(next) {
      const { hooks, scope = '', senderId } = ports
      await queue.configure(next, clock.now(), isWorker(senderId) ? { hooked: hooks.length > 0, scope } : undefined)
      seen.config = next
    },
    append: (next, handover) => append(parts, next, handover),
    async wake(cause = 'due') {
      try {
        // Where all that is pending is in this transport's requests, there is nothing to look for. What another context
        // adds meanwhile is found by that context, or after the next of these requests has ended.
        const isKnown = seen.isAllSent && (cause === 'changed' || (cause === 'online' && inFlight.size > 0))
        if (cause === 'online' && !isKnown) await queue.resetBackoff(clock.now())
        if (cause === 'urgent') await loop.startNew()
        const { nextAt } = isKnown ? {} : await loop.startDue()
        const { blockedBy } = health
        const status = {
          ...health.news(),
          ...{ pending: seen.pending, busy: inFlight.size },
          ...(blockedBy === undefined ? {} : { blockedBy }),
        }
        return nextAt === undefined ? status : { ...status, nextWakeAt: nextAt }
      } catch (error) {
        // Nobody knows what a queue holds that cannot be read. A host with nothing pending would not be woken again.
        const nextWakeAt = clock.now() + STORAGE_PAUSE_MS
        return { pending: Math.max(seen.pending, 1), busy: inFlight.size, nextWakeAt, blockedBy: show(error) }
      }
    },
    changed: changes.next,
    flush: (options = {}) => flush({ clock, queue, listeners, loop, inFlight, health }, options),
    stats: () => queue.stats(),
    takeUp: () => takeUp(parts),
    dropAll,
    async erase(before) {
      erasing = true
      try {
        // The erasure is begun before anything is awaited: a handover after this call must not be erased.
        const [dropped] = await Promise.all([dropAll('opted_out', before), pause()])
        await takeUp(parts)
        return dropped
      } finally {
        erasing = false
        inFlight.resume()
      }
    },
    pause,
    resume() {
      if (!erasing) inFlight.resume()
    },
  }
}
