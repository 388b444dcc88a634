/** Loaded late, where there is no worker: the same host, run by this page over IndexedDB, or over memory. */

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
import { MESSAGE_VERSION } from '../../core/host/messages'
import { parseRules } from '../../core/queue/rules'

export interface InPageOptions {
  /** The page's `MESSAGE_VERSION`. A deployment may have replaced this code under a page of another version. */
  version: number
  queue: string
  receive: (raw: unknown) => void
  durable: boolean
  /** The platform's time; a page may have replaced what tells it. */
  now: () => number
  /** Nothing may be sent past the `beforeSend` of the site's worker: events wait for it. */
  hooked: boolean
}

/** For a queue whose events wait for a worker's hook: its rules say so too, but a site may delete the database. */
const NO_SENDER: Sender = {
  send: () => ({
    outcome: Promise.resolve({
      kind: 'unreachable',
      detail: "events wait for the worker's beforeSend",
      forbidden: true,
    }),
    abort: () => undefined,
  }),
}

/** @throws an Error where it is not for such pages, and a StorageError where `durable` storage cannot be had */
export async function openInPageChannel({
  version,
  queue,
  receive,
  durable,
  hooked,
  now,
}: InPageOptions): Promise<InProcessChannel> {
  if (version !== MESSAGE_VERSION) throw new Error('the files of the library are of another version')
  const database = durable ? idbDatabase() : memoryDatabase()
  // Opening is where opaque origins, private windows of old and full disks show.
  if (durable) await database.transact('readonly', (tx) => tx.get('queues', ['']))
  if (hooked) {
    await database.transact('drain', async (tx) => {
      tx.put('rules', [queue], { ...parseRules(await tx.get('rules', [queue])), hooked })
    })
  }
  return inProcessChannel({
    host: durable ? 'page' : 'memory',
    queue,
    receive,
    ports: {
      database,
      clock: systemClock(now),
      random: Math.random,
      newId,
      sender: hooked ? NO_SENDER : fetchSender({ keepalive: () => document.visibilityState === 'hidden' }),
      compress: platformCompressor(async (text, encoding) => {
        const { fflateCompress } = await import('../../adapters/fflate')
        return fflateCompress(text, encoding)
      }),
      locks: webLocks(),
      hooks: [],
      senderId: `page:${newId()}`,
      report: reportChannel(),
    },
  })
}
