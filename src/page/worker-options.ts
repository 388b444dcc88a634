import { asRecord, show } from '../core/values'

export interface WorkerLocation {
  /** Absolute. */
  url: string
  /** Absolute. */
  scope: string
}

/** A build may say where it puts the worker's file, with its bundler's "define"; `outlast/vite` does. */
declare const __OUTLAST_WORKER_URL__: string | undefined

/** Where the package's own files are expected on a site: a scope that no page is in, so no navigation passes it. */
const DEFAULT_URL = typeof __OUTLAST_WORKER_URL__ === 'string' ? __OUTLAST_WORKER_URL__ : '/__outlast/worker.js'

/** `false` for no worker; what cannot be a worker of this origin gets a warning and the default. */
export function readWorkerOptions(raw: unknown, base: string, warn: (message: string) => void): WorkerLocation | false {
  if (raw === false) return false
  const { url = DEFAULT_URL, scope } = asRecord(raw)
  const location = locate(url, scope, base)
  if (!location) warn(`worker must be false or { url, scope } on this origin (got ${show(url)})`)
  return location ?? (locate(DEFAULT_URL, undefined, base) as WorkerLocation)
}

function locate(url: unknown, scope: unknown, base: string): WorkerLocation | undefined {
  try {
    const script = new URL(String(url), base)
    const within = new URL(scope === undefined ? script.pathname.replace(/[^/]*$/, '') : String(scope), base)
    const { origin } = new URL(base)
    return script.origin === origin && within.origin === origin ? { url: script.href, scope: within.href } : undefined
  } catch {
    return undefined
  }
}
