/** Where the site's worker is, as the option `worker` says, or as it is by default. */

import type { Log } from '../../client/first/log'
import { warnOfUnknown } from '../../client/late/check-options'
import { readable } from '../../core/base/readable'
import { copyOf } from '../../core/base/values'

export interface WorkerLocation {
  /** Absolute. */
  url: string
  /** Absolute. */
  scope: string
  type: WorkerType
}

/**
 * A relay adds `relay: true`, so that no beacon is sent (`workerGuards` of client/first/options.ts), and `none: true`
 * where it is to have no worker.
 */
const WORKER_OPTIONS = ['url', 'scope', 'type', 'beforeSend', 'requestHeaders', 'relay', 'none']

/** A build may say where it puts the worker's file, with its bundler's "define"; `outlast/vite` does. */
declare const __OUTLAST_WORKER_URL__: string | undefined

/** Whether these are the files of the script tag, which a site serves in one folder. */
declare const __OUTLAST_SCRIPT_TAG__: boolean | undefined

/** Where the package's own files are expected on a site: a scope that no page is in, so no navigation passes it. */
const DEFAULT_URL =
  typeof __OUTLAST_WORKER_URL__ === 'string' ? __OUTLAST_WORKER_URL__ : (besideThis() ?? '/__outlast/worker.js')

/** The worker in the folder of the script tag's files, which may be anywhere on a site; none on another origin. */
function besideThis(): string | undefined {
  if (typeof __OUTLAST_SCRIPT_TAG__ === 'undefined' || !__OUTLAST_SCRIPT_TAG__) return undefined
  // In one expression, a bundler would take the URL for a file to bundle.
  const here = import.meta.url
  const { origin, pathname } = new URL('../worker.js', here)
  return origin === location.origin ? pathname : undefined
}

/**
 * What paths of the options are relative to: the page's base, unless a `<base href>` names another origin, since
 * workers are this origin's.
 */
export function ownBase({ baseURI }: { baseURI: string } = document): string {
  const { origin } = globalThis
  for (const base of [baseURI, location.href]) if (originOf(base) === origin) return base
  // A frame of `srcdoc` has its parent's origin, and no address of its own. A frame without an origin has no worker
  // anyway.
  return origin === 'null' ? location.href : origin
}

function originOf(url: string): string | undefined {
  try {
    return new URL(url).origin
  } catch {
    // A base that a page has written may be no URL.
    return undefined
  }
}

/** `false` for no worker; what cannot be a worker of this origin gets a warning and the default. */
export function readWorkerOptions(
  raw: unknown,
  base: string,
  log: Pick<Log, 'warn' | 'warnOf'>,
): WorkerLocation | false {
  if (raw === false || copyOf(raw).none === true) return false
  const { warn, warnOf } = log
  const [scheme = ''] = /^[^:]*:/.exec(base) ?? []
  // No file and no option of the site would help.
  if (!/^https?:$/.test(scheme)) {
    warnOf('scheme', scheme)
    return false
  }
  if (raw !== undefined && raw !== null && typeof raw !== 'object') warnOf('worker', raw, DEFAULT_URL)
  warnOfUnknown(raw, WORKER_OPTIONS, 'worker', warnOf)
  const { url = DEFAULT_URL, scope, type = 'classic' } = readable(raw, 'worker', warn)
  const isKnown = type === 'classic' || type === 'module'
  if (!isKnown) warnOf('workerType', type)
  const named = typeof url === 'string' && (scope === undefined || typeof scope === 'string')
  const location = named ? locate(url, scope ?? folderOf(url), base) : undefined
  if (location) return { ...location, type: isKnown ? type : 'classic' }
  warnOf('workerUrl', url, DEFAULT_URL)
  const usual = locate(DEFAULT_URL, folderOf(DEFAULT_URL), base)
  return usual ? { ...usual, type: 'classic' } : false
}

const folderOf = (url: string) => url.replace(/[^/]*$/, '')

function locate(url: string, scope: string, base: string): Omit<WorkerLocation, 'type'> | undefined {
  try {
    const script = new URL(url, base)
    const within = new URL(scope, base)
    const { origin } = new URL(base)
    // An opaque origin has no workers, and a "javascript:" URL would be of the same.
    if (origin === 'null') return undefined
    const belongs = (place: URL) => place.origin === origin && place.username === '' && place.password === ''
    if (!belongs(script) || !belongs(within)) return undefined
    return { url: script.href, scope: within.href }
  } catch {
    return undefined
  }
}
