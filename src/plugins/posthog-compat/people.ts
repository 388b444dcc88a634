/** Whose events they are: identify, alias, groups and person properties, under posthog-js's rules. */

import { asText, isObject, isText } from '../../core/base/values'
import type { Properties } from '../../core/event/event'
import { namesNobody } from '../../core/event/ids-of-nobody'
import type { PostHogEvent } from '../posthog-js'
import { createGroups, type GroupPorts } from './groups'
import { createProfile } from './profile'
import { onceEach, type Self, stringsOf } from './self'
import type { PostHogBootstrap, PostHogLike } from './types'

export interface People {
  isIdentified(): boolean
  /** Takes the present person for a known one. */
  setIdentified(): void
  /** Whether an event of the person makes a profile. If it does, each later one does too. */
  makesProfile(): boolean
  deviceId(): string
  alias(): string | undefined
  methods: Pick<
    PostHogLike,
    | 'identify'
    | 'alias'
    | 'setPersonProperties'
    | 'unsetPersonProperties'
    | 'createPersonProfile'
    | 'setInternalOrTestUser'
    | 'people'
    | 'group'
    | 'getGroups'
    | 'resetGroups'
    | 'reset'
    | 'get_distinct_id'
  >
}

export interface PeoplePorts extends GroupPorts {
  onReset(bootstrap: PostHogBootstrap | undefined): void
  /** Flags are evaluated by what an event says of the person, as the site's hooks left it. */
  personForFlags(told: PostHogEvent | undefined): void
  /** The anonymous person whose distinct id was `before` has become the present one. */
  followForFlags(before: string): void
}

/** What callbacks are given: these properties travel as an event, and no request of their own has an answer. */
const NO_REQUEST = { statusCode: 0 }

/** The properties, or none where the value is no object. */
const setOf = (value: unknown): Properties => (isObject(value) ? value : {})

/** A text by which the same properties are known again; blank for what JSON cannot express, which is always sent. */
function hashOf(...given: unknown[]): string {
  try {
    return JSON.stringify(given)
  } catch {
    return ''
  }
}

export function createPeople(self: Self, ports: PeoplePorts): People {
  const warn = onceEach()
  const profile = createProfile(self)
  /** The properties that were set last, so that the same ones are not sent twice. */
  let lastSet = ''

  function setProperties(set: unknown, setOnce: unknown): void {
    const [toSet, toSetOnce] = [setOf(set), setOf(setOnce)]
    const hash = hashOf(self.client?.getDistinctId(), toSet, toSetOnce)
    if (hash !== '' && hash === lastSet) return
    const told = self.face.capture('$set', { $set: toSet, $set_once: toSetOnce })
    if (told) lastSet = hash
    ports.personForFlags(told)
    ports.reloadFlags(true)
  }

  const methods: People['methods'] = {
    identify(given, set, setOnce) {
      const { client } = self
      const distinctId = asText(given)
      if (!client) return
      if (!isText(distinctId) || namesNobody(distinctId)) {
        return warn(`id ${String(given)}`, `posthog.identify needs the id of one person, got ${String(given)}`)
      }
      if (!profile.wants('identify')) return
      const before = client.getDistinctId()
      // The client would capture a `$set` here the first time, even without properties, which posthog-js does not.
      if (before === distinctId && profile.isIdentified()) {
        if (set || setOnce) setProperties(set, setOnce)
        return
      }
      const hash = hashOf(distinctId, setOf(set), setOf(setOnce))
      const becomesKnown = before !== distinctId && !profile.isIdentified()
      profile.setIts({ identified: true })
      const told = ports.through(() => client.identify(distinctId, set, setOnce))
      if (told) lastSet = hash
      if (becomesKnown) ports.followForFlags(before)
      ports.personForFlags(told)
      if (before !== distinctId) ports.reloadFlags()
    },
    alias(alias, original) {
      const { client } = self
      if (!client || !profile.wants('alias')) return undefined
      const of = original ?? client.getDistinctId()
      if (alias === of) {
        methods.identify(alias)
        return -1
      }
      profile.setIts({ alias })
      return self.face.capture('$create_alias', { alias, distinct_id: of })
    },
    setPersonProperties(set, setOnce) {
      if (self.client && (set || setOnce) && profile.wants('setPersonProperties')) setProperties(set, setOnce)
    },
    unsetPersonProperties(given) {
      const names = stringsOf(given)
      if (!self.client || names.length === 0 || !profile.wants('unsetPersonProperties')) return
      self.face.capture('$set', { $unset: names })
      lastSet = ''
    },
    createPersonProfile() {
      if (self.client && !profile.has() && profile.wants('createPersonProfile')) setProperties({}, {})
    },
    setInternalOrTestUser() {
      if (self.client && profile.wants('setInternalOrTestUser')) setProperties({ $internal_or_test_user: true }, {})
    },
    people: {
      set(property, to, callback) {
        self.face.setPersonProperties(typeof property === 'string' ? { [property]: to } : property)
        callback?.(NO_REQUEST)
      },
      set_once(property, to, callback) {
        self.face.setPersonProperties(undefined, typeof property === 'string' ? { [property]: to } : property)
        callback?.(NO_REQUEST)
      },
    },
    ...createGroups(self, profile, ports),
    reset(options) {
      const { client } = self
      if (!client) return
      const { resetDeviceID, bootstrap } = isObject(options) ? options : { resetDeviceID: options === true }
      const deviceId = people.deviceId()
      lastSet = ''
      client.reset()
      self.device.forget('groups')
      self.device.forget('superProperties')
      self.device.left = {}
      self.device.setOwn({ deviceId: resetDeviceID ? client.getAnonymousId() : deviceId, of: '' })
      ports.onReset(bootstrap)
    },
    get_distinct_id: () => self.client?.getDistinctId() ?? '',
  }

  const people: People = {
    isIdentified: profile.isIdentified,
    setIdentified: () => profile.setIts({ identified: true, profile: true }),
    makesProfile: () => profile.has() && profile.wants('capture'),
    deviceId: () => self.device.own().deviceId || (self.client?.getAnonymousId() ?? ''),
    alias: () => profile.its().alias || undefined,
    methods,
  }
  return people
}
