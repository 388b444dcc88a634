/**
 * Makes an outlast client beside posthog-js capture for the same person, in the same session, with the same consent.
 */

import type { PersonClient } from '../client/person-client'
import type { CaptureOptions } from '../client/types'
import type { PropertyBag } from '../core/event/event'
import { isLoaded, type PostHogInstance } from './posthog-instance'

/** The methods that follow posthog-js's person. The others are about the queue, or ask the server themselves. */
export type Followed = Pick<
  PersonClient,
  | 'capture'
  | 'captureBatch'
  | 'captureAi'
  | 'identify'
  | 'alias'
  | 'group'
  | 'groupIdentify'
  | 'setPersonProperties'
  | 'createPersonProfile'
  | 'register'
  | 'unregister'
  | 'reset'
  | 'getDistinctId'
  | 'getAnonymousId'
  | 'getSessionId'
  | 'isOptOut'
  | 'optIn'
  | 'optOut'
>

/**
 * Gives methods that follow posthog-js's person. Until posthog-js has loaded they are the client's own.
 *
 * @param own the client's own methods
 * @param find gives the instance of posthog-js
 */
export function followingPerson(own: Followed, find: () => PostHogInstance | undefined): Followed {
  /** Calls `theirs` where posthog-js has loaded, and else `ours`. */
  const either = <Args extends unknown[], R>(
    theirs: (posthog: PostHogInstance, ...args: Args) => R,
    ours: (...args: Args) => R,
  ) => {
    return (...args: Args): R => {
      const posthog = find()
      return isLoaded(posthog) ? theirs(posthog, ...args) : ours(...args)
    }
  }

  /** Captures an event past posthog-js, which knows nothing of its kind, with what posthog-js knows of the person. */
  function besides(
    posthog: PostHogInstance,
    capture: Followed['capture'],
    event: string,
    properties?: PropertyBag,
    options: CaptureOptions = {},
  ): void {
    if (!posthog.is_capturing()) return
    const isAnother = options.distinctId !== undefined && options.distinctId !== null
    const of: CaptureOptions = isAnother
      ? options
      : { ...options, distinctId: posthog.get_distinct_id(), groups: { ...groupsOf(posthog), ...options.groups } }
    capture(event, { $session_id: posthog.get_session_id(), ...properties }, of)
  }

  const capture: Followed['capture'] = either((posthog, event, properties, options) => {
    const { distinctId, groups, uuid, timestamp } = options ?? {}
    if (distinctId !== undefined && distinctId !== null) {
      return besides(posthog, own.capture, event, properties, options)
    }
    const at = timestamp === undefined ? undefined : new Date(timestamp)
    posthog.capture(
      event,
      { ...properties, ...(groups && { $groups: groups }) },
      { ...(at && !Number.isNaN(at.getTime()) && { timestamp: at }), ...(uuid !== undefined && { uuid }) },
    )
  }, own.capture)

  return {
    capture,
    captureAi: either((posthog, event, properties, options) => {
      besides(posthog, own.captureAi, event, properties, options)
    }, own.captureAi),
    captureBatch: either((posthog, events, options) => {
      if (!Array.isArray(events)) return own.captureBatch(events, options)
      for (const event of events) {
        const { event: name, properties, ...rest } = event ?? {}
        if (options?.historicalMigration !== true) capture(name, properties, rest)
        else {
          const old: Followed['capture'] = (event, properties, of) =>
            own.captureBatch([{ event, ...(properties && { properties }), ...of }], options)
          besides(posthog, old, name, properties, rest)
        }
      }
    }, own.captureBatch),
    identify: either((posthog, ...args) => posthog.identify(...args), own.identify),
    alias: either((posthog, alias) => void posthog.alias(alias), own.alias),
    group: either((posthog, ...args) => posthog.group(...args), own.group),
    groupIdentify: either((posthog, type, key, properties) => {
      posthog.capture('$groupidentify', { $group_type: type, $group_key: key, $group_set: properties ?? {} })
    }, own.groupIdentify),
    setPersonProperties: either((posthog, ...args) => posthog.setPersonProperties(...args), own.setPersonProperties),
    createPersonProfile: either((posthog) => posthog.createPersonProfile?.(), own.createPersonProfile),
    register: either((posthog, properties) => posthog.register(properties), own.register),
    unregister: either((posthog, name) => posthog.unregister(name), own.unregister),
    reset: either((posthog) => posthog.reset(), own.reset),
    getDistinctId: either((posthog) => posthog.get_distinct_id(), own.getDistinctId),
    getAnonymousId: either((posthog) => String(posthog.get_property('$device_id') ?? ''), own.getAnonymousId),
    getSessionId: either((posthog) => posthog.get_session_id(), own.getSessionId),
    isOptOut: either((posthog) => !posthog.is_capturing() || own.isOptOut(), own.isOptOut),
    optIn: either((posthog) => {
      own.optIn()
      posthog.opt_in_capturing()
    }, own.optIn),
    optOut: either((posthog, options) => {
      posthog.opt_out_capturing()
      own.optOut(options)
    }, own.optOut),
  }
}

function groupsOf(posthog: PostHogInstance): Record<string, string> {
  return Object.fromEntries(Object.entries(posthog.getGroups()).map(([type, key]) => [type, String(key)]))
}
