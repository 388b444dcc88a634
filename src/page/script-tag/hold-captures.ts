/**
 * Holds what a page captures until the code is there that adds to events: what goes with an event is added when it is
 * captured. No longer than the page is seen, since a page that is left must not lose events, and not for ever.
 */

import { copyOf, isObject } from '../../core/base/values'
import type { Outlast } from '../types'

/** After this many ms events go without what the code would add. */
const HOLD_LIMIT_MS = 3_000

/** @param loading settles once the code is there, or cannot be had */
export function holdCaptures(client: Outlast, loading: Promise<unknown>): void {
  const { capture } = client
  let held: Parameters<Outlast['capture']>[] | undefined = []
  client.capture = (event, given, options) => {
    if (!held) return capture(event, given, options)
    // The page may change its objects meanwhile.
    held.push([event, isObject(given) ? copyOf(given) : given, { timestamp: new Date(), ...options }])
  }
  const release = () => {
    const waiting = held ?? []
    held = undefined
    for (const given of waiting) capture(...given)
  }
  loading.then(release, release)
  setTimeout(release, HOLD_LIMIT_MS)
  // Before the client saves what the page still has.
  addEventListener('visibilitychange', release, true)
  addEventListener('pagehide', release, true)
}
