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

/** To be called before the page loads: its disk is so late that the library's database opens only after `letGo`. */
export async function holdTheOpening(page: Page): Promise<Held> {
  await page.addInitScript(() => {
    const { open } = IDBFactory.prototype
    const waiting: (() => void)[] = []
    window.letGoOfTables = () => {
      IDBFactory.prototype.open = open
      for (const go of waiting) go()
    }
    IDBFactory.prototype.open = function (name, version) {
      if (name !== 'outlast') return open.call(this, name, version)
      const held: Partial<Record<string, unknown>> = {}
      waiting.push(() => {
        const request = open.call(this, name, version)
        for (const type of ['upgradeneeded', 'success', 'error']) {
          request.addEventListener(type, (event) => {
            held.result = request.error ? undefined : request.result
            ;(held[`on${type}`] as ((event: Event) => void) | undefined)?.(event)
          })
        }
      })
      return held as unknown as IDBOpenDBRequest
    }
  })
  return { letGo: () => page.evaluate(() => window.letGoOfTables?.()) }
}

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
