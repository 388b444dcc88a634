/**
 * The person and the session in headers of a page's own requests, so that a server can give its events the same person
 * and session. A server may believe these headers no more than anything else that a browser sends.
 */

import { isText, show } from '../core/base/values'
import type { Outlast } from '../page/types'
import { patchRequests, type RequestScope } from './patch-requests'

/** The methods of a client that tell whose request it is, and whether a request may say so. */
type TracedClient = Pick<Outlast, 'getDistinctId' | 'getSessionId' | 'getWindowId' | 'isOptOut'> &
  Partial<Pick<Outlast, 'getAnonymousId' | 'on' | 'ready'>>

/** The parts of a page that are used here: its requests, and what says whether the person is observed. */
export interface TracingScope extends RequestScope {
  localStorage?: object
  navigator?: Partial<Pick<Navigator, 'doNotTrack'>> & { globalPrivacyControl?: unknown }
}

/**
 * Adds `X-POSTHOG-DISTINCT-ID`, `X-POSTHOG-SESSION-ID` and `X-POSTHOG-WINDOW-ID` to the page's requests to these hosts,
 * by `fetch` and `XMLHttpRequest`, with the values of that moment. No other request is touched. While the person
 * refuses or has yet to choose, and where a value cannot be a header, a request goes out without. Does nothing on a
 * server.
 *
 * A request to another origin gets a CORS preflight by it: that server has to name the three in
 * `Access-Control-Allow-Headers`.
 *
 * @param client a client of `init`
 * @param hosts names of hosts, such as `'api.example.com'`: each counts as it is, without its subdomains, on every
 *   port. One that is no name of a host is left out, with a warning
 * @returns a function that ends the adding
 * @example
 * tracingHeaders(outlast, ['api.example.com', location.hostname])
 */
export function tracingHeaders(client: TracedClient, hosts: readonly string[]): () => void {
  if (typeof window === 'undefined') return () => undefined
  return traceRequests(client, hosts, window)
}

/** The same in any scope. */
export function traceRequests(client: TracedClient, hosts: readonly string[], scope: TracingScope): () => void {
  const listed = namesOf(hosts)
  if (listed.size === 0) return () => undefined
  const isObserved = observationOf(client, scope)
  return patchRequests(scope, (url) => {
    if (!listed.has(url.hostname) || client.isOptOut() || !isObserved()) return undefined
    return {
      'X-POSTHOG-DISTINCT-ID': client.getDistinctId(),
      'X-POSTHOG-SESSION-ID': client.getSessionId(),
      'X-POSTHOG-WINDOW-ID': client.getWindowId(),
    }
  })
}

/**
 * Whether the person is observed. The person is not while the browser objects and the client, which may heed that, has
 * not loaded its late code; nor while the client waits for a consent. The public methods do not tell that a client
 * waits. But an id that waits is nowhere on the device, and no host has taken an event of it; so an id that is on the
 * device, or an event that was taken, shows that the client does not wait.
 */
function observationOf({ on, getAnonymousId, ready }: TracedClient, scope: TracingScope): () => boolean {
  if (!on || !getAnonymousId) return () => true
  let isTaken = false
  const { doNotTrack, globalPrivacyControl } = scope.navigator ?? {}
  let isHeard = !(/1|yes/.test(String(doNotTrack)) || globalPrivacyControl)
  void ready?.then(() => {
    isHeard = true
  })
  on('queued', () => {
    isTaken = true
  })
  return () => isHeard && (isTaken || isOnDevice(getAnonymousId(), scope))
}

function isOnDevice(anonymousId: string, scope: TracingScope): boolean {
  try {
    return Object.entries(scope.localStorage ?? {}).some(
      ([key, value]) => /^outlast:.*:person$/.test(key) && String(value).includes(JSON.stringify(anonymousId)),
    )
  } catch {
    // The page may not use localStorage, so nothing is there.
    return false
  }
}

/** The hosts as the platform writes them: in lower case and ASCII. */
function namesOf(hosts: readonly string[]): Set<string> {
  const names = new Set<string>()
  const list: readonly unknown[] = Array.isArray(hosts) ? hosts : [hosts]
  for (const host of list) {
    const name = nameOf(host)
    if (name) names.add(name)
    else console.warn(`[outlast] tracingHeaders: ${show(host)} is no name of a host, such as 'api.example.com'`)
  }
  return names
}

function nameOf(host: unknown): string | undefined {
  if (!isText(host) || host.includes('*')) return undefined
  try {
    return new URL(host.includes('://') ? host.trim() : `https://${host.trim()}`).hostname
  } catch {
    return undefined
  }
}
