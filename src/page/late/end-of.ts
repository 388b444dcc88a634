import { ANSWER_LIMIT_MS } from '../../adapters/answer-limit'
import type { Clock } from '../../core/base/ports'
import { within } from '../../core/base/within'

/**
 * The end of a page's own transaction, within a limit: a transaction without an answer would hold up those of all other
 * contexts. Rejects where the transaction is not on disk, or has not ended in time.
 */
export async function endOf(tx: IDBTransaction, clock: Clock): Promise<void> {
  const end = new Promise<Event>((resolve, reject) => {
    tx.oncomplete = resolve
    tx.onabort = () => reject(tx.error)
  })
  if (await within(ANSWER_LIMIT_MS, end, clock)) return
  tx.abort()
  throw new Error('the database gives no answer')
}
