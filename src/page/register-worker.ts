/** Registers the worker; the browser keeps it up to date from then on. */

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

function trusted(url: string): string {
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes }
  if (!trustedTypes) return url
  const policy = trustedTypes.createPolicy(POLICY, {
    createScriptURL(input) {
      if (input !== url) throw new TypeError(`${input} is not the worker's URL`)
      return input
    },
  })
  return policy.createScriptURL(url) as string
}
