/**
 * The storage of the instance's client, as the instance sees it: the person whom the client has stored, and beside it
 * what the client does not know. docs/mechanisms.md says how its parts relate ("What an instance of posthog-js's names
 * keeps").
 */

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

/**
 * What posthog-js knows of device and person and the client does not: one record, which all tabs of an origin share.
 */
export interface Own {
  /** Stays through a reset, unlike the anonymous id. */
  deviceId?: string
  /**
   * The anonymous id of the person to whom `identified`, `profile` and `alias` belong: for any other person they do not
   * count.
   */
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
  /** Whether `store` and `tab` are on the device, as far as it keeps them, and not in memory. */
  isDurable: boolean
  /**
   * Whether the client is moving from memory to the device, where it may go on as another person: what this page has in
   * memory is that person's then, and is not dropped with the person before.
   */
  isMoving: boolean
  /**
   * Where the client keeps its values, under the same keys. For a client that stores nothing: in memory, apart from the
   * client's.
   */
  store: KeyValueStore
  /** The values of the tab. */
  tab: KeyValueStore
  /** The record, with the changes that this page could not write. */
  own(): Own
  /** Changes the record; in this page's memory alone while the person refuses. */
  setOwn(change: Own): void
  /** Super properties and groups: of the stored person, or, without one that counts, as this page has set them. */
  superProperties(): Properties
  groups(): Record<string, string>
  /** Keeps in memory what this page has set, for where no person is stored. */
  note(kind: 'superProperties' | 'groups', values: Properties): void
  /**
   * Forgets the value of that name, or all. All groups go from the storage too, since the client has no method to leave
   * a group.
   */
  forget(kind: 'superProperties' | 'groups', name?: string): void
  /** Puts a new anonymous person of this id in the place of the stored one. False where nothing is stored. */
  replace(distinctId: string): boolean
  /** Gives a stored person who is not known another id, under which session, super properties and groups go on. */
  rename(distinctId: string): void
  /**
   * Groups that were left in this page, of which a client without storage does not hear: it still adds them to events.
   */
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
    /** The anonymous id of the person to whom `page` and `held` belong. */
    of: whose(),
    /** What this page has set, which counts where no person is stored. */
    page: { superProperties: {} as Properties, groups: {} as Properties },
    /** Changes of the record that may not be written, because the person refuses. */
    held: {},
  })
  let inMemory: ReturnType<typeof nothing> & { held: Own } = nothing()
  /** Reads the stored person anew with each use. */
  let person: { readonly state: Readonly<PersonState> } | undefined

  /**
   * What only this page has of the present person. These values are dropped where another tab, or this one, has erased
   * or reset that person.
   */
  function ofPresent() {
    if (device.isMoving) inMemory.of = whose()
    else if (inMemory.of !== whose()) inMemory = nothing()
    return inMemory
  }

  /**
   * The stored person, where that is the client's person. It is not once the person has opted out: the client then has
   * the person in memory, and the stored one may be an earlier person. Nor is it where the client may not write yet, so
   * that a mark that is no JSON stands in the person's place: `createPerson` would put a new person there.
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
    // The client reads super properties and groups again after a new stamp.
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
      // `own` includes the changes that were held until now.
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
      // The person is known to posthog-js all the same, under the id that the person had at first.
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
 * Writes the person before the client reads the device, so that the client finds the person whom `bootstrap` names,
 * with the session that `bootstrap` names, or the person whom posthog-js has stored, with super properties, groups,
 * first visit and session. A known person gets posthog-js's device id as the anonymous one, where there is one. Where a
 * person is stored already, only the session that `bootstrap` names is written.
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
