/**
 * Erases what earlier pages of a project have left on the device, for a page that stores nothing itself, or may not
 * begin: the erasure of such a page's own values empties its memory alone. No database is made.
 */

import { systemClock } from '../../adapters/system-clock'
import type { Choice } from '../../client/first/consent'
import { within } from '../../core/base/within'
import { type HostMessage, MESSAGE_VERSION } from '../../core/host/messages'
import { erasing } from '../../core/queue/erasing'
import { parseRules } from '../../core/queue/rules'
import { openStorage, STORAGE_PREFIX } from '../first/web-storage'
import { backedUp, keysOf, nameOf } from './earlier-hosts'
import { hasDatabase } from './earlier-rules'
import { removeOlderNames } from './older-names'
import { oneTransaction } from './one-transaction'
import { removeBackups } from './recover-backups'

/**
 * The keys that an erasure leaves in localStorage: they tell nothing of a person. `erase` of client/first/consent.ts
 * leaves the same keys.
 */
const STAYS = /^(opt_out|opt_out_at|opt_out_last|adopted|hooked)$/

/**
 * How long in ms the code that erases may take to come, and then to erase. The next host does what is left, before it
 * does anything else.
 */
const ERASE_LIMIT_MS = 10_000

/**
 * @param choice the refusal that asked for the erasure
 * @param isLatest false where the person has chosen again since: web storage may have the next person then, and stays
 * as it is
 */
export async function eraseStored(apiKey: string, choice: Choice, isLatest: boolean): Promise<void> {
  if (isLatest) removeKeys(apiKey)
  if (!(await hasDatabase())) return
  const queues = await oneTransaction(
    ['journal', 'queues', 'rules'],
    (tx) => noteErasure(tx, apiKey, choice),
    systemClock(),
  )
  if (queues.length > 0) await eraseOwed(queues)
}

function removeKeys(apiKey: string): void {
  for (const queue of backedUp(apiKey)) removeBackups(queue)
  removeOlderNames(apiKey, true, true)
  const prefix = `${STORAGE_PREFIX}${apiKey}:`
  for (const kind of ['localStorage', 'sessionStorage'] as const) {
    const storage = openStorage(kind)
    for (const key of Object.keys(storage ?? {})) {
      if (key.startsWith(prefix) && !STAYS.test(key.slice(prefix.length))) storage?.removeItem(key)
    }
  }
}

/**
 * Has the erasure owed by all queues of the project, so that no host sends anything of them before it is done.
 *
 * @returns the queues that have something to erase, once the transaction has ended
 */
function noteErasure(tx: IDBTransaction, apiKey: string, { at }: Choice): string[] {
  const stored = tx.objectStore('rules')
  const journal = tx.objectStore('journal')
  const keys = ['journal', 'rules', 'queues'].map((name) => tx.objectStore(name).getAllKeys(keysOf(apiKey)))
  const owing: string[] = []
  // Requests are answered in order, so all three are answered with the last one.
  const last = keys[2] as IDBRequest<IDBValidKey[]>
  last.onsuccess = () => {
    const queues = new Set(last.result.map(nameOf))
    for (const queue of new Set(keys.flatMap(({ result }) => result.map(nameOf)))) {
      const known = stored.get([queue])
      known.onsuccess = () => {
        const rules = parseRules(known.result)
        const isLatest = rules.at <= at
        stored.put(erasing(rules, at), [queue])
        // A queue without a record has had no host, and no host takes up its journal.
        if (isLatest && !queues.has(queue)) journal.delete(IDBKeyRange.bound([queue], [queue, []]))
        if (isLatest && queues.has(queue)) owing.push(queue)
      }
    }
  }
  return owing
}

/** Erases as any host does, so that what was captured is counted as dropped. This host sends nothing. */
async function eraseOwed(queues: string[]): Promise<void> {
  const waiting = new Set(queues)
  let done: () => void = () => undefined
  const erased = new Promise<void>((resolve) => {
    done = resolve
  })
  const code = await within(ERASE_LIMIT_MS, import('./in-page'), systemClock())
  if (!code) return
  const channel = await code.openInPageChannel({
    version: MESSAGE_VERSION,
    receive(raw) {
      const { id, queue } = raw as HostMessage
      // A message with a number answers the wake below, after the erasure or with a refusal. Any other message has 0.
      if (id > 0) waiting.delete(queue)
      if (waiting.size === 0) done()
    },
    durable: true,
    lacks: 'erasure',
    askHeaders: undefined,
    now: Date.now,
  })
  for (const queue of queues) channel.post({ outlast: MESSAGE_VERSION, id: 1, queue, type: 'wake', reason: 'due' })
  await within(ERASE_LIMIT_MS, erased, systemClock())
  await channel.close()
}
