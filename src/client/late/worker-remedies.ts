/** What a site can do where pages do not get its worker. The reasons are the browser's words, which differ. */

/** Where a worker is: its address, and whether it is a module. */
export interface WorkerPlace {
  url: string
  type: 'classic' | 'module'
}

const SERVE = 'serve worker.js there (npx outlast copy, or the plugin outlast/vite), set worker.url, or worker: false'

const REMEDIES: readonly (readonly [of: RegExp, remedy: string])[] = [
  [
    /max scope|Service-Worker-Allowed/i,
    'set worker.scope to the folder of the file or one below it, or serve the file with the header Service-Worker-Allowed',
  ],
  [/Trusted/, 'allow the policy of the library in the Content-Security-Policy of the page: trusted-types outlast'],
  [/Content.Security.Policy/i, "allow it in the Content-Security-Policy of the page: worker-src 'self'"],
  [/MIME|text\/html/i, `the server answers with something else than JavaScript, a page most often: ${SERVE}`],
  [/\b404\b|bad HTTP response|status 4\d\d/i, SERVE],
  [
    /evaluat|syntax|threw an exception/i,
    "the file has an error, or is a module: look at it in the console, say worker: { type: 'module' } for your own with import in it, or copy worker.js anew",
  ],
]

/** @param reason why the browser did not register it */
export const remedyForRegistering = (reason: string): string => REMEDIES.find(([of]) => of.test(reason))?.[1] ?? SERVE

/** @param reason why the page has left a worker that is registered */
export function remedyForLeaving({ url, type }: WorkerPlace, reason: string): string {
  if (reason.startsWith('version')) return `: ${url} is of another version of outlast; serve the files of one`
  if (reason !== 'no answer') return ''
  const load = type === 'module' ? 'import { install } from outlast/worker and call it' : "importScripts('worker.js')"
  return `: ${url} does not run outlast, is broken, or gets no answer of the browser's storage. Your own worker has to ${load}; worker.js itself is in the package`
}
