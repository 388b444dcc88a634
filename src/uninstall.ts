/**
 * Removes what the library has put on a visitor's device, for a site that has removed the library or is about to.
 *
 * @packageDocumentation
 */

import { idbDatabase } from './adapters/idb-database'
import { type Counts, countsOf, drain } from './page/uninstall/drain'
import {
  mayHaveDatabase,
  removeCookies,
  removeDatabases,
  removeKeys,
  removeWorkers,
  stopWorkers,
} from './page/uninstall/remove'
import { tellClients } from './page/uninstall/tell-clients'

/** Options of `uninstall`. An unusable value becomes the default, without a warning. */
export interface UninstallOptions {
  /**
   * How long in ms events that are left may take to be delivered. Default 5,000, also for an unusable value; 0, which
   * drops them at once, to 60,000. A larger number counts as 60,000.
   *
   * @example
   * await uninstall({ timeout: 2_000 })
   */
  timeout?: number
  /**
   * The scope of a worker of your own that is to be unregistered too, as an address or a path of this origin. The
   * ready-made worker always is. What is the scope of no worker changes nothing. Default none.
   *
   * @example
   * await uninstall({ scope: '/' })
   */
  scope?: string
  /**
   * Also forgets that a person refused to be observed. Default `false`: those keys of localStorage stay, so that a site
   * that has the library again does not begin to observe that person.
   *
   * @example
   * await uninstall({ forgetRefusals: true })
   */
  forgetRefusals?: boolean
}

/** What `uninstall` did. */
export interface Uninstalled {
  /** Events that the server has confirmed meanwhile. */
  delivered: number
  /** Events that were given up meanwhile, as `shutdown` for the most part. */
  dropped: number
  /** Keys of localStorage that stay because they say that a person refused. */
  kept: string[]
  /** What could not be removed, and why. Calling `uninstall` on the next page removes it. */
  left: string[]
}

/** The default of `timeout`, in ms: a page may be left soon. */
const TIMEOUT_MS = 5_000

/**
 * Delivers the events that are left, drops what cannot be delivered in time, and removes the worker, the database and
 * all keys. Clients of this origin, in other tabs too, are shut down before. Where there is nothing to remove it does
 * nothing, so that it may stand on every page. Never rejects. A name that is no option is ignored, with a warning.
 *
 * @example
 * import { uninstall } from 'outlast/uninstall'
 * const { left } = await uninstall()
 */
export async function uninstall(options: UninstallOptions = {}): Promise<Uninstalled> {
  const nothing: Uninstalled = { delivered: 0, dropped: 0, kept: [], left: [] }
  if (typeof window === 'undefined') return nothing
  const { timeout = TIMEOUT_MS, scope, forgetRefusals = false, ...unknown } = options ?? {}
  for (const name of Object.keys(unknown)) {
    console.warn(`[outlast] uninstall takes timeout, scope and forgetRefusals, not ${name}`)
  }
  const timeoutMs = typeof timeout === 'number' && timeout >= 0 ? Math.min(timeout, 60_000) : TIMEOUT_MS
  const before = await counted()
  await tellClients(timeoutMs)
  await stopWorkers()
  const after = (await mayHaveDatabase()) ? await drain(timeoutMs).catch(() => undefined) : undefined
  const kept = removeKeys(after?.refusals ?? [], forgetRefusals)
  removeCookies(forgetRefusals)
  const left = [...(await removeWorkers(scope)), ...(await removeDatabases())]
  if (!after) return { ...nothing, kept, left }
  return { delivered: after.delivered - before.delivered, dropped: after.dropped - before.dropped, kept, left }
}

async function counted(): Promise<Counts> {
  const none = { delivered: 0, dropped: 0 }
  if (!(await mayHaveDatabase())) return none
  const database = idbDatabase()
  try {
    return await countsOf(database)
  } catch {
    // A database that cannot be read is removed all the same.
    return none
  } finally {
    database.close()
  }
}
