/**
 * What a client asks of the host of its queue. `host-client-parts.ts` joins the parts of the host client, of which
 * `host-connection.ts` finds the host. Handovers are repeated until they are acknowledged; the host takes each once, by
 * its producer and sequence number. A host that stays silent or cannot store is replaced by the next on the ladder:
 * worker, this page, memory.
 */

import type { Stats } from '../../core/base/accounting'
import { MAX_DELAY } from '../../core/base/limits'
import { within } from '../../core/base/within'
import type { GivenConfig } from '../../core/config/queue-config'
import type { Flushed } from '../../core/delivery/flush'
import type { WakeReason } from '../../core/delivery/transport'
import { uuidOf } from '../../core/event/event-json'
import { eraseOutbox } from '../first/outbox'
import type { Ready, ShutdownResult } from '../types'
import type { Channel } from './channel'
import { createHostClientParts } from './host-client-parts'
import type { HostClientPorts } from './host-client-ports'
import { eraseHandovers } from './outbox-settle'
import { flushResult, mergeStats, shutdownResult, statsOfOutbox } from './results'
import { takeBack } from './take-back'

export interface HostClient {
  readonly ready: Promise<Ready>
  readonly channel: Channel | undefined
  /** Hands over what is new, unless the host is behind. */
  handOver(): void
  wake(reason: WakeReason): void
  flush(): Promise<Flushed>
  stats(): Promise<Stats>
  shutdown(timeoutMs: number): Promise<ShutdownResult>
  /**
   * Erases the outbox's events, and those in the queue that were captured before that moment. None is left on disk.
   *
   * @param isPart whether the outbox keeps what was captured later
   */
  erase(before: number, isPart?: boolean): Promise<void>
  /** Whether the present host has answered this page, and has since missed no answer and failed no store. */
  answered(): boolean
  /** Whether the host may have fallen asleep since its last message, so that its next answer will be late. */
  mayBeAsleep(): boolean
  /** Whether events wait because the endpoint redirects to where they may not go, as far as a host has said. */
  isRedirected(): boolean
  /** The page may go away: hands over everything again, to be sent at once. `quiet`: the page can get no answer. */
  onPageExit(quiet: boolean): void
  /** The page is here again. */
  onPageBack(): void
  /**
   * Leaves the host for one that stores, with the events that a host in memory has not delivered. `open` is called once
   * no host has them, and before another one does.
   */
  moveOn(open: () => void): Promise<void>
}

/**
 * After this silence, in ms, a worker may be asleep: browsers end one that has been idle for some 30 s, and start it
 * again with the next message.
 */
const ASLEEP_MS = 20_000

/** How much later than its deadline a shutdown may resolve, in ms. */
const SHUTDOWN_GRACE_MS = 250

export function createHostClient(config: GivenConfig, ports: HostClientPorts): HostClient {
  const { clock, outbox, capture } = ports
  /** The moment of an erasure that no host could be asked for yet. */
  let erasureOwed: number | undefined
  /** The counts to answer with once there is no host left to ask. */
  let finalStats: Stats | undefined
  let onReady: (ready: Ready) => void = () => undefined
  const ready = new Promise<Ready>((resolve) => (onReady = resolve))
  let told = ''
  const answered = (from: Ready) => {
    onReady(from)
    const name = `${from.host} ${from.storage}`
    if (told === name || parts.hostConnection.phase === 'ended') return
    told = name
    ports.onHost?.(from)
  }
  const parts = createHostClientParts(config, ports, answered, () => {
    if (erasureOwed !== undefined) void askToErase(erasureOwed)
  })
  const { hostConnection, outgoing, answerTimeout, calls, handingOver, receiver, wake } = parts
  void hostConnection.connect()

  async function askToErase(before: number): Promise<void> {
    erasureOwed = undefined
    await calls.ask<'flushed'>({ type: 'erase', before })
    if (hostConnection.phase === 'disconnected') erasureOwed = before
  }

  async function stats(): Promise<Stats> {
    if (finalStats) return finalStats
    await handingOver.allHandedOver()
    const answer = await calls.ask<'stats'>({ type: 'stats' })
    return mergeStats(answer.stats, outbox)
  }

  /** Has the host deliver what it can, and ends. Returns the host's answer, if it came in time. */
  async function drain(timeoutMs: number): Promise<Flushed | undefined> {
    const end = clock.now() + timeoutMs
    const drained = handingOver
      .allHandedOver()
      .then(() => calls.ask<'flushed'>({ type: 'shutdown', timeoutMs: Math.max(0, end - clock.now()) }))
      .then(async ({ flushed }) => ({ flushed, known: await stats() }))
    // The host ends in time by itself; the grace is for its answer.
    const outcome = await within(Math.min(timeoutMs + SHUTDOWN_GRACE_MS, MAX_DELAY), drained, clock)
    parts.end()
    finalStats = outcome?.known ?? statsOfOutbox(outbox)
    return outcome?.flushed
  }

  return {
    ready,
    get channel() {
      return hostConnection.channel
    },
    handOver: handingOver.inTurn,
    wake,
    async flush() {
      const before = receiver.refusedCount
      await handingOver.allHandedOver()
      const { flushed } = await calls.ask<'flushed'>({ type: 'flush' })
      return flushResult(flushed, receiver.refusedCount - before)
    },
    stats,
    async shutdown(timeoutMs) {
      const flushed = await drain(timeoutMs)
      if (flushed?.pending === 0) handingOver.letGoOfMemory()
      const unacknowledged = [...outbox.unacknowledged]
      const left = unacknowledged.flatMap(({ events }) => events.map(uuidOf))
      const lost = left.slice((left.length > 0 && ports.keep?.(unacknowledged)) || 0)
      capture.emitDrop('shutdown', 'no host took them in time', lost)
      const { channel } = hostConnection
      // A lock or a disk that hangs must not hold up the caller: the rest ends by itself.
      if (channel && channel.host !== 'worker') await within(SHUTDOWN_GRACE_MS, channel.close(), clock)
      return shutdownResult(flushed, left.length, lost.length)
    },
    /** Empties the outbox before anything is awaited, since the page may end: no later message has an erased event. */
    async erase(before, isPart) {
      if (isPart) eraseHandovers(outbox, ({ at }) => at < before)
      else eraseOutbox(outbox)
      handingOver.handOver()
      await askToErase(before)
    },
    moveOn: (open) =>
      hostConnection.moveOn((pending) => {
        takeBack(outbox, pending)
        open()
      }),
    answered: () =>
      receiver.instance !== undefined && answerTimeout.missedAnswers === 0 && receiver.storageFailures === 0,
    mayBeAsleep: () => Math.abs(clock.now() - receiver.lastMessageAt) > ASLEEP_MS,
    isRedirected: () => receiver.isRedirected,
    onPageExit(quiet) {
      outgoing.quiet = quiet
      handingOver.handOver(true)
      calls.repeat()
      if (outbox.unacknowledged.size === 0) wake('urgent')
    },
    onPageBack() {
      const wasQuiet = outgoing.quiet
      outgoing.quiet = false
      wake('due')
      handingOver.repeat()
      answerTimeout.expectAnswer()
      // The host left questions unanswered while this page was quiet.
      if (wasQuiet) calls.repeat()
    },
  }
}
