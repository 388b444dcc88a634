/**
 * The host of queues: answers the messages of pages and keeps the transports of this context. A worker, a page that is
 * its own host and Node run the same code, so that all behave alike.
 */

import type { Database } from '../base/ports'
import type { Report } from '../base/reports'
import type { RelayHeadersSource } from '../config/ask-headers'
import { isOfRelay } from '../config/relay-config'
import { createDrivers, type WorkLimits } from '../delivery/drive'
import { type Cause, createTransport, type IdleStatus } from '../delivery/transport'
import { createTransportPool } from '../delivery/transport-pool'
import type { TransportPorts } from '../delivery/transport-ports'
import { createQueue, listQueues } from '../queue/queue'
import { answerMessage, headOf, refuseFailed, refuseUnparsed } from './answer-message'
import type { HostMessage, PageMessage } from './messages'
import { parsePageMessage } from './parse-page-message'

export interface HostPorts extends Omit<TransportPorts, 'report'> {
  database: Database
  report(queue: string, report: Report): void
  /**
   * Gives the headers of each request of the relays' queues that ask for them, by the origin that the request goes to.
   * `askHeaders` and `hooks` are for events: no token of theirs goes where a relay's requests go.
   */
  relayHeaders?: RelayHeadersSource | undefined
  /** Called while a queue cannot be worked on, or when a developer has to be told. The host tries again by itself. */
  onBlocked(queue: string, status: IdleStatus): void
}

/** A queue to work for, and why its transport is to be woken. */
export interface Work {
  queue: string
  cause: Cause
}

/** The message that tells pages that the host has stopped working for now. */
export function idleMessage(queue: string, instance: string, status: IdleStatus): HostMessage {
  const { pending, nextWakeAt, blockedBy, refusedBy, unanswered } = status
  return {
    ...headOf({ id: 0, queue }, instance),
    type: 'idle',
    pending,
    ...(nextWakeAt === undefined ? {} : { nextWakeAt }),
    ...(blockedBy === undefined ? {} : { blockedBy }),
    ...(refusedBy === undefined ? {} : { refusedBy }),
    ...(unanswered === undefined ? {} : { unanswered }),
  }
}

export interface Host {
  /** Answers a message through `reply`, and resolves with the work that remains to be done. Never rejects. */
  receive(raw: unknown, reply: (message: HostMessage) => void): Promise<Work | undefined>
  /** Works for the named queues (all stored ones if none is named) until nothing is due soon. Never rejects. */
  work(limits: WorkLimits, cause?: Cause, queues?: string[]): Promise<{ queue: string; status: IdleStatus }[]>
  /** Aborts all requests and releases the locks. A queue is worked on again after its next message. */
  pause(): Promise<void>
  /** Aborts all requests and closes the database. */
  close(): Promise<void>
}

export function createHost({ database, report, onBlocked, relayHeaders, ...ports }: HostPorts): Host {
  const instance = ports.senderId
  const { hooks, askHeaders } = ports
  /**
   * The hooks and the function for headers of a queue. A relay's requests have another function than events, and no
   * hook.
   */
  const asking = (queue: string): Pick<TransportPorts, 'hooks' | 'askHeaders'> =>
    isOfRelay(queue) ? { hooks: [], askHeaders: relayHeaders } : { hooks, askHeaders }
  const selfFor = (queue: string) => {
    const asked = asking(queue)
    return { database, instance, hooked: asked.hooks.length > 0, asks: asked.askHeaders !== undefined }
  }
  const pool = createTransportPool((queue) =>
    createTransport(createQueue(database, queue), {
      ...ports,
      ...asking(queue),
      // A lock is a sender's own, and one that two queues share would have one of them wait for the other's requests.
      senderId: `${instance} ${queue}`,
      report: (event) => report(queue, event),
    }),
  )
  const drivers = createDrivers(pool, ports.clock, onBlocked)
  let closed = false

  return {
    async receive(raw, reply) {
      const parsed = parsePageMessage(raw)
      if (!parsed) return undefined
      if (!parsed.ok) {
        reply(refuseUnparsed(raw, instance, parsed.reason, parsed.detail))
        return undefined
      }
      const { message } = parsed
      if (!closed) pool.resume(message.queue)
      try {
        reply(await pool.use(message.queue, (transport) => answerMessage(parsed, transport, selfFor(message.queue))))
        return workOf(message)
      } catch (error) {
        reply(refuseFailed(message, instance, error))
        return undefined
      }
    },
    async work(limits, cause = 'due', queues) {
      try {
        const names = queues ?? (await listQueues(database))
        // No message told of a journal here, so the journal of every queue is taken up.
        if (!queues) await Promise.all(names.map((name) => pool.use(name, (transport) => transport.takeUp())))
        const works = names.map(async (queue) => ({ queue, status: await drivers.work(queue, limits, cause) }))
        return (await Promise.all(works)).flatMap(({ queue, status }) => (status ? { queue, status } : []))
      } catch {
        // Storage cannot be read now. The next call tries again.
        return []
      }
    },
    pause: pool.pause,
    async close() {
      closed = true
      await pool.pause()
      database.close()
    },
  }
}

function workOf(message: PageMessage): Work | undefined {
  const { queue, type } = message
  if (type === 'stats' || type === 'shutdown') return undefined
  if (type === 'wake') return { queue, cause: message.reason }
  // After an erasure there is work too: what was handed over meanwhile found the transport paused.
  return { queue, cause: type === 'handover' && message.urgent ? 'urgent' : 'changed' }
}
