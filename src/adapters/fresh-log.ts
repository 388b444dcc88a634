/** Has Chromium begin a new log, so that the half record of a killed browser does not cost the database. */

import { deleteDB, openDB } from 'idb'

/** The name of a database that is made only to be deleted. */
const NAME = 'outlast-log'

/**
 * Has Chromium begin a new log. Chromium keeps all that an origin stores in one LevelDB. It appends to the log that it
 * finds, even behind a record of which a killed browser wrote only half. Records behind such a half cannot be read: the
 * next start takes the whole database for corrupt and deletes it (google/leveldb#1287). When any database of the origin
 * is deleted, Chromium writes out the log's records and begins another log. This takes the browser some ms, or some
 * tens of ms where very much is stored.
 */
export async function freshLog(): Promise<void> {
  const db = await openDB(NAME)
  db.close()
  await deleteDB(NAME)
}

/** Whether this browser has such a log. Only Chromium has one, and only Chromium's events have a `dataLoss`. */
export const needsFreshLog = () => 'dataLoss' in (globalThis.IDBVersionChangeEvent?.prototype ?? {})
