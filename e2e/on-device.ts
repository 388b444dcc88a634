/** What is on the device: read from each storage that a browser has. */

import type { BrowserContext, Page } from 'playwright'
import { expect } from './fixtures'

export interface OnDevice {
  local: string[]
  session: string[]
  cookies: string[]
  databases: string[]
  caches: string[]
  workers: number
}

export const NOTHING: OnDevice = { local: [], session: [], cookies: [], databases: [], caches: [], workers: 0 }

/** Keys are named without the queue. */
export async function onDevice(page: Page): Promise<OnDevice> {
  const found = await page.evaluate(async () => {
    const named = (storage: Storage) =>
      Object.keys(storage).map((key) => key.replace(/^outlast:[^\s:]+( \S+?)?(?=:[a-z])/, ''))
    return {
      local: named(localStorage).sort(),
      session: named(sessionStorage),
      databases: (await indexedDB.databases()).map(({ name }) => String(name)),
      caches: await caches.keys(),
      workers: (await navigator.serviceWorker.getRegistrations()).length,
    }
  })
  // Those of scripts and those that only servers see.
  const cookies = (await page.context().cookies()).map(({ name }) => name)
  return { ...found, cookies }
}

/** The same, read by a page without the library once the others have gone. */
export async function leftOnDevice(context: BrowserContext, url: string): Promise<OnDevice> {
  const probe = await context.newPage()
  await probe.goto(`${url}/away.html`)
  const found = await onDevice(probe)
  await probe.close()
  return found
}

/** Waits until IndexedDB has the person's choice: localStorage has it at once, but a site may empty that. */
export const choiceOnDisk = (page: Page, refused: boolean) =>
  expect
    .poll(() =>
      page.evaluate(
        () =>
          new Promise<boolean[]>((resolve, reject) => {
            const opening = indexedDB.open('outlast')
            opening.onerror = () => reject(opening.error)
            opening.onsuccess = () => {
              const reading = opening.result.transaction('rules').objectStore('rules').getAll()
              reading.onerror = () => reject(reading.error)
              reading.onsuccess = () => {
                opening.result.close()
                resolve(reading.result.map((rules) => rules.refused))
              }
            }
          }),
      ),
    )
    .toContain(refused)
