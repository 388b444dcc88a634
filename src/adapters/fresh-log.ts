/** Has Chromium begin a new log, so that the half record of a killed browser does not cost the database. */

/** The name of a database that is made only to be deleted. */
export const LOG_NAME = 'outlast-log'

/**
 * How often the database is deleted for one new log. Where another write is under way, be it one by which the browser
 * tidies up behind a deletion, LevelDB takes the request for a new log for a part of that write (`BuildBatchGroup`), and
 * begins no log. That befell 5 of 3,000 deletions.
 */
const DELETIONS = 2

/**
 * Has Chromium begin a new log. Chromium keeps all that an origin stores in one LevelDB. It appends to the log that it
 * finds, even behind a record of which a killed browser wrote only half. Records behind such a half cannot be read: the
 * next start takes the whole database for corrupt and deletes it (google/leveldb#1287). When any database of the origin
 * is deleted, Chromium writes out the log's records and begins another log. This takes the browser some ms, or some
 * tens of ms where very much is stored. This file does without `idb`, since a page loads it with the code that every page
 * loads.
 */
export function freshLog(deletions = DELETIONS): Promise<void> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(LOG_NAME)
    opening.onerror = () => reject(opening.error)
    opening.onsuccess = () => {
      opening.result.close()
      const deleting = indexedDB.deleteDatabase(LOG_NAME)
      deleting.onerror = () => reject(deleting.error)
      deleting.onsuccess = () => resolve(deletions > 1 ? freshLog(deletions - 1) : undefined)
    }
  })
}

/** Whether this browser has such a log. Only Chromium has one, and only Chromium's events have a `dataLoss`. */
export const needsFreshLog = () => 'dataLoss' in (globalThis.IDBVersionChangeEvent?.prototype ?? {})
