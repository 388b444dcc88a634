/** Removes what the library has put on the device: workers, databases, keys. */

import { LOG_NAME } from '../../adapters/fresh-log'
import { DATABASE_NAME } from '../../adapters/open-database'
import { CHOICE_AT_KEY, CHOICE_KEY } from '../../client/first/consent'
import { SYNC_TAG } from '../../core/base/names'
import type { Millis } from '../../core/base/ports'
import { MESSAGE_VERSION } from '../../core/host/messages'
import { openStorage, STORAGE_PREFIX } from '../first/web-storage'
import { removeOwnKeys } from '../late/leave-for-good'
import { pause } from './pause'

/** The databases that this library makes; adapters/fresh-log.ts has the second one for a moment. */
const DATABASES = [DATABASE_NAME, LOG_NAME]

/**
 * How long in ms other tabs have to let go of a database. A tab whose version does not heed `versionchange` never does.
 */
const DELETE_LIMIT_MS = 3_000

/** How long in ms the browser may take to answer what is asked of it. Safari at times never does. */
const BROWSER_LIMIT_MS = 3_000

/**
 * A worker that is being removed may still be at work, and make the database anew: the page looks for that after this
 * many ms.
 */
const LOOK_AGAIN_MS = 200

/** How long in ms a worker that was told to stop has for that. */
const LET_GO_MS = 200

/** How often a database that has come back is deleted. */
const ATTEMPTS = 3

/** The file of the ready-made worker, in whichever folder a site has it. */
const WORKER_FILE = /\/__outlast\/worker\.js$/

interface PeriodicSync {
  periodicSync?: { unregister(tag: string): Promise<void> }
}

/** The browser's answer, or `otherwise` if the browser refuses or gives no answer in time. */
const answered = <T>(asked: Promise<T> | undefined, otherwise: T): Promise<T> =>
  Promise.race([asked?.catch(() => otherwise) ?? otherwise, pause(BROWSER_LIMIT_MS).then(() => otherwise)])

/**
 * The registrations: none where there are no workers or the page may not have any; `undefined` where the browser does
 * not say.
 */
async function registrations(): Promise<readonly ServiceWorkerRegistration[] | undefined> {
  const asked = navigator.serviceWorker?.getRegistrations().catch(() => [])
  return asked ? answered(asked, undefined) : []
}

/**
 * Has the workers of the site end the requests of this library and let go of its database, and waits a moment for that.
 */
export async function stopWorkers(): Promise<void> {
  const active = ((await registrations()) ?? []).flatMap((registration) => registration.active ?? [])
  // A worker that runs no outlast of this version makes nothing of the message.
  for (const worker of active) worker.postMessage({ outlast: MESSAGE_VERSION, uninstall: true })
  if (active.length > 0) await pause(LET_GO_MS)
}

/**
 * Unregisters the ready-made worker, and the worker of `scope` where one is named. Any other worker of the site stays.
 * A worker's Background Sync goes with the worker. Returns the scopes of the workers that would not go.
 */
export async function removeWorkers(scope: string | undefined): Promise<string[]> {
  const left: string[] = []
  const named = scope === undefined ? undefined : absolute(scope)
  const all = await registrations()
  if (!all) return ['the worker: the browser does not say which there are']
  for (const registration of all) {
    const periodic = (registration as PeriodicSync).periodicSync
    await answered(periodic?.unregister(SYNC_TAG), undefined)
    const { active, waiting, installing } = registration
    const file = (active ?? waiting ?? installing)?.scriptURL ?? ''
    const isOurs = WORKER_FILE.test(new URL(file, location.href).pathname)
    const isNamed = registration.scope === named
    if (!isOurs && !isNamed) continue
    const isGone = await answered(registration.unregister(), false)
    if (!isGone) left.push(`the worker of ${registration.scope}`)
  }
  return left
}

function absolute(scope: string): string | undefined {
  try {
    return new URL(scope, location.origin).href
  } catch {
    // A text that is no URL is the scope of no worker.
    return undefined
  }
}

/** Returns the databases that stay because another tab holds them. */
export async function removeDatabases(): Promise<string[]> {
  let left: string[] = []
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const gone = await Promise.all(DATABASES.map(deleted))
    left = DATABASES.filter((_, index) => !gone[index]).map((name) => `the database ${name}, which another tab holds`)
    await pause(LOOK_AGAIN_MS)
    if (left.length > 0 || !(await mayHaveDatabase())) return left
  }
  return left
}

/** Whether the browser has told which databases there are, or was not asked yet. */
let tells = true

/** Whether there is a database; also where that cannot be asked, or gets no answer. */
export async function mayHaveDatabase(): Promise<boolean> {
  try {
    const databases = tells ? await answered(indexedDB.databases(), undefined) : undefined
    if (databases) return databases.some(({ name }) => name === DATABASE_NAME)
  } catch {
    // Firefox before 126 cannot tell.
  }
  // The browser is asked once: each further question would take as long.
  tells = false
  // A page without an origin has none.
  return globalThis.origin !== 'null'
}

/** Whether the database is gone in time. The browser goes on to delete it as soon as it can. */
function deleted(name: string): Promise<boolean> {
  const request = new Promise<boolean>((resolve) => {
    try {
      const deleting = indexedDB.deleteDatabase(name)
      deleting.onsuccess = () => resolve(true)
      deleting.onerror = () => resolve(false)
    } catch {
      // A page without an origin has no database.
      resolve(true)
    }
  })
  return Promise.race([request, pause(DELETE_LIMIT_MS).then(() => false)])
}

/** A person who refuses to be observed, by what IndexedDB knew. */
export interface Refusal {
  queue: string
  /** When the person chose, in ms since the epoch. */
  at: Millis
}

/**
 * Removes all keys, but for those that say that a person refuses: a site that has the library again must not begin to
 * observe that person. Returns the keys that stay.
 */
export function removeKeys(refusals: readonly Refusal[], forgetRefusals: boolean): string[] {
  removeOwnKeys('sessionStorage')
  const storage = openStorage('localStorage')
  const said = (key: string) => storage?.getItem(key) ?? ''
  // localStorage may have lost a refusal, or know of a later choice.
  const nameOf = (queue: string) => `${STORAGE_PREFIX}${queue.slice(0, queue.indexOf(' '))}:`
  const lost = refusals.filter(({ queue, at }) => at >= Number(said(nameOf(queue) + CHOICE_AT_KEY)))
  const isRefusal = (key: string) => /:opt_out(_at)?$/.test(key) && said(key.replace(/_at$/, '')) === 'true'
  const removed = Object.keys(storage ?? {}).filter((key) => forgetRefusals || !isRefusal(key))
  removeOwnKeys('localStorage', (key) => !removed.includes(key))
  for (const { queue, at } of forgetRefusals ? [] : lost.sort((a, b) => a.at - b.at)) {
    storage?.setItem(nameOf(queue) + CHOICE_KEY, 'true')
    storage?.setItem(nameOf(queue) + CHOICE_AT_KEY, String(at))
  }
  return Object.keys(storage ?? {})
    .filter((key) => key.startsWith(STORAGE_PREFIX))
    .sort()
}

/** Removes the cookies of `crossSubdomain`, but for those that say that a person refuses, which say nothing else. */
export function removeCookies(forgetRefusals: boolean): void {
  try {
    const labels = location.hostname.split('.')
    for (const cookie of document.cookie.split('; ')) {
      const [name = '', value = ''] = cookie.split('=')
      if (!name.startsWith('outlast_') || (!forgetRefusals && value.includes('%22c%22%3A%5B1'))) continue
      for (let from = 0; from < labels.length; from++)
        // biome-ignore lint/suspicious/noDocumentCookie: not every browser has the other way, which does not end within this task.
        document.cookie = `${name}=; Domain=${labels.slice(from).join('.')}; Path=/; Max-Age=0; Secure; SameSite=Lax`
    }
  } catch {
    // A sandboxed frame has no cookies.
  }
}
