import { deleteDB, openDB } from 'idb'

/** Exists for the moment that it takes to delete it. */
const NAME = 'outlast-log'

/**
 * Chromium keeps what an origin stores in one LevelDB, and appends to the log that it finds, even behind a record that
 * a killed browser wrote only half of. What comes after that cannot be read: the next start takes the whole database
 * for corrupt and deletes it (google/leveldb#1287). Deleting any database of the origin makes it write out what is in
 * the log and begin another: some ms of the browser's, some tens of them where very much is stored.
 */
export async function freshLog(): Promise<void> {
  const db = await openDB(NAME)
  db.close()
  await deleteDB(NAME)
}

/** Only Chromium tells of data that it has lost, for this reason: the others have no such log. */
export const needsFreshLog = () => 'dataLoss' in (globalThis.IDBVersionChangeEvent?.prototype ?? {})
