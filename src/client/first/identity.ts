/** Who a page's events belong to, under the names that posthog-js users know (docs/protocol.md §9). */

import { copyOf, isObject, isText } from '../../core/base/values'
import type { Properties } from '../../core/event/event'
import type { Warnings } from '../late/warnings'
import type { Log } from './log'
import type { Person } from './person'
import type { Session } from './session'

export interface Identity {
  /** Says who the person is, with properties to set on them. Their anonymous past becomes theirs. */
  identify(distinctId: string, set?: Properties, setOnce?: Properties): void
  /** Makes `alias` another name of the person, who keeps the id they have. */
  alias(alias: string): void
  /** Puts later events in a group, and with properties describes the group too. */
  group(type: string, key: string, properties?: Properties): void
  /** Describes a group without putting events in it. */
  groupIdentify(type: string, key: string, properties?: Properties): void
  /** Sets properties of the person. */
  setPersonProperties(set: Properties, setOnce?: Properties): void
  /** Adds super properties: they go with every later event, on later pages too. */
  register(properties: Properties): void
  /** Removes one super property. */
  unregister(name: string): void
  /** Forgets the person: a new anonymous id and session, no super properties or groups. What is queued stays theirs. */
  reset(): void
  /** The ambient distinct id: the anonymous one until `identify`. */
  getDistinctId(): string
  /** The id that the person had before they were identified. */
  getAnonymousId(): string
  /** The session that an event captured now would belong to. */
  getSessionId(): string
}

export interface IdentityPorts {
  person: Person
  session: Session
  wall: () => number
  log: Log
  capture(event: string, properties: Properties): void
  /** The person or their groups have changed. */
  onChange(): void
  onReset(): void
}

/** Characters of their JSON: half of what an event may be by default. */
const MAX_SUPER_PROPERTIES = 500_000

export function createIdentity({ person, session, wall, log, capture, onChange, onReset }: IdentityPorts): Identity {
  const given = (method: Parameters<Warnings['blank']>[0], ...values: unknown[]): boolean => {
    const at = values.findIndex((value) => !isText(value))
    if (at >= 0) log.tell('blank', method, at, values[at])
    return at < 0
  }

  /** `$set` and `$set_once`, with what the event has besides. */
  const set = (event: string, $set?: Properties, $set_once?: Properties, besides?: Properties) =>
    capture(event, { ...besides, ...($set && { $set }), ...($set_once && { $set_once }) })

  const identity: Identity = {
    identify(distinctId, toSet, toSetOnce) {
      if (!given('identify', distinctId)) return
      const { distinctId: previous, identified } = person.state
      const isAnother = distinctId !== previous
      if (isAnother || !identified) person.identify(distinctId)
      if (isAnother) onChange()
      // Two known people are not merged: only an anonymous past belongs to whoever is identified (as posthog-js does).
      if (identified && isAnother) identity.setPersonProperties(toSet ?? {}, toSetOnce)
      else if (isAnother) set('$identify', toSet, toSetOnce, { distinct_id: distinctId, $anon_distinct_id: previous })
      else if (!identified || toSet || toSetOnce) set('$set', toSet, toSetOnce)
    },
    alias(alias) {
      if (given('alias', alias)) capture('$create_alias', { alias, distinct_id: person.state.distinctId })
    },
    group(type, key, properties) {
      if (!given('group', type, key)) return
      const isAnother = person.state.groups[type] !== key
      person.add('$', { [type]: key })
      if (isAnother) onChange()
      if (properties) identity.groupIdentify(type, key, properties)
    },
    groupIdentify(type, key, properties) {
      if (!given('groupIdentify', type, key)) return
      capture('$groupidentify', { $group_type: type, $group_key: key, ...(properties && { $group_set: properties }) })
    },
    setPersonProperties(toSet, toSetOnce) {
      const some = (given: unknown) => Object.keys(copyOf(given)).length > 0
      if (some(toSet) || some(toSetOnce)) set('$set', toSet, toSetOnce)
    },
    register(properties) {
      if (!isObject(properties)) return log.tell('register', properties)
      try {
        const added = JSON.parse(JSON.stringify(properties))
        const size = JSON.stringify({ ...person.state.superProperties, ...added }).length
        if (size > MAX_SUPER_PROPERTIES) return log.tell('registerSize', size, MAX_SUPER_PROPERTIES)
        person.add('.', added)
      } catch (error) {
        log.tell('registerJson', error)
      }
    },
    unregister(name) {
      if (given('unregister', name)) person.remove(name)
    },
    reset() {
      person.reset()
      onReset()
    },
    getDistinctId: () => person.state.distinctId,
    getAnonymousId: () => person.state.anonymousId,
    getSessionId: () => session.id(person.state.anonymousId, wall()),
  }
  return identity
}
