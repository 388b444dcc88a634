/** Opens the shared database with `idb`, for what runs a host: the worker, and a page's late code. */

import {
  type DBSchema,
  type IDBPDatabase,
  type IDBPObjectStore,
  type IDBPTransaction,
  type OpenDBCallbacks,
  openDB,
} from 'idb'
import type { Table } from '../core/base/ports'
import { DATABASE_VERSION, OPEN_TIMEOUT_MS, type RESERVE, STORES } from './open-database'

/**
 * Values of the tables are `unknown`: another version of this library may have written them, so the core parses them.
 */
interface QueueSchema extends DBSchema, Record<Table, { key: (string | number)[]; value: unknown }> {
  reserve: { key: typeof RESERVE; value: Uint8Array }
}

export type Store = (typeof STORES)[number]

export type Connection = IDBPDatabase<QueueSchema>

export type StoreTransaction = IDBPTransaction<QueueSchema, Store[], 'readwrite'>

export type ReserveStore = IDBPObjectStore<QueueSchema, Store[], typeof RESERVE, 'readwrite'>

export interface ConnectionEvents {
  /** The connection has ended, and a new one is needed. */
  onClosed(): void
  /** The tables are being made, perhaps because the browser lost them. */
  onUpgrade(event: IDBVersionChangeEvent): void
}

/** Rejects where the database cannot be had, or not within `OPEN_TIMEOUT_MS`. */
export function openWithIdb(name: string, { onClosed, onUpgrade }: ConnectionEvents): Promise<Connection> {
  let reason = 'opening the database takes too long'
  const events: OpenDBCallbacks<QueueSchema> = {
    upgrade(db, _from, _to, transaction, event) {
      onUpgrade(event)
      // Where the upgrade is aborted, `opening` rejects too, and is what is waited for.
      transaction.done.catch(() => undefined)
      for (const store of STORES) if (!db.objectStoreNames.contains(store)) db.createObjectStore(store)
    },
    blocked() {
      reason += ': a tab with an earlier version keeps it'
    },
    // A later version of this library, or a visitor who clears site data, waits for this connection to close.
    blocking(_from, _to, event) {
      onClosed()
      const db = event.target as IDBDatabase
      db.close()
    },
    terminated: onClosed,
  }
  const open = () => openDB<QueueSchema>(name, DATABASE_VERSION, events)
  // Chromium deletes a database (to make room, or for a visitor who clears the site's data) in two steps: it ends its
  // connections, and aborts what has begun to be opened since. The next opening makes the database anew.
  const opening = open().catch((error: unknown) => {
    if ((error as Partial<Error> | null)?.name === 'AbortError') return open()
    throw error
  })
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new Error(reason))
      // A connection that is not waited for any more would hold up the next upgrade.
      opening.then(
        (db) => db.close(),
        () => undefined,
      )
    }, OPEN_TIMEOUT_MS)
    const end = () => clearTimeout(timer)
    opening.then(resolve, reject)
    opening.then(end, end)
  })
}
