/** The words about a database that Chromium found damaged and made anew; `undefined` for any other database. */
export function dataLossOf(event: IDBVersionChangeEvent): string | undefined {
  const { dataLoss } = event as { dataLoss?: unknown }
  return dataLoss === 'total' ? 'the browser found the stored queue damaged and deleted it' : undefined
}
