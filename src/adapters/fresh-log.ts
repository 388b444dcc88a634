/** Exists for the moment that it takes to delete it. */
const NAME = 'outlast-log'

/**
 * Chromium keeps what an origin stores in one LevelDB, and appends to the log that it finds, even behind a record that
 * a killed browser wrote only half of. What comes after that cannot be read: the next start takes the whole database
 * for corrupt and deletes it (google/leveldb#1287). Deleting any database of the origin makes it write out what is in
 * the log and begin another: some ms of the browser's, some tens of them where very much is stored.
 */
export function freshLog(): Promise<unknown> {
  return new Promise<unknown>((resolve, reject) => {
    const opened = indexedDB.open(NAME)
    opened.onerror = reject
    opened.onsuccess = () => {
      opened.result.close()
      const deleted = indexedDB.deleteDatabase(NAME)
      deleted.onerror = reject
      deleted.onsuccess = resolve
    }
  })
}

/** Only Chromium tells of data that it has lost, for this reason: the others have no such log. */
export const needsFreshLog = () => 'dataLoss' in (globalThis.IDBVersionChangeEvent?.prototype ?? {})

/** What Chromium says of a database that it has found damaged and made anew, if this is one. */
export function dataLossOf(event: IDBVersionChangeEvent): string | undefined {
  const { dataLoss } = event as { dataLoss?: unknown }
  return dataLoss === 'total' ? 'the browser found the stored queue damaged and deleted it' : undefined
}
