/**
 * Erases what earlier pages of a project have left on the device, for a page that stores nothing itself, or may not begin: what
 * it knows as its own is in its memory alone. No database is made.
 */

import { openDatabase } from '../../adapters/open-database'
import { systemClock } from '../../adapters/system-clock'
import type { Choice } from '../../client/first/consent'
import { chosen } from '../../core/queue/chosen'
import { parseRules } from '../../core/queue/rules'
import { openStorage, STORAGE_PREFIX } from '../first/web-storage'
import { backedUp, keysOf } from './earlier-hosts'
import { hasDatabase } from './earlier-rules'
import { endOf } from './end-of'
import { removeOlderNames } from './older-names'
import { removeBackups } from './recover-backups'

/** What an erasure leaves in localStorage: it tells nothing of a person. */
const STAYS = /^(opt_out|opt_out_at|adopted|hooked)$/

/** The tables with events. A queue's own record stays: the next host sees that its events are gone, and counts them as dropped. */
const TABLES = ['chunks', 'batches', 'bodies', 'aside', 'journal']

/**
 * @param choice the refusal with which it was asked for
 * @param isLatest whether the person has not chosen again since: then whatever is in web storage is of the person before
 */
export async function eraseStored(apiKey: string, choice: Choice, isLatest: boolean): Promise<void> {
  if (isLatest) removeKeys(apiKey)
  if (!(await hasDatabase())) return
  const db = await openDatabase(
    () => undefined,
    () => undefined,
  )
  try {
    const tx = db.transaction([...TABLES, 'queues', 'rules'], 'readwrite')
    eraseIn(tx, apiKey, choice)
    await endOf(tx, systemClock())
  } finally {
    db.close()
  }
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

function eraseIn(tx: IDBTransaction, apiKey: string, { refused, at }: Choice): void {
  const stored = tx.objectStore('rules')
  const keys = ['queues', 'journal', 'rules'].map((name) => tx.objectStore(name).getAllKeys(keysOf(apiKey)))
  // They are answered in order.
  const last = keys.at(-1) as IDBRequest<IDBValidKey[]>
  last.onsuccess = () => {
    for (const queue of new Set(keys.flatMap(({ result }) => (result as string[][]).map(([name = '']) => name)))) {
      const known = stored.get([queue])
      known.onsuccess = () => {
        const rules = parseRules(known.result)
        if (rules.at > at) {
          // The person has agreed since, so a host tells what was captured before from what was captured after.
          if (rules.erase < at) stored.put({ ...rules, erase: at, eraseOwed: true }, [queue])
          return
        }
        stored.put(chosen(rules, { refused, at }, at), [queue])
        for (const name of TABLES) tx.objectStore(name).delete(IDBKeyRange.bound([queue], [queue, []]))
      }
    }
  }
}
