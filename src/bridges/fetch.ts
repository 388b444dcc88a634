/**
 * A durable `fetch` for any library that takes one.
 *
 * @packageDocumentation
 */

import { durableFetch, type FetchOptions } from './durable-fetch'

export type { FetchOptions } from './durable-fetch'
export type { BridgeOptions } from './to-relay'

/**
 * Makes a function of the shape of `fetch`. It resolves once a request is on disk. What the relay has no place for (413, 503,
 * 507) or is not set up for (a header that may not be stored) goes out as by `fetch`. What a person or a hook has refused is
 * answered with 403. Rejects as `fetch` does.
 *
 * @example
 * const client = createClient({ fetch: relayFetch({ hosts: ['https://ingest.example.com'] }) })
 */
export function relayFetch(options: FetchOptions): typeof fetch {
  return durableFetch('fetch', options)
}
