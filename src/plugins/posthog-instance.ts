/** The part of posthog-js that the bridge to it calls. */

import type { PropertyBag } from '../core/event/event'

/**
 * What `deliverThrough` needs of an instance of posthog-js: the object that a site imports as `posthog` is one. Each
 * member is posthog-js's of that name, and means what it means there: https://posthog.com/docs/libraries/js/reference.
 *
 * @example
 * import posthog from 'posthog-js'
 * deliverThrough(outlast, posthog)
 */
export interface PostHogInstance {
  capture(event: string, properties?: PropertyBag | null, options?: { timestamp?: Date; uuid?: string }): unknown
  identify(distinctId?: string, set?: PropertyBag, setOnce?: PropertyBag): void
  alias(alias: string, original?: string): unknown
  group(type: string, key: string, properties?: PropertyBag): void
  setPersonProperties(set?: PropertyBag, setOnce?: PropertyBag): void
  /** Absent in old versions. */
  createPersonProfile?(): void
  register(properties: PropertyBag): void
  unregister(name: string): void
  reset(): void
  get_distinct_id(): string
  get_session_id(): string
  get_property(name: string): unknown
  getGroups(): Record<string, unknown>
  is_capturing(): boolean
  opt_in_capturing(): void
  opt_out_capturing(): void
}

/**
 * Whether posthog-js is there by now: its snippet leaves an array that has the same methods until its file has loaded,
 * and the object that a site imports has no person before `posthog.init`.
 */
export function isLoaded(posthog: PostHogInstance | undefined): posthog is PostHogInstance {
  return (posthog as { __loaded?: unknown } | undefined)?.__loaded === true
}
