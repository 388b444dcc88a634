/** What an instance keeps on the device beside the client's own values, and the person as the client has stored it. */

import { consentedStore, type Device as Storage } from '../../client/first/consent'
import {
  createPerson,
  type KeyValueStore,
  OWN,
  PERSON_KEY,
  type PersonState,
  parsed,
  STAMP_KEY,
} from '../../client/first/person'
import { asRecord } from '../../core/base/values'
import type { Properties } from '../../core/event/event'
import type { FirstPerson } from './first-person'

/** Values on the device, or in memory where it cannot keep them. */
export const valuesIn = (storage: Storage): KeyValueStore => consentedStore(storage, () => true)

/** The values of one record, which all tabs of an origin share. */
export interface Own {
  /** Stays through a reset, unlike the anonymous id. */
  deviceId?: string
  /** The anonymous id of the person whose values the next ones are. */
  of?: string
  /** Whether the person is a known one, though it may have no other id than at first. */
  identified?: boolean
  /** Whether the person has a profile for good. */
  profile?: boolean
  alias?: string
  /** The time of the choice that was cleared, by the client's clock. */
  clearedAt?: string
}

export interface Device {
  /** Whether the values are on the device, as far as it keeps them. */
  isDurable: boolean
  /** Whether the client is moving to the device, where it may go on as another person, whose the values in memory are then. */
  isMoving: boolean
  /** Where the client keeps its values. In memory for a client that stores nothing. */
  store: KeyValueStore
  /** The values of the tab. */
  tab: KeyValueStore
  own(): Own
  setOwn(change: Own): void
  /** Super properties and groups: as stored, or as this page has set them where nothing is stored. */
  superProperties(): Properties
  groups(): Record<string, string>
  /** What this page has set, for where the client stores nothing. */
  note(kind: 'superProperties' | 'groups', values: Properties): void
  forget(kind: 'superProperties' | 'groups', name?: string): void
  /** Puts a new anonymous person of this id in the place of the stored one. False where nothing is stored. */
  replace(distinctId: string): boolean
  /** Gives a stored person who is not known another id, under which session, super properties and groups go on. */
  rename(distinctId: string): void
  /** Groups that were left in this page and that a client without storage still adds. */
  left: Record<string, string>
}

const OWN_KEY = 'ph'

/**
 * @param refused whether nothing may be written, because the person has opted out
 * @param whose the anonymous id of the present person
 */
export function createDevice(
  store: KeyValueStore,
  tab: KeyValueStore,
  newId: () => string,
  refused: () => boolean,
  whose: () => string,
  isDurable: boolean,
): Device {
  const nothing = () => ({
    of: whose(),
    page: { superProperties: {} as Properties, groups: {} as Properties },
    held: {},
  })
  let inMemory: ReturnType<typeof nothing> & { held: Own } = nothing()
  let person: { readonly state: Readonly<PersonState> } | undefined

  /** What only this page has. Of a person who was erased or reset, in another tab too, it is no more the present one's. */
  function ofPresent() {
    if (device.isMoving) inMemory.of = whose()
    else if (inMemory.of !== whose()) inMemory = nothing()
    return inMemory
  }

  /**
   * The stored person. A client that has opted out keeps the person in memory, and storage has an earlier one. Where the client may
   * not write yet, a mark that is no JSON stands in the person's place: `createPerson` would put a new person there.
   */
  function stored(): Readonly<PersonState> | undefined {
    if (refused() || !parsed(store, PERSON_KEY)) return undefined
    person ??= createPerson(store, newId, {})
    return person.state
  }

  function removeGroups(): void {
    const state = stored()
    if (!state) return
    for (const key of store.keys()) if (key.startsWith(`${OWN}${state.anonymousId}:$`)) store.remove(key)
    store.set(STAMP_KEY, newId())
  }

  const device: Device = {
    isDurable,
    isMoving: false,
    store,
    tab,
    left: {},
    own() {
      // A person who has opted out with `clear` is to be on the device no longer.
      if (refused() && !store.get(PERSON_KEY)) store.remove(OWN_KEY)
      return { ...(asRecord(parsed(store, OWN_KEY)) as Own), ...ofPresent().held }
    },
    setOwn(change) {
      const present = ofPresent()
      present.held = { ...present.held, ...change }
      if (refused()) return
      const next = device.own()
      present.held = {}
      store.set(OWN_KEY, JSON.stringify(next))
    },
    replace(distinctId) {
      if (!stored()) return false
      createPerson(store, () => distinctId, {}).reset()
      return true
    },
    rename(distinctId) {
      const before = stored()
      const { of, identified } = device.own()
      if (!before || before.anonymousId === distinctId || before.identified) return
      const { anonymousId, superProperties, groups } = before
      if (identified && of === anonymousId) return
      const kept = ['session', 'entry'].map((name) => [name, store.get(`${OWN}${anonymousId}:${name}`)] as const)
      const next = createPerson(store, () => distinctId, {})
      next.reset()
      next.add('.', superProperties)
      next.add('$', groups)
      for (const [name, text] of kept) if (text) store.set(`${OWN}${distinctId}:${name}`, text)
      device.setOwn({ deviceId: distinctId })
    },
    superProperties: () => stored()?.superProperties ?? ofPresent().page.superProperties,
    groups: () => stored()?.groups ?? (ofPresent().page.groups as Record<string, string>),
    note(kind, values) {
      Object.assign(ofPresent().page[kind], values)
      if (kind === 'groups') for (const type of Object.keys(values)) delete device.left[type]
    },
    forget(kind, name) {
      if (kind === 'groups' && name === undefined) {
        Object.assign(device.left, device.groups())
        removeGroups()
      }
      const { page } = ofPresent()
      if (name === undefined) page[kind] = {}
      else delete page[kind][name]
    },
  }
  return device
}

/**
 * Writes the person before the client reads it: `bootstrap` may name a known person and a session, which the client's
 * own options cannot; and what posthog-js has stored goes on: super properties, groups, first visit and session. Where
 * a person is stored already, nothing but the session that `bootstrap` names is written.
 *
 * @returns whether the person was written
 */
export function seed(
  store: KeyValueStore,
  { distinctId, deviceId, identified, sessionId, former }: FirstPerson,
  newId: () => string,
  now: number,
): boolean {
  const isNew = !store.get(PERSON_KEY)
  if (!sessionId && !(isNew && distinctId)) return false
  const first = identified ? deviceId : distinctId
  const person = createPerson(store, newId, { distinctId: first })
  if (isNew && identified && distinctId) person.changeTo({ distinctId, identified: true })
  const { anonymousId } = person.state
  const put = (key: string, value: object) => store.set(`${OWN}${anonymousId}:${key}`, JSON.stringify(value))
  if (sessionId) {
    const startedAt = Number.parseInt(sessionId.replace('-', '').slice(0, 12), 16)
    const session = { id: sessionId, startedAt: Math.min(now, startedAt), lastAt: now }
    put('session', session)
  }
  if (!isNew) return false
  person.add('.', former?.superProperties ?? {})
  person.add('$', former?.groups ?? {})
  if (former?.session && !sessionId) put('session', former.session)
  if (former?.first) put('initial', { of: anonymousId, ...former.first })
  if (former?.session && former.entry && !sessionId) put('entry', { of: former.session.id, ...former.entry })
  return true
}
