import { type IDBPDatabase, type IDBPObjectStore, type IDBPTransaction, openDB } from 'idb'
import { type Database, type Key, StorageError, type Table, type Transaction } from '../core/ports'

export const DATABASE_NAME = 'outlast'

/** Raised when the tables change. An older version that meets a newer database leaves it alone. */
const DATABASE_VERSION = 2

const TABLES: Table[] = ['queues', 'producers', 'chunks', 'batches', 'bodies', 'schedule', 'aside']

/** An upgrade that other tabs hold up for longer than this many ms is given up for now. */
const OPEN_TIMEOUT_MS = 5_000

/**
 * What is kept free for draining a full disk: bytes that do not compress, enough for a batch of common events. Without
 * them a queue that has used up the quota itself could never be emptied, since every step on an event's way out is
 * written down first.
 */
const RESERVE_BYTES = 65_536
const RESERVE = 'reserve'

/** Connections that are tried for one transaction: the first may have been lost without a word. */
const CONNECTIONS = 2

/**
 * The queue's tables in IndexedDB. The connection is opened when it is needed and opened anew after `close`,
 * `versionchange`, and Safari's "Connection to Indexed Database server lost", which fails every transaction of the old
 * one for good. Durability is relaxed: what is committed survives a killed browser, and a power cut may take the last
 * seconds, as everywhere in IndexedDB by default.
 */
export function idbDatabase(name: string = DATABASE_NAME): Database {
  let connection: Promise<IDBPDatabase> | undefined
  let reserved = false

  const forget = () => {
    connection = undefined
    reserved = false
  }

  function connect(): Promise<IDBPDatabase> {
    const opening = openDB(name, DATABASE_VERSION, {
      upgrade(db) {
        for (const table of [...TABLES, RESERVE]) if (!db.objectStoreNames.contains(table)) db.createObjectStore(table)
      },
      // A later version of this library, or somebody clearing site data, waits for this connection to close.
      blocking(_current, _blocked, event) {
        forget()
        ;(event.target as IDBDatabase).close()
      },
      terminated: forget,
    })
    return withTimeout(opening, OPEN_TIMEOUT_MS)
  }

  /** Nothing is added to the queue unless the reserve is there. */
  async function makeReserve(): Promise<void> {
    if (reserved) return
    await onReserve(async (store) => {
      if ((await store.count(RESERVE)) > 0) return
      await store.put(crypto.getRandomValues(new Uint8Array(RESERVE_BYTES)), RESERVE)
    })
    reserved = true
  }

  /** Returns whether there was one. */
  async function freeReserve(): Promise<boolean> {
    reserved = false
    return onReserve(async (store) => {
      const there = (await store.count(RESERVE)) > 0
      if (there) await store.delete(RESERVE)
      return there
    })
  }

  async function onReserve<T>(
    work: (store: IDBPObjectStore<unknown, [typeof RESERVE], typeof RESERVE, 'readwrite'>) => Promise<T>,
  ): Promise<T> {
    connection ??= connect()
    const tx = (await connection).transaction(RESERVE, 'readwrite', { durability: 'relaxed' })
    // It rejects with the same error as `work` or its own commit, which are both awaited below.
    tx.done.catch(() => undefined)
    const result = await work(tx.store)
    await tx.done
    return result
  }

  async function attempt<T>(mode: IDBTransactionMode, work: (tx: Transaction) => Promise<T>): Promise<T> {
    connection ??= connect()
    const db = await connection
    const tx = db.transaction(TABLES, mode, { durability: 'relaxed' })
    // It rejects with the same error as `work` or its own commit, which are both awaited below.
    tx.done.catch(() => undefined)
    try {
      const result = await work(transactionOn(tx as Opened))
      await tx.done
      return result
    } catch (error) {
      abortQuietly(tx)
      throw tx.error ?? error
    }
  }

  return {
    durable: true,
    async transact(mode, work) {
      for (let left = CONNECTIONS; ; left--) {
        try {
          if (mode === 'readwrite') await makeReserve()
          return await attempt(mode === 'drain' ? 'readwrite' : mode, work)
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

type Opened = IDBPTransaction<unknown, string[], 'readwrite'>

function transactionOn(tx: Opened): Transaction {
  return {
    get: (table, key) => tx.objectStore(table).get(asIdbKey(key)),
    async put(table, key, value) {
      await tx.objectStore(table).put?.(value, asIdbKey(key))
    },
    async delete(table, key) {
      await tx.objectStore(table).delete?.(asIdbKey(key))
    },
    async deleteRange(table, prefix, last) {
      await tx.objectStore(table).delete?.(range(prefix, last))
    },
    async list(table, prefix, { last, limit } = {}) {
      const store = tx.objectStore(table)
      const within = range(prefix, last)
      const [keys, values] = await Promise.all([store.getAllKeys(within, limit), store.getAll(within, limit)])
      return keys.map((key, index) => ({ key: key as unknown as Key, value: values[index] }))
    },
  }
}

const asIdbKey = (key: Key) => key as unknown as IDBValidKey

/** Every number and string sorts before every array, so `[...prefix, []]` ends all that starts with the prefix. */
const range = (prefix: Key, last?: Key) =>
  IDBKeyRange.bound(asIdbKey(prefix), last ? asIdbKey(last) : ([...prefix, []] as IDBValidKey))

function abortQuietly(tx: { abort(): void }): void {
  try {
    tx.abort()
  } catch {
    // It has ended already: that is what was wanted.
  }
}

async function drop(connection: Promise<IDBPDatabase> | undefined): Promise<void> {
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

function withTimeout<T extends { close(): void }>(work: Promise<T>, ms: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      // A connection that nobody waits for any more would hold up the next upgrade.
      work.then(
        (late) => late.close(),
        () => undefined,
      )
      reject(new StorageError('unavailable', 'opening the database takes too long'))
    }, ms)
    work.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
