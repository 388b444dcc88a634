/**
 * The host of queues: answers the messages of pages and keeps the transports of this context. A worker, a page that is
 * its own host and Node run the same code, so that all behave alike.
 */

import { isCount } from '../base/is-count'
import { MAX_QUEUE_NAME, MAX_QUEUES } from '../base/limits'
import { type Database, type Millis, StorageError } from '../base/ports'
import type { Report } from '../base/reports'
import { show } from '../base/values'
import { drive } from '../delivery/drive'
import { createTransport, type Rest, type Transport, type WakeReason } from '../delivery/transport'
import type { TransportPorts } from '../delivery/transport-ports'
import { createQueue, listQueues } from '../queue/queue'
import { type HostMessage, MESSAGE_VERSION, type PageMessage, type RefusalReason } from './messages'
import { parsePageMessage } from './parse-page-message'

export interface HostPorts extends Omit<TransportPorts, 'report'> {
  database: Database
  report(queue: string, report: Report): void
  /** Called while a queue cannot be worked on. The host tries again by itself. */
  onTrouble(queue: string, rest: Rest): void
}

/** A queue to work for, and the reason for which its transport is to be woken. */
export interface Work {
  queue: string
  reason: WakeReason
}

/** The message that tells pages that the host has stopped working for now. */
export function restMessage(queue: string, instance: string, rest: Rest): HostMessage {
  const { pending, nextWakeAt, trouble } = rest
  return {
    outlast: MESSAGE_VERSION,
    id: 0,
    queue,
    instance,
    type: 'rest',
    pending,
    ...(nextWakeAt === undefined ? {} : { nextWakeAt }),
    ...(trouble === undefined ? {} : { trouble }),
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

/** The loop that drives a queue. */
interface Driver {
  rest: Promise<Rest>
  /** Resolves once the work that calls have asked for has begun. Each call puts another promise here. */
  asked: Promise<unknown>
  /** When the last call that others may share began to wait for `rest`. */
  awaitedSince: Millis
}

export interface Host {
  /** Answers a message through `reply`, and resolves with the work that remains to be done. Never rejects. */
  receive(raw: unknown, reply: (message: HostMessage) => void): Promise<Work | undefined>
  /** Works for the named queues (all stored ones if none is named) until nothing is due soon. Never rejects. */
  work(limits: WorkLimits, reason?: WakeReason, queues?: string[]): Promise<{ queue: string; rest: Rest }[]>
  /** Aborts all requests and releases the locks. A queue is worked on again after its next message. */
  pause(): Promise<void>
  /** Aborts all requests and closes the database. */
  close(): Promise<void>
}

export function createHost({ database, report, onTrouble, ...ports }: HostPorts): Host {
  const transports = new Map<string, Transport>()
  /** How many messages and loops use a queue's transport now. */
  const users = new Map<string, number>()
  const drivers = new Map<string, Driver>()
  const purging = new Set<string>()
  const instance = ports.senderId
  const { clock } = ports
  let closed = false

  function transportOf(key: string): Transport {
    let transport = transports.get(key)
    if (!transport) {
      transport = createTransport(createQueue(database, key), { ...ports, report: (event) => report(key, event) })
      transports.set(key, transport)
    }
    return transport
  }

  /** Uses a queue's transport. Beyond `MAX_QUEUES`, which only invented names reach, unused transports are removed. */
  async function using<T>(queue: string, use: (transport: Transport) => Promise<T>): Promise<T> {
    users.set(queue, (users.get(queue) ?? 0) + 1)
    const transport = transportOf(queue)
    try {
      return await use(transport)
    } finally {
      const left = (users.get(queue) ?? 1) - 1
      if (left > 0) users.set(queue, left)
      else users.delete(queue)
      if (left === 0 && transports.size > MAX_QUEUES && transport.idle) transports.delete(queue)
    }
  }

  /** Asks for work on a queue. One loop drives the queue for all calls, and few calls wait for the end of that loop. */
  async function workFor(queue: string, limits: WorkLimits, reason: WakeReason): Promise<Rest | undefined> {
    const { holdMs, budgetMs, shareMs = 0 } = limits
    const transport = transportOf(queue)
    let driver = drivers.get(queue)
    if (driver) driver.asked = Promise.all([driver.asked, reason === 'due' ? undefined : transport.wake(reason)])
    else driver = startDriver(queue, holdMs, reason)
    if (shareMs > 0) {
      const now = clock.now()
      if (Math.abs(now - driver.awaitedSince) < shareMs) return undefined
      driver.awaitedSince = now
    }
    const budget = clock.timer(budgetMs)
    const rest = await Promise.race([driver.rest, budget.done])
    budget.cancel()
    return rest ?? { pending: (await transport.stats()).pending, busy: 0 }
  }

  function startDriver(queue: string, holdMs: number, reason: WakeReason): Driver {
    const asked: Promise<unknown> = Promise.resolve()
    const driver = { asked, awaitedSince: Number.NEGATIVE_INFINITY } as Driver
    drivers.set(queue, driver)
    driver.rest = using(queue, (transport) => driveWhileAsked(queue, transport, driver, holdMs, reason))
    return driver
  }

  /** Drives the queue again if a call asked for work after the loop's last check. */
  async function driveWhileAsked(
    queue: string,
    transport: Transport,
    driver: Driver,
    holdMs: number,
    first: WakeReason,
  ): Promise<Rest> {
    try {
      for (let reason = first; ; reason = 'due') {
        const { asked } = driver
        await asked
        const rest = await drive(transport, clock, holdMs, (rest) => onTrouble(queue, rest), reason)
        if (driver.asked === asked) return rest
      }
    } finally {
      drivers.delete(queue)
    }
  }

  async function answer(message: PageMessage, transport: Transport, warnings: string[]): Promise<HostMessage> {
    const { id, queue, type } = message
    const base = { outlast: MESSAGE_VERSION, id, queue, instance }
    const refused = (reason: RefusalReason, detail: string) => ({ ...base, type: 'refused', reason, detail }) as const
    switch (type) {
      case 'handover': {
        const appended = await transport.append(message.config, message.handover)
        if (appended.kind !== 'committed') return refused(appended.kind, 'the handover was not taken')
        const { refused: some, firstRefusal, pending } = appended
        return { ...base, type: 'committed', refused: some, firstRefusal, pending }
      }
      case 'wake': {
        if (message.config) await transport.configure(message.config)
        await transport.takeUp()
        const { pending } = await transport.stats()
        const { loss = [] } = database
        const hooked = ports.hooks.length > 0
        return { ...base, type: 'awake', pending, warnings: warnings.concat(loss), hooked }
      }
      case 'flush': {
        const { timeoutMs } = message
        const flushed = await transport.flush(timeoutMs === undefined ? {} : { timeoutMs })
        return { ...base, type: 'flushed', flushed }
      }
      case 'stats':
        return { ...base, type: 'stats', stats: await transport.stats() }
      case 'purge': {
        purging.add(queue)
        try {
          // The erasure is begun before anything is awaited: a handover after this message must not be erased.
          const [dropped] = await Promise.all([transport.discard('opted_out', message.before), transport.pause()])
          await transport.takeUp()
          return { ...base, type: 'flushed', flushed: { delivered: 0, pending: 0, dropped } }
        } finally {
          purging.delete(queue)
          transport.resume()
        }
      }
      case 'shutdown': {
        const { timeoutMs } = message
        const none = { delivered: 0, dropped: 0, pending: (await transport.stats()).pending }
        const flushed = timeoutMs > 0 ? await transport.flush({ timeoutMs, overServer: !database.durable }) : none
        if (database.durable) return { ...base, type: 'flushed', flushed }
        await transport.pause()
        const { pending } = await transport.stats()
        await transport.discard('shutdown')
        return { ...base, type: 'flushed', flushed: { ...flushed, pending: 0, dropped: flushed.dropped + pending } }
      }
    }
  }

  async function pause(): Promise<void> {
    await Promise.all([...transports.values()].map((transport) => transport.pause()))
  }

  return {
    async receive(raw, reply) {
      const parsed = parsePageMessage(raw)
      if (!parsed) return undefined
      if (!parsed.ok) {
        const { id, queue } = raw as { id?: unknown; queue?: unknown }
        const isName = typeof queue === 'string' && queue.length <= MAX_QUEUE_NAME
        const named = { id: isCount(id) ? id : 0, queue: isName ? queue : '' }
        const base = { outlast: MESSAGE_VERSION, ...named, instance }
        reply({ ...base, type: 'refused', reason: parsed.reason, detail: parsed.detail })
        return undefined
      }
      const { message } = parsed
      if (!closed && !purging.has(message.queue)) transports.get(message.queue)?.resume()
      const base = { outlast: MESSAGE_VERSION, id: message.id, queue: message.queue, instance }
      try {
        reply(await using(message.queue, (transport) => answer(message, transport, parsed.warnings)))
        return workOf(message)
      } catch (error) {
        const full = error instanceof StorageError && error.reason === 'full'
        reply({ ...base, type: 'refused', reason: full ? 'storage_full' : 'storage', detail: show(error) })
        return undefined
      }
    },
    async work(limits, reason = 'due', queues) {
      try {
        const keys = queues ?? (await listQueues(database))
        // No message told of a journal here, so the journal of every queue is taken up.
        if (!queues) await Promise.all(keys.map((key) => using(key, (transport) => transport.takeUp())))
        const works = keys.map(async (queue) => ({ queue, rest: await workFor(queue, limits, reason) }))
        return (await Promise.all(works)).flatMap(({ queue, rest }) => (rest ? { queue, rest } : []))
      } catch {
        // Storage cannot be read now. The next call tries again.
        return []
      }
    },
    pause,
    async close() {
      closed = true
      await pause()
      database.close()
    },
  }
}

function workOf(message: PageMessage): Work | undefined {
  const { queue, type } = message
  if (type === 'stats' || type === 'shutdown' || type === 'purge') return undefined
  if (type === 'wake') return { queue, reason: message.reason }
  return { queue, reason: type === 'handover' && message.urgent ? 'urgent' : 'due' }
}
