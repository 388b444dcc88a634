/** The name of a database that is made only to be deleted. */
const NAME = 'outlast-log'

/**
 * Has Chromium begin a new log. Chromium keeps all that an origin stores in one LevelDB. It appends to the log that it
 * finds, even behind a record of which a killed browser wrote only half. Records behind such a half cannot be read: the
 * next start takes the whole database for corrupt and deletes it (google/leveldb#1287). When any database of the origin
 * is deleted, Chromium writes out the log's records and begins another log. This takes the browser some ms, or some
 * tens of ms where very much is stored.
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

/** Whether this browser has such a log. Only Chromium has one, and only Chromium's events have a `dataLoss`. */
export const needsFreshLog = () => 'dataLoss' in (globalThis.IDBVersionChangeEvent?.prototype ?? {})

/** What to tell of a database that Chromium found damaged and made anew; `undefined` for any other one. */
export function dataLossOf(event: IDBVersionChangeEvent): string | undefined {
  const { dataLoss } = event as { dataLoss?: unknown }
  return dataLoss === 'total' ? 'the browser found the stored queue damaged and deleted it' : undefined
}
