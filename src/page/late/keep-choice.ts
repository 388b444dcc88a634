/**
 * Writes a choice to IndexedDB that localStorage has not taken, for a page without a journal: one that stores nothing
 * itself, or may not begin. Otherwise the next page would not know of a refusal. It tells nothing of the person.
 */

import { systemClock } from '../../adapters/system-clock'
import type { Choice } from '../../client/first/consent'
import type { Front } from '../../client/first/front'
import { debug } from '../../client/late/debug'
import { RULES_CHANNEL } from '../../core/base/names'
import { show } from '../../core/base/values'
import { queueKey } from '../../core/config/queue-config'
import { chosen } from '../../core/queue/chosen'
import { parseRules } from '../../core/queue/rules'
import { hasDatabase } from './earlier-rules'
import { oneTransaction } from './one-transaction'
import type { StoragePorts } from './persistence'
import { rulesChanged } from './rules-channel'

/** Never rejects. */
export async function keepChoice(
  { setup }: Pick<Front, 'setup'>,
  ports: Pick<StoragePorts, 'ownJournal'>,
  { refused, at }: Choice,
): Promise<void> {
  // A client that begins by a consent has a journal by now, which the consent is written to.
  if (ports.ownJournal) return
  const queue = queueKey(setup)
  try {
    // A consent is needed there only over an earlier refusal, so no database is made for it.
    if (!refused && !(await hasDatabase())) return
    const write = (tx: IDBTransaction) => {
      const table = tx.objectStore('rules')
      const stored = table.get([queue])
      stored.onsuccess = () => {
        const rules = parseRules(stored.result)
        if (rules.at < at) table.put(chosen(rules, { refused, at }, 0), [queue])
      }
    }
    await oneTransaction(['journal', 'rules'], write, systemClock())
    const channel = new BroadcastChannel(RULES_CHANNEL)
    channel.postMessage(rulesChanged(queue))
    channel.close()
  } catch (error) {
    debug(setup.logs, `the choice is not on disk, or other tabs are not told: ${show(error)}`)
  }
}
