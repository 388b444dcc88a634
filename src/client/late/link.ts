/**
 * The page's side of the line to the host of its queue. Handovers are repeated until they are acknowledged; the host
 * takes each once, by its producer and sequence number. A host that stays silent or cannot store is replaced by the
 * next on the ladder: worker, this page, memory.
 */

import { addDropped, type Stats, totalDropped } from '../../core/base/accounting'
import { MAX_DELAY } from '../../core/base/limits'
import type { Clock } from '../../core/base/ports'
import { show } from '../../core/base/values'
import { type QueueConfig, queueKey } from '../../core/config/queue-config'
import type { Flushed } from '../../core/delivery/flush'
import type { WakeReason } from '../../core/delivery/transport'
import { uuidOf } from '../../core/event/event-json'
import { type HostMessage, MESSAGE_VERSION, type PageMessage, type PageMessageBody } from '../../core/host/messages'
import { parseHostMessage } from '../../core/host/parse-host-message'
import type { Handover } from '../../core/queue/handover'
import type { Capture } from '../first/capture'
import { clear, cut, type Outbox } from '../first/outbox'
import type { OutlastEvents, Ready, ShutdownResult } from '../types'
import { createCalls } from './calls'
import { committed, droppedHere, refused } from './outbox-settle'

/** A way to a host. */
export interface Channel extends Ready {
  /** Fire and forget: what matters is acknowledged. Returns false where there is no host any more. */
  post(message: PageMessage): boolean
  close(): Promise<void>
}

/** Opens the channel to the next host of the ladder after `failed`. Rejects where not even the last can be had now. */
export type Connect = (
  receive: (raw: unknown) => void,
  failed: { host: Ready['host']; reason: string } | undefined,
) => Promise<{
  channel: Channel
  degraded?: string
  /** Resolves once a host further up the ladder answers, until `cancelled`. */
  better?(cancelled: () => boolean): Promise<Channel>
}>

/** The person's choices: a host that got an event first would judge the event by the choice before. */
export interface AfterChoices {
  /** Whether every choice is known to be on disk. */
  isSettled(): boolean
  /** Resolves once it is. */
  settled(): Promise<void>
}

export interface LinkPorts {
  clock: Clock
  outbox: Outbox
  capture: Pick<Capture, 'tellDropped' | 'warnFull' | 'full'>
  connect: Connect
  /** Holds back each handover's first posting until the person's choices are on disk. Absent in Node, which has none. */
  choices?: AfterChoices
  degraded(change: OutlastEvents['degraded']): void
  warn(message: string): void
  /** The queue went from empty to not empty, or something is known to be left in it. */
  onPending(channel: Channel): void
  /** Nothing is left in the queue. */
  onEmpty(): void
  /** Keeps what no host has when the client ends. Returns how many events of it. */
  keep(open: Handover[]): number
  /** New events have left for the host, whether or not there is one yet. */
  onHandover(): void
  /** A host has committed it. */
  onCommitted(handover: Handover): void
  /** Handovers are on disk, or it is known what became of all that is in them: they need not be kept elsewhere. */
  onSafe(handovers: Handover[]): void
  /** The host knows that the person opted out, and refused what was captured since. */
  onOptedOut(): void
  /** The host has a `beforeSend` that must see what is sent, or has none. */
  onHooked(hooked: boolean): void
}

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

/** How long the first answer may take, in ms; doubled with each silence. A worker may have to be started first. */
const ACK_TIMEOUT_MS = 2_000

/**
 * How long in ms a host may take to say its first word to this page. It is trusted with nothing before, and another may do
 * the same work; a worker that is started on a slow machine takes some hundred.
 */
const FIRST_ANSWER_MS = 3_000

/** Browsers end a worker that has been idle for 30 s, and then it has to be started again. In ms. */
const ASLEEP_MS = 20_000

/** Handovers that wait for their acknowledgement; what comes after them waits here, to go together. */
const MAX_UNACKNOWLEDGED = 8

/** Of options, from a host: there are no more of them. */
const MAX_WARNINGS = 16

/** Silences or storage failures in a row after which a host is given up. */
const STRIKES = 3

/** While something is pending and the host does not say when to wake it, it is woken after this many ms. */
const WAKE_ANYWAY_MS = 30_000

export function createLink(config: QueueConfig, ports: LinkPorts): Link {
  const { clock, outbox, capture, warn } = ports
  const queue = queueKey(config)
  /** What a host without storage has taken: where else it is kept it outlasts this page. */
  const inMemory = new Set<Handover>()
  const posted = new Map<number, Handover>()
  const idsOf = new WeakMap<Handover, number[]>()
  /** What this channel's host has been given. */
  let given = new WeakSet<Handover>()
  const calls = createCalls({
    post,
    instance: () => instance,
    answerFromHere: (body) => (ended || unhosted ? answerFromHere(body) : undefined),
    onAsked: expectAnswer,
  })
  const idle: (() => void)[] = []
  let channel: Channel | undefined
  let instance: string | undefined
  let configured = false
  let warned = false
  const firstId = firstIdOf(outbox.producer)
  let lastId = firstId
  let strikes = 0
  let ended = false
  let quiet = false
  let waitsForChoices = false
  let unhosted = false
  let purgeOwed: number | undefined
  let better: Channel | undefined
  let heardAt = Number.NEGATIVE_INFINITY
  let troubled = false
  let outOfSpace = false
  let storageFailures = 0
  let pendingThere = 0
  let lost = 0
  let refusedByHost = 0
  let finalStats: Stats | undefined
  let ackTimer: { cancel(): void } | undefined
  let wakeTimer: { cancel(): void } | undefined
  let onReady: (ready: Ready) => void = () => undefined
  const ready = new Promise<Ready>((resolve) => (onReady = resolve))
  void connect()

  async function connect(failed?: { host: Ready['host']; reason: string }): Promise<void> {
    use(undefined)
    const opened = await ports.connect(receive, failed).catch((error) => ({ error }))
    if (ended) return
    if ('error' in opened) return goWithoutHost(failed, opened.error)
    const { channel: next, degraded } = opened
    if (degraded !== undefined) ports.degraded({ from: failed?.host ?? 'worker', to: next.host, reason: degraded })
    use(next)
    void opened
      .better?.(() => ended || channel !== next)
      .then((found) => {
        if (channel !== next) return void found.close()
        better = found
        goBack()
      })
  }

  function use(next: Channel | undefined): void {
    channel = next
    configured = false
    instance = undefined
    strikes = 0
    posted.clear()
    given = new WeakSet()
    ackTimer?.cancel()
    ackTimer = undefined
    if (!next) return
    unhosted = false
    post({ type: 'wake', reason: 'due' })
    // Some hundred handovers at once, each a transaction of the host, would keep this page's own writes to the journal
    // waiting for as long.
    handOverInTurn()
    calls.repeat(() => true)
    expectAnswer()
    if (purgeOwed !== undefined) void askToPurge(purgeOwed)
  }

  /** To the worker, once there is one that answers. What only this page's memory has is delivered first. */
  function goBack(): void {
    if (!better || (channel?.storage === 'memory' && pendingThere > 0)) return
    const lesser = channel
    use(better)
    better = undefined
    void lesser?.close()
  }

  /** Its code could not be loaded, say. Events wait here meanwhile, and calls are answered without a host. */
  function goWithoutHost(failed: { host: Ready['host']; reason: string } | undefined, error: unknown): void {
    if (!unhosted) {
      const reason = show(error)
      warn(`nothing can keep or send events now (${reason}); trying again`)
      ports.degraded({ from: failed?.host ?? 'worker', to: UNHOSTED.host, reason })
    }
    unhosted = true
    onReady(UNHOSTED)
    answerUnhosted()
    void clock.timer(RECONNECT_MS).done.then(() => {
      // A worker that was given up may be there again.
      if (!ended) void connect(failed?.host === 'worker' ? undefined : failed)
    })
  }

  function answerUnhosted(): void {
    calls.settle(answerFromHere)
    for (const resolve of idle.splice(0)) resolve()
  }

  function answerFromHere({ type }: PageMessageBody): HostMessage {
    const base = { outlast: MESSAGE_VERSION, id: 0, queue, instance: '' }
    const { count } = outbox
    // `stats` adds what is in the outbox itself.
    if (type === 'stats') return { ...base, type, stats: { accepted: 0, delivered: 0, pending: 0, dropped: {} } }
    return { ...base, type: 'flushed', flushed: { delivered: 0, pending: count, dropped: 0 } }
  }

  function post(body: PageMessageBody): PageMessage {
    lastId += 1
    const message = { outlast: MESSAGE_VERSION, id: lastId, queue, ...body } as PageMessage
    if (quiet) message.quiet = true
    if (!configured && (message.type === 'handover' || message.type === 'wake')) message.config = config
    if (channel && !channel.post(message)) lookAgain()
    return message
  }

  /** The worker was removed under this page, with all of the site's data perhaps. It may be had anew. */
  function lookAgain(): void {
    lost += 1
    if (lost >= STRIKES) giveUp('it was removed')
    else void connect()
  }

  function postHandover(handover: Handover, urgent: boolean): void {
    if (!channel) return
    if (!idsOf.has(handover) && ports.choices?.isSettled() === false) return postAfterChoices(ports.choices)
    const { id } = post({ type: 'handover', handover, urgent })
    posted.set(id, handover)
    given.add(handover)
    const ids = idsOf.get(handover)
    if (ids) ids.push(id)
    else idsOf.set(handover, [id])
    expectAnswer()
  }

  function postAfterChoices(choices: AfterChoices): void {
    if (waitsForChoices) return
    waitsForChoices = true
    void choices.settled().then(() => {
      waitsForChoices = false
      if (!ended) handOverInTurn()
    })
  }

  /** Cuts what is new into handovers, and posts those that are unposted, or all that are open. */
  function handOver(which: 'new' | 'open' = 'new', urgent = false): void {
    const made = cut(outbox)
    if (channel && made.length > 0) ports.onPending(channel)
    for (const handover of [...outbox.open])
      if (which === 'open' || !given.has(handover)) postHandover(handover, urgent)
    if (made.length > 0) ports.onHandover()
  }

  /**
   * A host that is behind gets what is captured meanwhile in one handover, which costs it hardly more than one event
   * does: message by message it would fall behind ever further. What was cut meanwhile to be written down waits in turn.
   */
  function handOverInTurn(): void {
    if (quiet || outbox.open.size < MAX_UNACKNOWLEDGED) return handOver()
    let unanswered = 0
    for (const handover of outbox.open) {
      if (unanswered === MAX_UNACKNOWLEDGED) return
      if (!given.has(handover)) postHandover(handover, false)
      unanswered += 1
    }
  }

  function expectAnswer(): void {
    if (ackTimer || ended || !channel) return
    const timer = clock.timer(instance === undefined ? FIRST_ANSWER_MS : ACK_TIMEOUT_MS * 2 ** strikes)
    ackTimer = timer
    void timer.done.then(() => {
      ackTimer = undefined
      if (!channel) return
      if (instance === undefined && channel.host !== 'memory') return giveUp('no answer')
      if (posted.size > 0 || calls.open > 0) strike('no answer')
    })
  }

  function stopExpecting(): void {
    ackTimer?.cancel()
    ackTimer = undefined
    if (posted.size > 0 || calls.open > 0) expectAnswer()
  }

  function strike(reason: string): void {
    strikes += 1
    if (strikes >= STRIKES && channel && channel.host !== 'memory') return giveUp(reason)
    // A host that works on a long flush answers a wake at once, and one that was killed shows a new instance.
    post({ type: 'wake', reason: 'due' })
    repeatOpen()
    calls.repeat((asked) => asked === undefined)
    calls.missed()
  }

  /** Earlier sendings may still be answered, by a host that is merely slow, and any answer will do. */
  function repeatOpen(): void {
    for (const handover of [...outbox.open]) postHandover(handover, false)
    expectAnswer()
  }

  function giveUp(reason: string): void {
    const failed = channel
    if (!failed) return
    warn(`the ${failed.host} cannot keep events (${reason}); going on without it`)
    void failed.close()
    void connect({ host: failed.host, reason })
  }

  function receive(raw: unknown): void {
    const message = parseHostMessage(raw)
    if (!message || message.queue !== queue || ended) return
    // A closing client of this page has the same queue and the same worker, which answers the page.
    if (message.id !== 0 && (message.id <= firstId || message.id > lastId)) return
    const { instance: now } = message
    // A worker that was killed and started again has not heard of what its predecessor was asked.
    const restarted = instance !== undefined && now !== instance
    instance = now
    heardAt = clock.now()
    if (channel) onReady({ host: channel.host, storage: channel.storage })
    if (restarted) calls.repeat((asked) => asked !== now)
    if (message.type !== 'refused') strikes = 0
    if ('pending' in message) pendingThere = message.pending
    switch (message.type) {
      case 'committed':
        onCommitted(message)
        break
      case 'awake':
        if (!warned) for (const warning of message.warnings?.slice(0, MAX_WARNINGS) ?? []) warn(warning)
        configured = true
        warned ||= message.warnings !== undefined
        if (message.hooked !== undefined && channel?.host === 'worker') ports.onHooked(message.hooked)
        if (message.pending > 0) onLeft(undefined)
        break
      case 'rest':
        if (message.trouble !== undefined && !troubled) warn(`the queue cannot be worked on: ${message.trouble}`)
        troubled = message.trouble !== undefined
        if (message.pending > 0) onLeft(message.nextWakeAt)
        else onEmpty()
        break
      case 'flushed':
      case 'stats':
        calls.answered(message)
        break
      case 'refused':
        onRefused(message)
        break
    }
    if (outbox.fresh.length > 0 || outbox.open.size > posted.size) handOverInTurn()
    stopExpecting()
    settleIdle()
  }

  function onCommitted(message: Extract<HostMessage, { type: 'committed' }>): void {
    configured = true
    const handover = posted.get(message.id)
    posted.delete(message.id)
    storageFailures = 0
    lost = 0
    if (handover) settleHandover(handover)
    for (const { uuids } of message.refused) refusedByHost += uuids.length
    if (message.refused.some(({ reason }) => reason === 'opted_out')) ports.onOptedOut()
    if (message.firstRefusal) {
      capture.full = false
      capture.warnFull()
    }
    if (message.pending > 0) onLeft(undefined)
    else onEmpty()
  }

  function settleHandover(handover: Handover): void {
    for (const id of idsOf.get(handover) ?? []) posted.delete(id)
    committed(outbox, handover)
    ports.onCommitted(handover)
    if (channel?.storage === 'memory') inMemory.add(handover)
    else ports.onSafe([handover])
  }

  /** Nothing of it is pending in memory any more. */
  function letGoOfMemory(): void {
    if (inMemory.size > 0) ports.onSafe([...inMemory])
    inMemory.clear()
  }

  function onRefused({ id, reason, detail }: Extract<HostMessage, { type: 'refused' }>): void {
    const handover = posted.get(id)
    const askAgain = calls.repeatLater(id)
    posted.delete(id)
    if (reason === 'unknown_queue') {
      if (configured) tellDeleted()
      configured = false
      return repeatOpen()
    }
    storageFailures += 1
    // Nothing that is sent again to a host of another version fares better.
    const hopeless = reason === 'version' || reason === 'malformed' || storageFailures >= STRIKES
    if (hopeless && channel?.host !== 'memory') return giveUp(`${reason}: ${detail}`)
    if (reason === 'storage_full' && handover) return dropUnstored(handover, detail)
    const pause = clock.timer(ACK_TIMEOUT_MS * 2 ** Math.min(storageFailures, STRIKES))
    void pause.done.then(() => {
      if (ended) return
      repeatOpen()
      askAgain()
      // A wake that was refused took up no journal.
      if (!handover) post({ type: 'wake', reason: 'due' })
    })
  }

  /** The queue was there before: somebody cleared the site's data, or the browser did to make room. */
  function tellDeleted(): void {
    const host = channel?.host ?? 'worker'
    const reason = `the stored queue was deleted, and what was pending in it (${pendingThere} events at most)`
    warn(`${reason}; going on with a new one`)
    ports.degraded({ from: host, to: host, reason })
  }

  function dropUnstored(handover: Handover, detail: string): void {
    for (const id of idsOf.get(handover) ?? []) posted.delete(id)
    refused(outbox, handover, 'storage_full')
    capture.tellDropped('storage_full', detail, handover.events.map(uuidOf))
    if (!outOfSpace) warn(`the browser's storage is full (${detail}): events are dropped that it has no room for`)
    outOfSpace = true
  }

  function onLeft(nextWakeAt: number | undefined): void {
    if (channel) ports.onPending(channel)
    wakeTimer?.cancel()
    const ms = nextWakeAt === undefined ? WAKE_ANYWAY_MS : Math.max(0, nextWakeAt - clock.now())
    const timer = clock.timer(Math.min(ms, WAKE_ANYWAY_MS))
    wakeTimer = timer
    void timer.done.then(() => post({ type: 'wake', reason: 'due' }))
  }

  function onEmpty(): void {
    if (outbox.count > 0) return
    wakeTimer?.cancel()
    wakeTimer = undefined
    capture.full = false
    outOfSpace = false
    letGoOfMemory()
    ports.onEmpty()
    goBack()
  }

  /** Resolves once everything captured so far is committed or dropped. */
  function handedOver(): Promise<void> {
    handOver()
    if (ended || unhosted || outbox.open.size === 0) return Promise.resolve()
    return new Promise((resolve) => idle.push(resolve))
  }

  function settleIdle(): void {
    if (idle.length > 0 && outbox.open.size === 0) for (const resolve of idle.splice(0)) resolve()
  }

  /** At once, since the page may go away with its next word: nothing that it says after this has an event in it. */
  async function purge(before: number): Promise<void> {
    clear(outbox)
    handOver()
    await askToPurge(before)
  }

  async function askToPurge(before: number): Promise<void> {
    purgeOwed = undefined
    await calls.ask<'flushed'>({ type: 'purge', before })
    // There was no host to ask.
    if (unhosted) purgeOwed = before
  }

  /** Nobody waits for an answer for ever: what was asked and not answered is answered from what is known here. */
  function endWith(known: Stats | undefined): void {
    ended = true
    wakeTimer?.cancel()
    ackTimer?.cancel()
    onReady(UNHOSTED)
    answerUnhosted()
    finalStats = known ?? { accepted: outbox.count, delivered: 0, pending: outbox.count, dropped: {} }
  }

  return {
    ready,
    get channel() {
      return channel
    },
    handOver: handOverInTurn,
    wake: (reason) => void post({ type: 'wake', reason }),
    async flush() {
      const before = refusedByHost
      await handedOver()
      const { flushed } = await calls.ask<'flushed'>({ type: 'flush' })
      return { ...flushed, dropped: flushed.dropped + refusedByHost - before }
    },
    async stats() {
      if (finalStats) return finalStats
      await handedOver()
      const { stats } = await calls.ask<'stats'>({ type: 'stats' })
      const here = droppedHere(outbox)
      const dropped = { ...stats.dropped }
      addDropped(dropped, here)
      const pending = stats.pending + outbox.count
      return {
        accepted: stats.accepted + outbox.count + totalDropped(here),
        delivered: stats.delivered,
        pending,
        dropped,
      }
    },
    async shutdown(timeoutMs) {
      const end = clock.now() + timeoutMs
      const drained = handedOver()
        .then(() => calls.ask<'flushed'>({ type: 'shutdown', timeoutMs: Math.max(0, end - clock.now()) }))
        .then(async ({ flushed }) => ({ flushed, stats: await this.stats() }))
      // The host ends in time by itself; the grace is for its answer.
      const grace = clock.timer(Math.min(timeoutMs + SHUTDOWN_GRACE_MS, MAX_DELAY))
      const outcome = await Promise.race([drained, grace.done.then(() => undefined)])
      grace.cancel()
      endWith(outcome?.stats)
      if (outcome?.flushed.pending === 0) letGoOfMemory()
      const open = [...outbox.open]
      const left = open.flatMap(({ events }) => events.map(uuidOf))
      const kept = left.length > 0 ? ports.keep(open) : 0
      const uuids = left.slice(kept)
      const count = uuids.length
      capture.tellDropped('shutdown', 'no host took them in time', uuids)
      // A lock or a disk that hangs must not hold up the caller: the rest ends by itself.
      if (channel && channel.host !== 'worker')
        await Promise.race([channel.close(), clock.timer(SHUTDOWN_GRACE_MS).done])
      const { delivered, pending, dropped } = outcome?.flushed ?? { delivered: 0, pending: left.length, dropped: 0 }
      return { delivered, kept: pending - count, dropped: dropped + count }
    },
    purge,
    answered: () => instance !== undefined && strikes === 0 && storageFailures === 0,
    mayBeAsleep: () => Math.abs(clock.now() - heardAt) > ASLEEP_MS,
    leave(silent) {
      quiet = silent
      handOver('open', true)
      calls.repeat(() => true)
      if (outbox.open.size === 0) post({ type: 'wake', reason: 'urgent' })
    },
    back() {
      const wasQuiet = quiet
      quiet = false
      post({ type: 'wake', reason: 'due' })
      repeatOpen()
      // What the host had to answer meanwhile it did not say.
      if (wasQuiet) calls.repeat(() => true)
    },
  }
}

/** Messages that a client sends in its life, at most: the next one's ids may begin there. */
const IDS = 100_000

/** Hexadecimal digits at the end of the producer's id that are random. */
const RANDOM_DIGITS = 8

/** No two clients of a page have an id in common, or one would take what a worker says to the other for its own. */
const firstIdOf = (producer: string) => (Number.parseInt(producer.slice(-RANDOM_DIGITS), 16) || 0) * IDS

/** After this many ms another host is looked for, where there was none at all. */
const RECONNECT_MS = 10_000

const UNHOSTED: Ready = { host: 'memory', storage: 'memory' }

/** How much later than its deadline a shutdown may resolve, in ms. */
const SHUTDOWN_GRACE_MS = 250
