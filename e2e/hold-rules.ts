/** A transaction that stays open, as one of a tab does whose task does not end. */

import type { Page } from 'playwright'

declare global {
  interface Window {
    /** Ends the transaction of `holdTheRules`. */
    letGoOfRules?: () => void
  }
}

/** Each step on the rules waits until `letGo`, or for as long as the page lives. */
export async function holdTheRules(page: Page): Promise<{ letGo: () => Promise<void> }> {
  await page.evaluate(
    () =>
      new Promise<void>((resolve, reject) => {
        const opening = indexedDB.open('outlast')
        opening.onerror = () => reject(opening.error)
        opening.onsuccess = () => {
          const rules = opening.result.transaction(['journal', 'rules'], 'readwrite').objectStore('rules')
          let held = true
          window.letGoOfRules = () => {
            held = false
          }
          const goOn = () => {
            if (held) rules.count().onsuccess = goOn
            else opening.result.close()
            resolve()
          }
          goOn()
        }
      }),
  )
  return { letGo: () => page.evaluate(() => window.letGoOfRules?.()) }
}
