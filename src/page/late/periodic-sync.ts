/** Periodic Background Sync, which wakes the worker from time to time with no page open. */

import { SYNC_TAG } from '../../core/base/names'

interface PeriodicSyncRegistration extends ServiceWorkerRegistration {
  periodicSync?: { register(tag: string, options: { minInterval: number }): Promise<void> }
}

/**
 * The shortest pause in ms between two periodic syncs. The browser decides on the real one, by how the site is used.
 */
const PERIOD_MS = 12 * 3_600_000

/**
 * Asks for periodic sync where the visitor's browser grants it already, as to an installed app. No visitor is prompted.
 */
export async function askForPeriodicSync({ periodicSync }: PeriodicSyncRegistration): Promise<void> {
  if (!periodicSync) return
  const { state } = await navigator.permissions.query({ name: 'periodic-background-sync' as PermissionName })
  if (state === 'granted') await periodicSync.register(SYNC_TAG, { minInterval: PERIOD_MS })
}
