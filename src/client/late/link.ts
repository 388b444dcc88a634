/**
 * What a client asks of the line to the host of its queue (`line.ts`). Handovers are repeated until they are acknowledged; the host
 * takes each once, by its producer and sequence number. A host that stays silent or cannot store is replaced by the
 * next on the ladder: worker, this page, memory.
 */

import type { Stats } from '../../core/base/accounting'
import { MAX_DELAY } from '../../core/base/limits'
import type { QueueConfig } from '../../core/config/queue-config'
import type { Flushed } from '../../core/delivery/flush'
import type { WakeReason } from '../../core/delivery/transport'
import { uuidOf } from '../../core/event/event-json'
import { clear } from '../first/outbox'
import type { Ready, ShutdownResult } from '../types'
import type { Channel } from './channel'
import { createLine } from './line'
import type { LinkPorts } from './link-ports'
import { flushResult, mergeStats, shutdownResult, statsOfOutbox } from './results'
import { within } from './within'

export interface Link {
  readonly ready: Promise<Ready>
  readonly channel: Channel | undefined
  /** Hands over what is new, unless the host is behind. */
  handOver(): void
  wake(reason: WakeReason): void
  flush(): Promise<Flushed>
  stats(): Promise<Stats>
  shutdown(timeoutMs: number): Promise<ShutdownResult>
  /** Drops everything that is here, and what the queue holds from before that moment: nothing of it is left on disk. */
  purge(before: number): Promise<void>
  /** Whether there is a host that has answered this page, and has since neither been silent nor refused what it was given. */
  answered(): boolean
  /** Whether it may have fallen asleep since it last said something, so that its next answer will be late. */
  mayBeAsleep(): boolean
  /** The page may go away: hands over everything again, to be sent at once. `quiet`: it can hear no answer. */
  leave(quiet: boolean): void
  /** The page is here again. */
  back(): void
}

/** Browsers end a worker that has been idle for 30 s, and then it has to be started again. In ms. */
const ASLEEP_MS = 20_000

/** How much later than its deadline a shutdown may resolve, in ms. */
const SHUTDOWN_GRACE_MS = 250

export function createLink(config: QueueConfig, ports: LinkPorts): Link {
  const { clock, outbox, capture } = ports
  /** As of when the queue is to be purged, where there was no host to ask. */
  let purgeOwed: number | undefined
  /** What is answered once there is nothing left to ask. */
  let finalStats: Stats | undefined
  let onReady: (ready: Ready) => void = () => undefined
  const ready = new Promise<Ready>((resolve) => (onReady = resolve))
  const line = createLine(config, ports, onReady, () => {
    if (purgeOwed !== undefined) void askToPurge(purgeOwed)
  })
  const { hostConnection, outgoing, answerTimeout, calls, openHandovers, receiver, wake } = line
  void hostConnection.connect()

  async function askToPurge(before: number): Promise<void> {
    purgeOwed = undefined
    await calls.ask<'flushed'>({ type: 'purge', before })
    if (hostConnection.phase === 'disconnected') purgeOwed = before
  }

  async function stats(): Promise<Stats> {
    if (finalStats) return finalStats
    await openHandovers.allHandedOver()
    const answer = await calls.ask<'stats'>({ type: 'stats' })
    return mergeStats(answer.stats, outbox)
  }

  /** Has the host deliver what it can, and ends. Returns what it said, if it did in time. */
  async function drain(timeoutMs: number): Promise<Flushed | undefined> {
    const end = clock.now() + timeoutMs
    const drained = openHandovers
      .allHandedOver()
      .then(() => calls.ask<'flushed'>({ type: 'shutdown', timeoutMs: Math.max(0, end - clock.now()) }))
      .then(async ({ flushed }) => ({ flushed, known: await stats() }))
    // The host ends in time by itself; the grace is for its answer.
    const outcome = await within(Math.min(timeoutMs + SHUTDOWN_GRACE_MS, MAX_DELAY), drained, clock)
    line.end()
    finalStats = outcome?.known ?? statsOfOutbox(outbox)
    return outcome?.flushed
  }

  return {
    ready,
    get channel() {
      return hostConnection.channel
    },
    handOver: openHandovers.inTurn,
    wake,
    async flush() {
      const before = receiver.refusedCount
      await openHandovers.allHandedOver()
      const { flushed } = await calls.ask<'flushed'>({ type: 'flush' })
      return flushResult(flushed, receiver.refusedCount - before)
    },
    stats,
    async shutdown(timeoutMs) {
      const flushed = await drain(timeoutMs)
      if (flushed?.pending === 0) openHandovers.letGoOfMemory()
      const open = [...outbox.open]
      const left = open.flatMap(({ events }) => events.map(uuidOf))
      const lost = left.slice((left.length > 0 && ports.keep?.(open)) || 0)
      capture.tellDropped('shutdown', 'no host took them in time', lost)
      const { channel } = hostConnection
      // A lock or a disk that hangs must not hold up the caller: the rest ends by itself.
      if (channel && channel.host !== 'worker') await within(SHUTDOWN_GRACE_MS, channel.close(), clock)
      return shutdownResult(flushed, left.length, lost.length)
    },
    /** At once, since the page may go away with its next word: nothing that it says after this has an event in it. */
    async purge(before) {
      clear(outbox)
      openHandovers.handOver()
      await askToPurge(before)
    },
    answered: () => receiver.instance !== undefined && answerTimeout.silences === 0 && receiver.storageFailures === 0,
    mayBeAsleep: () => Math.abs(clock.now() - receiver.heardAt) > ASLEEP_MS,
    leave(silent) {
      outgoing.quiet = silent
      openHandovers.handOver(true)
      calls.repeat()
      if (outbox.open.size === 0) wake('urgent')
    },
    back() {
      const wasQuiet = outgoing.quiet
      outgoing.quiet = false
      wake('due')
      openHandovers.repeat()
      answerTimeout.expectAnswer()
      // What the host had to answer meanwhile it did not say.
      if (wasQuiet) calls.repeat()
    },
  }
}
