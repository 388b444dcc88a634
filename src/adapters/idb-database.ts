/** The database of hosts over IndexedDB: transactions that are on disk once they end, and a reserve for a full disk. */

import {
  type Database,
  type Key,
  StorageError,
  type Table,
  type Transaction,
  type TransactMode,
} from '../core/base/ports'
import { dataLossOf } from './data-loss'
import { freshLog, needsFreshLog } from './fresh-log'
import { DATABASE_NAME, RESERVE, STORES } from './open-database'
import { type Connection, openWithIdb, type ReserveStore, type Store, type StoreTransaction } from './open-with-idb'
import { type AnswerWatch, watchAnswers } from './watch-answers'

/**
 * The size of the reserve that is kept free for draining a full disk: bytes that do not compress, enough for a batch of
 * common events. Without the reserve a queue that has used up the quota itself could never be emptied, since every step
 * on an event's way out is written down first.
 */
const RESERVE_BYTES = 65_536

/**
 * How many connections are tried for one transaction: the first may have been lost without an event that tells of it.
 */
const CONNECTIONS = 2

/** All tables but the reserve. */
const TABLES = STORES.filter((store) => store !== RESERVE)

/**
 * The queue's tables in IndexedDB. The connection is opened when it is needed and opened anew after `close`,
 * `versionchange`, and Safari's "Connection to Indexed Database server lost", which fails every transaction of the old
 * one for good. Durability is relaxed: what is committed survives a killed browser, and a power cut may take the last
 * seconds, as everywhere in IndexedDB by default.
 */
export function idbDatabase(name: string = DATABASE_NAME): Database {
  let connection: Promise<Connection> | undefined
  let reserved = false
  let onFreshLog = !needsFreshLog()
  let loss: string | undefined

  const forget = () => {
    connection = undefined
    reserved = false
  }

  const connect = () =>
    openWithIdb(name, {
      onClosed: forget,
      onUpgrade(event) {
        loss ??= dataLossOf(event)
      },
    })

  /** Nothing is added to the queue unless the reserve is there. */
  async function makeReserve(): Promise<void> {
    if (reserved) return
    await onReserve(async (store) => {
      if ((await store.count(RESERVE)) > 0) return
      await store.put(crypto.getRandomValues(new Uint8Array(RESERVE_BYTES)), RESERVE)
    })
    reserved = true
  }

  /** Lets the queue use the room of the reserve. Returns whether there was a reserve. */
  function freeReserve(): Promise<boolean> {
    reserved = false
    return onReserve(async (store) => {
      const there = (await store.count(RESERVE)) > 0
      if (there) await store.delete(RESERVE)
      return there
    })
  }

  /**
   * Begins a new log once in the life of this context: the browser may have been killed just before. No call waits for
   * it.
   */
  function leaveOldLog(): void {
    if (onFreshLog) return
    onFreshLog = true
    // What has failed now may work at the next write.
    freshLog().catch(() => {
      onFreshLog = false
    })
  }

  const onReserve = <T>(work: (store: ReserveStore) => Promise<T>) =>
    transaction(STORES, 'readwrite', (tx) => work(tx.objectStore(RESERVE)))

  /**
   * Each transaction takes all tables, so that none runs beside another: of 850 kills of Chromium while transactions
   * over different tables ran side by side, 7 left a database that its next start found damaged and deleted, and none
   * of 300 where they did not (`npm run loss`, which tells of it).
   */
  const attempt = <T>(mode: TransactMode, work: (tx: Transaction) => Promise<T>) =>
    transaction(TABLES, mode === 'readonly' ? mode : 'readwrite', (tx, failed, { answered }) =>
      work(transactionOn(tx, failed, answered)),
    )

  async function transaction<T>(
    stores: Store[],
    mode: 'readonly' | 'readwrite',
    work: (tx: StoreTransaction, failed: (error: unknown) => void, watch: AnswerWatch) => Promise<T>,
  ): Promise<T> {
    connection ??= connect()
    const db = await connection
    // The types leave out the writing methods of one that may only read. The platform has them, and they throw.
    const tx = db.transaction(stores, mode as 'readwrite', { durability: 'relaxed' })
    // `tx.done` rejects for the same reason as `work` or the commit, and both of these are awaited below.
    tx.done.catch(() => undefined)
    let failure: unknown
    const failed = (error: unknown) => {
      failure ??= error
    }
    const watch = watchAnswers()
    async function whole(): Promise<T> {
      const result = await work(tx, failed, watch)
      // Without `commit` the transaction, and all that wait for it, would wait until each write has been answered.
      tx.commit?.()
      await tx.done
      return result
    }
    try {
      return await Promise.race([whole(), watch.silence])
    } catch (error) {
      // A transaction without an answer would otherwise go on to hold up all others.
      abortQuietly(tx)
      // The reason of a failed write reaches the write's own request first, and `tx.error` only once the transaction
      // has ended.
      throw tx.error ?? failure ?? error
    } finally {
      watch.end()
    }
  }

  return {
    durable: true,
    get loss() {
      return loss
    },
    async transact(mode, work) {
      for (let left = CONNECTIONS; ; left--) {
        try {
          if (mode === 'readwrite') await makeReserve()
          const result = await attempt(mode, work)
          if (mode !== 'readonly') leaveOldLog()
          return result
        } catch (error) {
          const failure = asStorageError(error)
          if (!failure) throw error
          if (failure.reason === 'full') {
            if (mode === 'drain' && (await freeReserve().catch(() => false))) continue
            throw failure
          }
          await drop(connection)
          forget()
          // Where the disk gives no answer, a new connection would get none either.
          if (left <= 1 || failure.reason === 'silent') throw failure
        }
      }
    },
    close() {
      void drop(connection)
      forget()
    },
  }
}

/**
 * @param failed told why a write has failed: no call waits for a write, and a failed write aborts the transaction
 * @param answered called with each answer of the disk
 */
function transactionOn(
  tx: StoreTransaction,
  failed: (error: unknown) => void,
  answered: AnswerWatch['answered'],
): Transaction {
  const store = (table: Table) => tx.objectStore(table)
  const begun = (write: Promise<unknown>) => void write.then(answered, failed)
  return {
    async get(table, key) {
      const value = await store(table).get(asIdbKey(key))
      answered()
      return value
    },
    put: (table, key, value) => begun(store(table).put(value, asIdbKey(key))),
    delete: (table, key) => begun(store(table).delete(asIdbKey(key))),
    deleteRange: (table, prefix, last) => begun(store(table).delete(range(prefix, last))),
    async list(table, prefix, { limit } = {}) {
      const within = range(prefix)
      const [keys, values] = await Promise.all([
        store(table).getAllKeys(within, limit),
        store(table).getAll(within, limit),
      ])
      answered()
      return keys.map((key, index) => ({ key, value: values[index] }))
    },
  }
}

/** IndexedDB changes no key; its types only do not say so. */
const asIdbKey = (key: Key) => key as (string | number)[]

/** Every number and string sorts before every array, so `[...prefix, []]` ends all that starts with the prefix. */
const range = (prefix: Key, last?: Key) => IDBKeyRange.bound(prefix, last ?? [...prefix, []])

function abortQuietly(tx: StoreTransaction): void {
  try {
    tx.abort()
  } catch {
    // The transaction has ended already, as it should.
  }
}

async function drop(connection: Promise<Connection> | undefined): Promise<void> {
  const db = await connection?.catch(() => undefined)
  db?.close()
}

/** An error of IndexedDB, or `undefined` for any other: a defect of ours, not to be taken for the disk's. */
function asStorageError(error: unknown): StorageError | undefined {
  if (error instanceof StorageError) return error
  const { name = '', message = '' } = (error ?? {}) as { name?: string; message?: string }
  if (name === 'QuotaExceededError') return new StorageError('full', message || 'the quota of this origin is used up')
  const isOurs = ['TypeError', 'RangeError', 'SyntaxError', 'ReferenceError'].includes(name)
  return isOurs ? undefined : new StorageError('unavailable', `${name}: ${message}`)
}
