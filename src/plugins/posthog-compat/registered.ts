/** Properties that go with every event: those of the person, and those of the session. */

import { parsed } from '../../client/first/person'
import { asRecord, isObject } from '../../core/base/values'
import { asItIs, type Properties } from '../../core/event/event'
import { type Self, safely } from './self'
import type { PostHogLike } from './types'

/**
 * Where the tab keeps the properties of its session, with the session's id and `by`, the anonymous id of the person.
 */
const SESSION_KEY = 'ph_session'

export interface Registered {
  ofSession(): Properties
  /** Tells listeners of `onSessionId` of a new session or window. */
  seen(sessionId: unknown, windowId: unknown): void
  methods: Pick<
    PostHogLike,
    | 'register'
    | 'register_once'
    | 'register_for_session'
    | 'unregister'
    | 'unregister_for_session'
    | 'get_property'
    | 'getSessionProperty'
    | 'get_session_id'
    | 'onSessionId'
  >
}

type SessionListener = Parameters<PostHogLike['onSessionId']>[0]

export function createRegistered(
  self: Self,
  values: { distinctId(): string; deviceId(): string; alias(): string | undefined },
): Registered {
  const listeners = new Set<SessionListener>()
  const now = { session: '', window: '' }
  /** The properties of the session, where the tab's storage may not be written. */
  let held: { of?: string; properties?: Properties } = {}

  function session(): { of: string; properties: Properties } {
    const of = self.client?.getSessionId() ?? ''
    const stored = { ...asRecord(parsed(self.device.tab, SESSION_KEY)), ...held }
    // The properties end with the session, which the tab's storage may outlive.
    return { of, properties: stored.of === of ? { ...asRecord(stored.properties) } : {} }
  }

  function setSession(change: (properties: Properties) => void): void {
    const next = session()
    change(next.properties)
    held = next
    if (self.client && !self.client.isOptOut()) {
      safely(
        () => self.device.tab.set(SESSION_KEY, JSON.stringify({ ...next, by: self.client?.getAnonymousId() }, asItIs)),
        'register_for_session',
      )
      held = {}
    }
  }

  const methods: Registered['methods'] = {
    register(properties) {
      if (!isObject(properties)) return
      self.device.note('superProperties', properties)
      self.client?.register(properties)
    },
    register_once(properties, missing = 'None') {
      const known = self.device.superProperties()
      const fresh = Object.entries(asRecord(properties)).filter(([name]) => !(name in known) || known[name] === missing)
      if (fresh.length > 0) methods.register(Object.fromEntries(fresh))
    },
    register_for_session(properties) {
      if (isObject(properties)) setSession((all) => Object.assign(all, properties))
    },
    unregister(name) {
      self.device.forget('superProperties', name)
      self.client?.unregister(name)
    },
    unregister_for_session(name) {
      setSession((all) => delete all[name])
    },
    get_property(name) {
      if (!self.client) return undefined
      if (name === 'distinct_id') return values.distinctId()
      if (name === '$device_id') return values.deviceId()
      if (name === '$groups') return { ...self.device.groups() }
      if (name === '__alias') return values.alias()
      return self.device.superProperties()[name]
    },
    getSessionProperty: (name) => (self.client ? session().properties[name] : undefined),
    get_session_id: () => self.client?.getSessionId() ?? '',
    onSessionId(listener) {
      listeners.add(listener)
      const current = self.client?.getSessionId()
      if (current) safely(() => listener(current, now.window || undefined), 'a listener of onSessionId')
      return () => listeners.delete(listener)
    },
  }

  return {
    ofSession: () => session().properties,
    seen(sessionId, windowId) {
      const next = { session: String(sessionId ?? ''), window: String(windowId ?? '') }
      const isNew = now.session !== '' && next.session !== now.session
      Object.assign(now, next)
      if (!isNew) return
      for (const listener of listeners) {
        safely(() => listener(next.session, next.window), 'a listener of onSessionId')
      }
    },
    methods,
  }
}
