/** A transaction that stays open, as one of a tab does whose task does not end, or whose process the system has suspended. */

import type { Page } from 'playwright'

declare global {
  interface Window {
    /** Ends the transaction of `hold`. */
    letGoOfTables?: () => void
  }
}

interface Held {
  letGo: () => Promise<void>
}

/** Each step on the rules waits until `letGo`, or for as long as the page lives. */
export const holdTheRules = (page: Page): Promise<Held> => hold(page, ['journal', 'rules'])

/** No other transaction on the library's tables gets an answer until `letGo`. */
export const holdTheDisk = (page: Page): Promise<Held> => hold(page)

/** @param tables all of them, unless they are named */
async function hold(page: Page, tables?: string[]): Promise<Held> {
  await page.evaluate(
    (tables) =>
      new Promise<void>((resolve, reject) => {
        const opening = indexedDB.open('outlast')
        opening.onerror = () => reject(opening.error)
        opening.onsuccess = () => {
          const { result } = opening
          const names = tables ?? [...result.objectStoreNames]
          const rules = result.transaction(names, 'readwrite').objectStore('rules')
          let held = true
          window.letGoOfTables = () => {
            held = false
          }
          const goOn = () => {
            if (held) rules.count().onsuccess = goOn
            else result.close()
            resolve()
          }
          goOn()
        }
      }),
    tables,
  )
  return { letGo: () => page.evaluate(() => window.letGoOfTables?.()) }
}
