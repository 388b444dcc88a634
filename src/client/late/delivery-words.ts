/** The words of the warnings that the late code gives: of options, of the worker, and of the server. */

import { SHUTDOWN_TIMEOUT } from '../../core/base/limits'
import { show } from '../../core/base/values'
import { unknownOption } from './unknown-options'
import { remedyForLeaving, remedyForRegistering, type WorkerPlace } from './worker-remedies'

const trueOrFalse = (using: unknown) => `true or false; using ${using}`

/** What an option must be, and what is done without. `using` is what takes its place. */
const WANTED: Record<string, (using: unknown) => string> = {
  captureMode: () => "'v0', 'v1' or 'json'; nothing is sent until it is",
  clock: () => 'an object with now(); using Date.now',
  beforeSend: () => 'a function; dropping all',
  compression: () => "'gzip' unless captureMode is 'v1'",
  compress: () => "'gzip', 'deflate' or false; using false",
  hosts: () => 'origins such as https://ingest.example.com; those that are none are left out',
  maxBodyBytes: () => 'a number of at least 0; using 1000000',
  storedHeaders: () =>
    'names of headers, each with its longest time in ms; those without a name or a time are not stored',
  shutdownTimeout: () => `a number of at least 0; using ${SHUTDOWN_TIMEOUT}`,
  endpoint: () => 'a path of host, such as /events; nothing is sent until it is',
  bodyFormat: () => "'json' or 'ndjson'; using json",
  adopt: () => "'posthog-js'; nobody is taken over",
  crossSubdomain: () => 'true or false; each origin has a person of its own',
  persistence: () => "'auto' or 'memory'",
  personProfiles: () => "'always', 'identified_only' or 'never'; making no profiles",
  distinctId: () => 'the id of one person, a non-empty string; using a new anonymous id',
  isIdentifiedId: () => trueOrFalse(false),
  cookieless: trueOrFalse,
  respectDnt: trueOrFalse,
  respectGpc: trueOrFalse,
  sessionId: () => 'a UUIDv7; using a session of its own',
}

/** What to check after a status. */
const REMEDIES: Record<string, string> = {
  '400': 'what the server said names the fault of the event',
  '401':
    "check the project's API key, and that host is where this project is (EU or US); with captureMode 'json' your requestHeaders",
  '403': "check the project's API key, and what stands before the host: a firewall, or a proxy that asks for a sign-in",
  '404':
    'check host, or endpoint if that is given: there is no such path; a proxy of your own has to pass the path on (docs/proxy.md)',
  '405': 'check host, which takes no POST there; a proxy of your own has to pass it on (docs/proxy.md)',
}

const UNUSABLE_WORKER = 'worker must be false or { url, scope }'

const KEEPS =
  'the page keeps its events and sends them itself while it is open. Say worker: false to hear no more of it'

/** Hides user name and password of a URL. */
const withoutPassword = (text: string) => text.replace(/.*@/, '***@')

export const DELIVERY_WORDS = {
  unknown: unknownOption,
  /** @param within the option of which the unusable one is a part, if it is a part of another option */
  unusable: (name: string, given: unknown, using?: unknown, within?: string) =>
    `${within ? `${within}: ` : ''}${name} must be ${WANTED[name]?.(using)} (got ${withoutPassword(show(given))})`,
  secretKey: () =>
    "the API key begins with phx_, so it is a person's secret, which each request then carries: use the project's token (phc_…), and revoke the key",
  noHost: () => "captureMode 'json' needs the host that receives the events; nothing is sent until it is named",
  notOwn: () =>
    "endpoint is a path of captureMode 'json', and a server is named by host; nothing is sent until captureMode: 'json' is added, or endpoint is left out",
  ofWorker: () =>
    'requestHeaders is a function of this page, and only the worker with the beforeSend may send, so nothing is sent: give the function to install in the worker, and say worker: { requestHeaders: true }',
  /** @param usual the address that is used */
  worker: (given: unknown, usual: string) =>
    `${UNUSABLE_WORKER}, got ${show(given)}${typeof given === 'string' ? `; did you mean { url: ${show(given)} }?` : ';'} using ${usual}`,
  workerType: (given: unknown) => `worker.type must be 'classic' or 'module', got ${show(given)}; using 'classic'`,
  workerUrl: (given: unknown, usual: string) => `${UNUSABLE_WORKER} on this origin, got ${show(given)}; using ${usual}`,
  scheme: (scheme: string) =>
    scheme === 'file:'
      ? `a page that is opened from disk (file:) can have no service worker: serve it over http or https. Meanwhile ${KEEPS}`
      : `pages of ${show(scheme)} have no service workers, so ${KEEPS}`,
  /**
   * @param option the option that only the worker has, so that nothing may be sent without the worker
   * @param remedy what the site can do. Where it is blank, the remedy goes by the browser's reason
   */
  noWorker: (url: string, reason: string, option: string | undefined, remedy: string) =>
    `no worker at ${url} (${reason}), so this page keeps and ${option ? `sends none, since only the worker has ${option}` : 'sends events itself'}: ${remedy || remedyForRegistering(reason)}`,
  /** @param worker the place of the worker that was left; absent where the host that was left is no worker */
  left: (host: string, reason: string, worker?: WorkerPlace) =>
    `the ${host} cannot keep events (${reason}); going on without it${worker ? remedyForLeaving(worker, reason) : ''}`,
  /** @param scope the scope of the worker with the hook */
  otherHook: (scope: string | undefined) =>
    `nothing is sent: the worker ${scope === undefined ? 'of this site' : `with the scope ${scope}`} has a beforeSend that is to see each event, and the worker that answers has none. ` +
    'Give this one the hook, or serve that one without it once more, under its scope (docs/privacy.md#a-hook-in-the-worker)',
  refused: (host: string, reason: string, status: string) =>
    `${host} refused events for good, which are dropped (${reason}): ${REMEDIES[status] ?? "on('drop') tells of each event"}`,
  failing: (host: string, reason: string) =>
    `${host} has answered with nothing but errors (${reason}), and events wait; check the server, or the proxy before it`,
  silent: (host: string, reason: string) =>
    `no answer from ${host} (${reason}), and events wait; check host, whether it allows this origin (CORS), the policy's connect-src, and content blockers`,
  ownAi: () => "captureAi has no endpoint of its own with captureMode 'json': its events go where all go",
  ownFlags: () =>
    "there are no feature flags with captureMode 'json', whose endpoint takes events alone: nothing is asked for, and each flag has its default",
}
