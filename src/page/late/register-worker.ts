/** Registers the worker; the browser keeps it up to date from then on. */

import { SYNC_TAG } from '../../core/base/names'
import type { WorkerLocation } from './worker-options'

interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): unknown }
}

/** The Trusted Types policy to allow where a page requires them. */
export const POLICY = 'outlast'

/** The registration; it may not be active yet. Rejects with the browser's reason. */
export async function registerWorker({ url, scope }: WorkerLocation): Promise<ServiceWorkerRegistration> {
  return navigator.serviceWorker.register(trusted(url), { scope })
}

/** Made once: a page that allows the policy allows no second one of its name. */
let policy: ReturnType<TrustedTypes['createPolicy']> | undefined
const workers = new Set<string>()

function trusted(url: string): string {
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes }
  if (!trustedTypes) return url
  workers.add(url)
  policy ??= trustedTypes.createPolicy(POLICY, {
    createScriptURL(input) {
      if (!workers.has(input)) throw new TypeError(`${input} is not a worker's URL`)
      return input
    },
  })
  return policy.createScriptURL(url) as string
}

interface PeriodicSyncRegistration extends ServiceWorkerRegistration {
  periodicSync?: { register(tag: string, options: { minInterval: number }): Promise<void> }
}

/** How often at most the browser is to look for events that were left, in ms; it decides itself, by how the site is used. */
const PERIOD_MS = 12 * 3_600_000

/** Asks for periodic sync where the visitor's browser grants it already, as to an installed app. Nobody is prompted. */
export async function askForPeriodicSync({ periodicSync }: PeriodicSyncRegistration): Promise<void> {
  if (!periodicSync) return
  const { state } = await navigator.permissions.query({ name: 'periodic-background-sync' as PermissionName })
  if (state === 'granted') await periodicSync.register(SYNC_TAG, { minInterval: PERIOD_MS })
}
