/** Runs the host in this page, over IndexedDB or over memory. Loaded where there is no worker. */

import { fetchSender } from '../../adapters/fetch-sender'
import { platformCompressor } from '../../adapters/gzip'
import { idbDatabase } from '../../adapters/idb-database'
import { memoryDatabase } from '../../adapters/memory-database'
import { newId } from '../../adapters/new-id'
import { reportChannel } from '../../adapters/report-channel'
import { systemClock } from '../../adapters/system-clock'
import { webLocks } from '../../adapters/web-locks'
import { type InProcessChannel, inProcessChannel } from '../../client/late/in-process-channel'
import type { Sender } from '../../core/base/ports'
import type { HeadersSource } from '../../core/config/ask-headers'
import { MESSAGE_VERSION } from '../../core/host/messages'
import { pendingEvents } from '../../core/queue/pending-events'

export interface InPageOptions {
  /** The page's `MESSAGE_VERSION`. A deployment may have replaced this code under a page of another version. */
  version: number
  /** Gets the host's messages. */
  receive: (raw: unknown) => void
  /** True for IndexedDB, false for memory. */
  durable: boolean
  /** The platform's time. It is given because a page may have replaced `Date.now`. */
  now: () => number
  /** An option that only the site's worker has: events are stored for it, and none is sent without it. */
  lacks: string | undefined
  /** The page's option `requestHeaders`, where it is a function. */
  askHeaders: HeadersSource | undefined
}

/**
 * Sends nothing: for a queue whose events wait for the worker. The stored rules and config say so too, but a site may
 * delete them.
 */
const noSender = (lacks: string): Sender => ({
  send: async () => ({ kind: 'unreachable', detail: `events wait for the worker's ${lacks}`, forbidden: true }),
})

/** @throws an Error if this code is not of the page's version, a StorageError if `durable` storage is not available */
export async function openInPageChannel({
  version,
  receive,
  durable,
  lacks,
  askHeaders,
  now,
}: InPageOptions): Promise<InProcessChannel> {
  if (version !== MESSAGE_VERSION) throw new Error('the files of the library are of another version')
  const database = durable ? idbDatabase() : memoryDatabase()
  // This opens the database, which fails in opaque origins, private windows of old browsers, and on full disks.
  if (durable) await database.transact('readonly', (tx) => tx.get('queues', ['']))
  const channel = inProcessChannel({
    host: durable ? 'page' : 'memory',
    receive,
    ports: {
      database,
      clock: systemClock(now),
      random: Math.random,
      newId,
      sender: lacks ? noSender(lacks) : fetchSender({ keepalive: () => document.visibilityState === 'hidden' }),
      compress: platformCompressor(async (text, encoding) => {
        const { fflateCompress } = await import('../../adapters/fflate')
        return fflateCompress(text, encoding)
      }),
      locks: webLocks(),
      hooks: [],
      askHeaders,
      relayHeaders: askHeaders,
      senderId: `page:${newId()}`,
      report: reportChannel(),
    },
  })
  if (durable) return channel
  return { ...channel, takeBack: () => database.transact('readonly', pendingEvents) }
}
