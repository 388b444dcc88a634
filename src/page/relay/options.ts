/** Reads the options of a relay: what it tells the client of each host's queue. */

import type { OutlastOptions } from '../types'
import type { RelayOptions } from './types'

/**
 * The options of `init` for the queue of a host, and those of the relay, whose meaning src/client/late/of-relay.ts
 * gives.
 */
export interface ClientOptions extends OutlastOptions {
  host: string
  /** What the host reads a `RelayConfig` of. */
  relay: object
}

/** The most characters of a stored request: a little less than an event may have at most. */
export const MAX_STORED = 20_000_000

export function clientOptions(options: RelayOptions, host: string): ClientOptions {
  const { storedHeaders: headers, isDelivered, worker } = options
  const delivered =
    isDelivered && [...Array(600).keys()].filter((status) => status > 199 && isDelivered(status) === true)
  const own: object = { ...worker, none: worker === false, relay: true }
  return {
    // The client warns of a name that is no option of a relay, and is halted where the option may have been meant to
    // keep something back.
    ...(options as OutlastOptions),
    host,
    relay: { headers, delivered },
    // An id that is no person's, in place of one that would be made for a person.
    bootstrap: { distinctId: 'relay' },
    captureMode: 'v0',
    maxEventBytes: MAX_STORED,
    worker: own as OutlastOptions['worker'],
  }
}

/** The origin of an absolute address of the web; blank for what is none. */
export function originOf(url: string): string {
  try {
    return /^https?:/.test(url) ? new URL(url).origin : ''
  } catch {
    // A hook may have put something else in the address's place, and a site may have named a host without its scheme.
    return ''
  }
}
