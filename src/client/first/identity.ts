/** Whose events a page captures: methods under the names that posthog-js users know (docs/protocol.md §9). */

import { MAX_SUPER_PROPERTIES } from '../../core/base/limits'
import { copyOf, isObject, isText } from '../../core/base/values'
import { asItIs, type Properties, type PropertyBag } from '../../core/event/event'
import type { Warnings } from '../late/warnings'
import type { Log } from './log'
import type { Person } from './person'
import type { Session } from './session'

/** The methods about the person. They never throw; an invalid argument changes nothing and is warned of. */
export interface Identity {
  /**
   * Says who the person is. Events that were captured anonymously before become the person's. A second `identify` with
   * another id changes the person and merges nothing.
   *
   * @param distinctId the person's id, a non-empty string
   * @param set properties to set on the person
   * @param setOnce properties to set on the person unless they are set already
   * @example
   * outlast.identify('user-42', { plan: 'pro' }, { first_seen: '2026-01-31' })
   */
  identify(distinctId: string, set?: PropertyBag, setOnce?: PropertyBag): void
  /** Makes `alias`, a non-empty string, another name of the person. The person keeps the present distinct id. */
  alias(alias: string): void
  /**
   * Puts later events in a group. With `properties`, describes the group too.
   *
   * @param type the type of the group, a non-empty string
   * @param key the group's key within its type, a non-empty string
   * @example
   * outlast.group('company', 'acme', { employees: 11 })
   */
  group(type: string, key: string, properties?: PropertyBag): void
  /** Sets properties of a group, without putting events in the group. */
  groupIdentify(type: string, key: string, properties?: PropertyBag): void
  /** Sets properties of the person; those in `setOnce` only unless they are set already. */
  setPersonProperties(set: PropertyBag, setOnce?: PropertyBag): void
  /**
   * Adds super properties, which go with every later event, on later pages and in other tabs too. All of them together
   * have at most 500,000 characters of JSON.
   *
   * @example
   * outlast.register({ plan: 'pro' })
   */
  register(properties: PropertyBag): void
  /** Removes one super property. */
  unregister(name: string): void
  /**
   * Forgets the person, at a logout for example: there is a new anonymous person with a new session, without super
   * properties and groups. Events that are queued stay the former person's, and are delivered.
   */
  reset(): void
  /** The present distinct id: the anonymous one until `identify`. */
  getDistinctId(): string
  /** The anonymous id, which the person had before `identify`. */
  getAnonymousId(): string
  /** The id of the session to which an event captured now would belong. The call counts as activity. */
  getSessionId(): string
  /** The id of this tab, as it is in `$window_id`; another one after a `reset`. */
  getWindowId(): string
}

export interface IdentityPorts {
  person: Person
  session: Session
  wall: () => number
  log: Log
  capture(event: string, properties: Properties): void
  /** The person or a group may have changed. */
  onChange(): void
  /** The window's id for the person with this anonymous id. */
  windowId(anonymousId: string): string
}

export function createIdentity({ person, session, wall, log, capture, onChange, windowId }: IdentityPorts): Identity {
  const given = (method: Parameters<Warnings['blank']>[0], ...values: unknown[]): boolean => {
    const at = values.findIndex((value) => !isText(value))
    if (at >= 0) log.warnOf('blank', method, at, values[at])
    return at < 0
  }

  /** Captures an event with `$set` and `$set_once`, where given, besides its other properties. */
  const set = (event: string, $set?: PropertyBag, $set_once?: PropertyBag, besides?: Properties) =>
    capture(event, { ...besides, ...($set && { $set }), ...($set_once && { $set_once }) })

  const identity: Identity = {
    identify(distinctId, toSet, toSetOnce) {
      if (!given('identify', distinctId)) return
      const { distinctId: previous, identified } = person.state
      const isAnother = distinctId !== previous
      if (isAnother || !identified) person.identify(distinctId)
      onChange()
      // Two known persons are not merged: only an anonymous past becomes the identified person's, as in posthog-js.
      if (identified && isAnother) identity.setPersonProperties(toSet ?? {}, toSetOnce)
      else if (isAnother) set('$identify', toSet, toSetOnce, { distinct_id: distinctId, $anon_distinct_id: previous })
      else if (!identified || toSet || toSetOnce) set('$set', toSet, toSetOnce)
    },
    alias(alias) {
      if (given('alias', alias)) capture('$create_alias', { alias, distinct_id: person.state.distinctId })
    },
    group(type, key, properties) {
      if (!given('group', type, key)) return
      person.add('$', { [type]: key })
      onChange()
      if (properties) identity.groupIdentify(type, key, properties)
    },
    groupIdentify(type, key, properties) {
      if (!given('groupIdentify', type, key)) return
      capture('$groupidentify', { $group_type: type, $group_key: key, ...(properties && { $group_set: properties }) })
    },
    setPersonProperties(toSet, toSetOnce) {
      if (Object.keys({ ...copyOf(toSet), ...copyOf(toSetOnce) }).length > 0) set('$set', toSet, toSetOnce)
    },
    register(properties) {
      if (!isObject(properties)) return log.warnOf('register', properties)
      try {
        const added = JSON.parse(JSON.stringify(properties, asItIs))
        const size = JSON.stringify({ ...person.state.superProperties, ...added }).length
        if (size > MAX_SUPER_PROPERTIES) throw size
        person.add('.', added)
      } catch (error) {
        log.warnOf('registerJson', error)
      }
    },
    unregister(name) {
      if (given('unregister', name)) person.remove(name)
    },
    reset() {
      person.reset()
      onChange()
    },
    getDistinctId: () => person.state.distinctId,
    getAnonymousId: () => person.state.anonymousId,
    getWindowId: () => windowId(person.state.anonymousId),
    getSessionId: () => session.id(person.state.anonymousId, wall()),
  }
  return identity
}
