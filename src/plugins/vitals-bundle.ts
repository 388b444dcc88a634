/**
 * Web vitals that are measured about the same time, as one event: PostHog bills by the event, and posthog-js does so
 * too.
 */

import type { Properties } from '../core/event/event'

/**
 * A bundle waits so long for more metrics, in ms, as in posthog-js: an LCP of more than 4 s is poor, and this is
 * longer.
 */
export const BUNDLE_MS = 5_000

/** A metric as `$web_vitals_<name>_event` tells it, under posthog-js's names. */
export interface Vital {
  name: string
  value: number
  delta: number
  rating: string
  id: string
  navigationType: string
  /** The address of the page for which it was measured. */
  $current_url: string
  /** In ms since the epoch. */
  timestamp: number
}

export interface BundlePorts {
  capture(properties: Properties): void
  /** The person whose event it would be now. What was measured for another person is not told of this one. */
  whose(): unknown
  later(then: () => void, ms: number): void
}

export interface Bundle {
  add(vital: Vital): void
  /** Captures what waits. */
  flush(): void
}

interface Waiting {
  address: string
  of: unknown
  vitals: Map<string, Vital>
}

/** @param size how many metrics there are at most: an event with all of them waits for no more */
export function createBundle({ capture, whose, later }: BundlePorts, size: number): Bundle {
  let waiting: Waiting | undefined

  const bundle: Bundle = {
    add(vital) {
      const { name, $current_url: address } = vital
      const of = whose()
      if (waiting?.address !== address || waiting.of !== of) {
        bundle.flush()
        const begun: Waiting = { address, of, vitals: new Map() }
        waiting = begun
        later(() => waiting === begun && bundle.flush(), BUNDLE_MS)
      }
      waiting.vitals.set(name, vital)
      if (waiting.vitals.size >= size) bundle.flush()
    },
    flush() {
      const bundled = waiting
      waiting = undefined
      if (!bundled || bundled.of !== whose()) return
      const { address, vitals } = bundled
      const properties: Properties = { $current_url: address, $pathname: new URL(address).pathname }
      for (const [name, vital] of vitals) {
        // The names under which PostHog's own web vitals dashboards look for the values.
        properties[`$web_vitals_${name}_value`] = vital.value
        properties[`$web_vitals_${name}_event`] = { ...vital }
      }
      capture(properties)
    },
  }
  return bundle
}
