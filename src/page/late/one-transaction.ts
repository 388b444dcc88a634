import { ANSWER_LIMIT_MS } from '../../adapters/answer-limit'
import { openDatabase } from '../../adapters/open-database'
import type { Clock, Table } from '../../core/base/ports'
import { within } from '../../core/base/within'

/**
 * One transaction of a page's late code, on a connection that is closed after it.
 *
 * @param work begins the requests: what it waits for may only be their answers, or the transaction ends before it does
 * @returns what `work` gives, once the transaction is on disk. Rejects where the transaction is not on disk, or has not
 * ended in time: a transaction without an answer would hold up those of all other contexts.
 */
export async function oneTransaction<Result>(
  tables: Table[],
  work: (tx: IDBTransaction) => Result,
  clock: Clock,
  mode: IDBTransactionMode = 'readwrite',
): Promise<Awaited<Result>> {
  const db = await openDatabase(
    () => undefined,
    () => undefined,
  )
  try {
    const tx = db.transaction(tables, mode)
    // The work fails with its transaction, so both are waited for.
    const [result] = await Promise.all([work(tx), endOf(tx, clock)])
    return result
  } finally {
    db.close()
  }
}

async function endOf(tx: IDBTransaction, clock: Clock): Promise<void> {
  const end = new Promise<Event>((resolve, reject) => {
    tx.oncomplete = resolve
    tx.onabort = () => reject(tx.error)
  })
  if (await within(ANSWER_LIMIT_MS, end, clock)) return
  tx.abort()
  throw new Error('the database gives no answer')
}
