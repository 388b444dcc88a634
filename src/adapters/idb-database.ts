import {
  type Database,
  type Key,
  StorageError,
  type Table,
  type Transaction,
  type TransactMode,
} from '../core/base/ports'
import { dataLossOf, freshLog, needsFreshLog } from './fresh-log'
import { DATABASE_NAME, openDatabase, RESERVE, TABLES } from './open-database'

/**
 * What is kept free for draining a full disk: bytes that do not compress, enough for a batch of common events. Without
 * them a queue that has used up the quota itself could never be emptied, since every step on an event's way out is
 * written down first.
 */
const RESERVE_BYTES = 65_536

/** Connections that are tried for one transaction: the first may have been lost without a word. */
const CONNECTIONS = 2

/**
 * The queue's tables in IndexedDB. The connection is opened when it is needed and opened anew after `close`,
 * `versionchange`, and Safari's "Connection to Indexed Database server lost", which fails every transaction of the old
 * one for good. Durability is relaxed: what is committed survives a killed browser, and a power cut may take the last
 * seconds, as everywhere in IndexedDB by default.
 */
export function idbDatabase(name: string = DATABASE_NAME): Database {
  let connection: Promise<IDBDatabase> | undefined
  let reserved = false
  let onFreshLog = !needsFreshLog()
  let loss: string | undefined

  const forget = () => {
    connection = undefined
    reserved = false
  }

  const connect = () =>
    openDatabase(name, forget, (event) => {
      loss ??= dataLossOf(event)
    })

  /** Nothing is added to the queue unless the reserve is there. */
  async function makeReserve(): Promise<void> {
    if (reserved) return
    await onReserve(async (store) => {
      if ((await answerOf(store.count(RESERVE))) > 0) return
      await answerOf(store.put(crypto.getRandomValues(new Uint8Array(RESERVE_BYTES)), RESERVE))
    })
    reserved = true
  }

  /** Returns whether there was one. */
  function freeReserve(): Promise<boolean> {
    reserved = false
    return onReserve(async (store) => {
      const there = (await answerOf(store.count(RESERVE))) > 0
      if (there) await answerOf(store.delete(RESERVE))
      return there
    })
  }

  /** Once in the life of this context: the browser may have been killed just before. Nobody waits for it. */
  function leaveOldLog(): void {
    if (onFreshLog) return
    onFreshLog = true
    // What stands in the way may be gone with the next write.
    freshLog().catch(() => {
      onFreshLog = false
    })
  }

  const onReserve = <T>(work: (store: IDBObjectStore) => Promise<T>) =>
    transaction([...TABLES, RESERVE], 'readwrite', (tx) => work(tx.objectStore(RESERVE)))

  /**
   * Each transaction takes all tables, so that none runs beside another: of 850 kills of Chromium while transactions over
   * different tables ran side by side, 7 left a database that its next start found damaged and deleted, and none of 300
   * where they did not (`npm run loss`, which tells of it).
   */
  const attempt = <T>(mode: TransactMode, work: (tx: Transaction) => Promise<T>) =>
    transaction(TABLES, mode === 'readonly' ? mode : 'readwrite', (tx) => work(transactionOn(tx)))

  async function transaction<T>(
    stores: string[],
    mode: IDBTransactionMode,
    work: (tx: IDBTransaction) => Promise<T>,
  ): Promise<T> {
    connection ??= connect()
    const db = await connection
    const tx = db.transaction(stores, mode, { durability: 'relaxed' })
    const done = new Promise<void>((resolve, reject) => {
      tx.oncomplete = () => resolve()
      tx.onabort = () => reject(tx.error ?? new DOMException('aborted', 'AbortError'))
    })
    // It rejects with the same error as `work` or its own commit, which are both awaited below.
    done.catch(() => undefined)
    try {
      const result = await work(tx)
      await done
      return result
    } catch (error) {
      abortQuietly(tx)
      throw tx.error ?? error
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
          if (left <= 1) throw failure
        }
      }
    },
    close() {
      void drop(connection)
      forget()
    },
  }
}

function transactionOn(tx: IDBTransaction): Transaction {
  const store = (table: Table) => tx.objectStore(table)
  return {
    get: (table, key) => answerOf(store(table).get(asIdbKey(key))),
    put: (table, key, value) => void store(table).put(value, asIdbKey(key)),
    delete: (table, key) => void store(table).delete(asIdbKey(key)),
    deleteRange: (table, prefix, last) => void store(table).delete(range(prefix, last)),
    async list(table, prefix, { limit } = {}) {
      const within = range(prefix)
      const [keys, values] = await Promise.all([
        answerOf(store(table).getAllKeys(within, limit)),
        answerOf(store(table).getAll(within, limit)),
      ])
      return keys.map((key, index) => ({ key: key as unknown as Key, value: values[index] }))
    },
  }
}

/** An error that nobody waits for aborts the transaction all the same. */
const answerOf = <T>(request: IDBRequest<T>) =>
  new Promise<T>((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })

const asIdbKey = (key: Key) => key as unknown as IDBValidKey

/** Every number and string sorts before every array, so `[...prefix, []]` ends all that starts with the prefix. */
const range = (prefix: Key, last?: Key) =>
  IDBKeyRange.bound(asIdbKey(prefix), last ? asIdbKey(last) : ([...prefix, []] as IDBValidKey))

function abortQuietly(tx: IDBTransaction): void {
  try {
    tx.abort()
  } catch {
    // It has ended already: that is what was wanted.
  }
}

async function drop(connection: Promise<IDBDatabase> | undefined): Promise<void> {
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
