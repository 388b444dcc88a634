/**
 * Who is being observed, and what is added to each of their events: one person for all tabs of an origin, kept across
 * page loads (docs/protocol.md §9).
 *
 * No engine locks localStorage between tabs, so nothing is written as a whole from a tab's memory: of a record that two
 * tabs read, change and write, one change is lost. One record says who it is; each super property and group has a key of
 * its own that names the person. Tabs that register at once cannot meet there, and what one registers while another
 * resets is kept for the person who is gone. Whatever is asked of a person is answered from what is stored by then.
 */

import { asRecord, isText } from '../../core/base/values'
import type { Properties } from '../../core/event/event'

/** Strings by key. Never throws; where nothing can be stored it forgets with the page. */
export interface KeyValueStore {
  get(key: string): string | undefined
  set(key: string, value: string): void
  remove(key: string): void
  /** Of all that is kept; some may be named twice. */
  keys(): string[]
}

/** Where a person's feature flags are kept. Said here, because who forgets the person may not have loaded their code. */
export const FLAGS_KEY = 'flags'

export interface PersonState {
  /** Another one after each reset. */
  anonymousId: string
  /** The ambient distinct id: the anonymous one until `identify`. */
  distinctId: string
  identified: boolean
  /** Added to every event. */
  superProperties: Properties
  /** Group type to group key, sent as `$groups`. */
  groups: Record<string, string>
}

export interface Person {
  /** As it is stored at this moment, whichever tab changed it. */
  readonly state: Readonly<PersonState>
  identify(distinctId: string): void
  add(kind: Kind, values: Properties): void
  /** Removes a super property. */
  remove(name: string): void
  /** A new anonymous person without super properties and groups. */
  reset(): void
  /** Reads anew at the next use, although nothing that is looked at each time may say so. */
  reload(): void
}

/** Where it is kept who a person is: absent once they are forgotten. */
export const PERSON_KEY = 'person'

/** What the keys of the rest begin with: all that is kept of a person. */
export const OWN = `${PERSON_KEY}:`

/** Holds another value after each change of the rest: one look tells whether it is to be read. */
export const STAMP_KEY = 'stamp'

/** What stands in a key before the name of a super property, of a group. */
export type Kind = '.' | '$'

export function createPerson(store: KeyValueStore, newId: () => string, bootstrapId: string | undefined): Person {
  let state = anonymous(bootstrapId ?? newId())
  let seen = ''

  const look = () => `${store.get(PERSON_KEY)} ${store.get(STAMP_KEY)}`
  const keyOf = (rest: string) => `${OWN}${state.anonymousId}:${rest}`

  function save(change?: Partial<PersonState>): void {
    state = { ...state, ...change }
    store.set(PERSON_KEY, JSON.stringify({ ...state, superProperties: undefined, groups: undefined }))
  }

  function put(name: string, value?: unknown): void {
    if (value === undefined) store.remove(keyOf(name))
    else store.set(keyOf(name), JSON.stringify(value))
    store.set(STAMP_KEY, newId())
  }

  function add(kind: Kind, values: Properties): void {
    if (!Array.isArray(values)) for (const name of Object.keys(values)) put(kind + name, values[name])
  }

  function fresh(): PersonState {
    if (look() === seen) return state
    const record = asRecord(parsed(store, PERSON_KEY)) as Partial<PersonState>
    const kept = isText(record.anonymousId) && isText(record.distinctId) ? record : undefined
    // A site may empty its storage: who is here stays who they are. And an earlier version kept all in the record.
    if (!kept || kept.groups) {
      save(kept)
      add('.', asRecord(state.superProperties))
      add('$', asRecord(state.groups))
    }
    seen = look()
    state = { ...state, ...kept, superProperties: {}, groups: {} }
    const own = keyOf('')
    for (const key of store.keys()) {
      const values: Properties | undefined = { '.': state.superProperties, $: state.groups }[key[own.length] as Kind]
      if (!key.startsWith(own)) {
        // A tab that did not know yet that this is somebody else wrote it.
        if (key.startsWith(OWN)) store.remove(key)
      } else if (values) {
        const value = parsed(store, key)
        if (values === state.groups ? isText(value) : value !== undefined) values[key.slice(own.length + 1)] = value
      }
    }
    return state
  }

  fresh()
  return {
    get state() {
      return fresh()
    },
    identify(distinctId) {
      fresh()
      save({ distinctId, identified: true })
    },
    add(kind, values) {
      fresh()
      add(kind, values)
    },
    remove(name) {
      fresh()
      put(`.${name}`)
    },
    reset() {
      save(anonymous(newId()))
      fresh()
    },
    reload() {
      seen = ''
    },
  }
}

function anonymous(id: string): PersonState {
  return { anonymousId: id, distinctId: id, identified: false, superProperties: {}, groups: {} }
}

/** What is longer than the largest event would make every event too large. */
const MAX_KEPT = 1_000_000

/** What is kept under a key; nothing where it is not ours or was cut short: a new start is better than none. */
export function parsed(store: KeyValueStore, key: string): unknown {
  try {
    const text = store.get(key) ?? ''
    return text.length > MAX_KEPT ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}
