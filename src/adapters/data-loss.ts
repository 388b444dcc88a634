/** What Chromium says of a database that it has found damaged and made anew, if this is one. */
export function dataLossOf(event: IDBVersionChangeEvent): string | undefined {
  const { dataLoss } = event as { dataLoss?: unknown }
  return dataLoss === 'total' ? 'the browser found the stored queue damaged and deleted it' : undefined
}
