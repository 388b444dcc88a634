/**
 * The tables of the database that pages and workers of an origin share, and the few lines that open it for a page's
 * first code. What loads later opens the same database with `open-with-idb.ts`.
 */

import type { Table } from '../core/base/ports'

export const DATABASE_NAME = 'outlast'

/** Raised when the tables change. An older version that meets a newer database leaves it alone. */
export const DATABASE_VERSION = 3

/** Holds bytes that are kept free for draining a full disk, see `idb-database.ts`. */
export const RESERVE = 'reserve'

/** All that an upgrade makes, whether a page's first code opens the database or `open-with-idb.ts`. */
export const STORES = `queues producers chunks batches bodies schedule aside journal rules ${RESERVE}`.split(' ') as (
  | Table
  | typeof RESERVE
)[]

/**
 * How long in ms an open may take. Other tabs with an older version can hold up an upgrade, and in Safari 14.1 the
 * first open of a page may never be answered (WebKit bug 226547), while the second one is: hosts and the journal try twice.
 */
export const OPEN_TIMEOUT_MS = 3_000

/**
 * @param onClosed called when the connection has ended, so that a new one is needed
 * @param onUpgrade called when the tables are made, perhaps because the browser lost them
 */
export function openDatabase(
  onClosed: () => void,
  onUpgrade: (event: IDBVersionChangeEvent) => void,
): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE_NAME, DATABASE_VERSION)
    setTimeout(() => {
      // A connection that is not waited for any more would hold up the next upgrade.
      request.onsuccess = () => request.result.close()
      reject()
    }, OPEN_TIMEOUT_MS)
    request.onupgradeneeded = (event) => {
      const db = request.result
      onUpgrade(event)
      for (const table of STORES) if (!db.objectStoreNames.contains(table)) db.createObjectStore(table)
    }
    request.onsuccess = () => {
      const db = request.result
      // A later version of this library, or a browser that clears site data, waits for this connection to close.
      db.onversionchange = () => {
        onClosed()
        db.close()
      }
      db.onclose = onClosed
      resolve(db)
    }
    request.onerror = reject
  })
}
