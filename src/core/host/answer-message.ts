/** What a host answers to the messages of pages. */

import { isCount } from '../base/is-count'
import { MAX_QUEUE_NAME } from '../base/limits'
import { type Database, StorageError } from '../base/ports'
import { show } from '../base/values'
import type { QueueConfig } from '../config/queue-config'
import type { Flushed } from '../delivery/flush'
import type { Transport } from '../delivery/transport'
import { type HostMessage, MESSAGE_VERSION, type PageMessage, type RefusalReason } from './messages'

/** The host that answers. */
export interface AnsweringHost {
  database: Database
  instance: string
  /** Whether this context has hooks. */
  hooked: boolean
  /** Whether this context has a function that gives the headers of each request. */
  asks: boolean
}

/** A page's message and what was wrong with its settings. */
export interface Asked {
  message: PageMessage<QueueConfig>
  warnings: string[]
}

const UNSAID_HEADERS =
  'the worker has requestHeaders, and this page does not say so: add worker: { requestHeaders: true }, or a page without the worker sends requests without them'
const NO_HEADERS =
  'requestHeaders is a function, and the host that answers has none, so it sends nothing: install({ requestHeaders }) in the worker'
const NO_RELAY_HEADERS = 'the worker that answers has no relayHeaders, so nothing is sent: install({ relayHeaders })'

type MessageId = Pick<PageMessage, 'id' | 'queue'>

/** Does what a message asks for. Rejects if the storage fails. */
export async function answerMessage(
  { message, warnings }: Asked,
  transport: Transport,
  { database, instance, hooked, asks }: AnsweringHost,
): Promise<HostMessage> {
  const base = headOf(message, instance)
  await earlierFirst(message, transport)
  switch (message.type) {
    case 'handover': {
      const appended = await transport.append(message.config, message.handover)
      if (appended.kind !== 'committed') {
        return refusal(message, instance, appended.kind, 'the handover was not taken')
      }
      const { refused, firstRefusal, pending } = appended
      return { ...base, type: 'committed', refused, firstRefusal, pending }
    }
    case 'wake': {
      if (message.config) await transport.configure(message.config)
      await transport.takeUp()
      const { pending } = await transport.stats()
      const { loss = [] } = database
      const { config } = message
      const said = config?.headersAsked === true
      const { relay } = config ?? {}
      // The function of a relay is asked for those relays alone that say so.
      const remedy = !asks ? (relay ? NO_RELAY_HEADERS : NO_HEADERS) : relay ? undefined : UNSAID_HEADERS
      const unmatched = config && asks !== said && remedy !== undefined ? [remedy] : []
      return { ...base, type: 'awake', pending, warnings: warnings.concat(loss, unmatched), hooked }
    }
    case 'flush': {
      const { timeoutMs } = message
      return { ...base, type: 'flushed', flushed: await transport.flush(timeoutMs === undefined ? {} : { timeoutMs }) }
    }
    case 'stats':
      return { ...base, type: 'stats', stats: await transport.stats() }
    case 'erase': {
      const dropped = await transport.erase(message.before)
      return { ...base, type: 'flushed', flushed: { delivered: 0, pending: 0, dropped } }
    }
    case 'shutdown':
      return { ...base, type: 'flushed', flushed: await shutDown(transport, message.timeoutMs, database.durable) }
  }
}

/**
 * Transports of relays that take up their journal before a page's first handover. Messages that come meanwhile wait
 * too, and stay in order.
 */
const takingUp = new WeakMap<Transport, Promise<void>>()

/**
 * A relay's requests go in order, so what an earlier page has left on the disk comes before what a page begins with.
 */
async function earlierFirst(message: PageMessage<QueueConfig>, transport: Transport): Promise<void> {
  const before = takingUp.get(transport)
  const config = message.type === 'handover' && message.handover.seq === 1 ? message.config : undefined
  if (config?.relay) {
    const takeUp = async () => {
      // A journal waits until a page has told the config of its queue.
      await transport.configure(config)
      await transport.takeUp()
    }
    takingUp.set(transport, before ? before.then(takeUp, takeUp) : takeUp())
  }
  const pending = takingUp.get(transport)
  try {
    if (pending) await pending
  } finally {
    if (takingUp.get(transport) === pending) takingUp.delete(transport)
  }
}

async function shutDown(transport: Transport, timeoutMs: number, durable: boolean): Promise<Flushed> {
  const none = { delivered: 0, dropped: 0, pending: (await transport.stats()).pending }
  const flushed = timeoutMs > 0 ? await transport.flush({ timeoutMs, ignoreRetryAfter: !durable }) : none
  if (durable) return flushed
  await transport.pause()
  const { pending } = await transport.stats()
  await transport.dropAll('shutdown')
  return { ...flushed, pending: 0, dropped: flushed.dropped + pending }
}

/** Refuses a message that could not be parsed, in the name of the id and the queue that it names. */
export function refuseUnparsed(raw: unknown, instance: string, reason: RefusalReason, detail: string): HostMessage {
  const { id, queue } = raw as { id?: unknown; queue?: unknown }
  const isName = typeof queue === 'string' && queue.length <= MAX_QUEUE_NAME
  return refusal({ id: isCount(id) ? id : 0, queue: isName ? queue : '' }, instance, reason, detail)
}

/** Refuses a message because answering it failed. */
export function refuseFailed(message: PageMessage, instance: string, error: unknown): HostMessage {
  const isFull = error instanceof StorageError && error.reason === 'full'
  return refusal(message, instance, isFull ? 'storage_full' : 'storage', show(error))
}

function refusal(to: MessageId, instance: string, reason: RefusalReason, detail: string): HostMessage {
  return { ...headOf(to, instance), type: 'refused', reason, detail }
}

/** What every message of a host begins with. */
export function headOf({ id, queue }: MessageId, instance: string) {
  return { outlast: MESSAGE_VERSION, id, queue, instance }
}
