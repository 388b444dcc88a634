/**
 * The person who is observed, and the properties that are added to each of the person's events: one person for all tabs
 * of an origin, kept across page loads (docs/protocol.md §9).
 *
 * No engine locks localStorage between tabs: if two tabs read, change and write one record, one of the changes is lost.
 * So one record says who the person is, and each super property and each group has a key of its own, which names the
 * person. Tabs that register at the same time write different keys. A property that one tab registers while another tab
 * resets is stored for the person before the reset, and so is not read. Every answer comes from what is stored by then.
 */

import { MAX_KEPT } from '../../core/base/limits'
import { asRecord, asText, isText } from '../../core/base/values'
import { asItIs, type Properties } from '../../core/event/event'
import { namesNothing } from '../../core/event/ids'

/** Strings by key. Never throws. Where nothing can be stored, the values last as long as the page. */
export interface KeyValueStore {
  get(key: string): string | undefined
  /**
   * @param isAnother given where the former value is not to be used any more, even if the new one cannot be stored yet
   */
  set(key: string, value: string, isAnother?: unknown): void
  remove(key: string): void
  /** The keys of all values. A key may be in the list twice. */
  keys(): string[]
}

export interface PersonState {
  /** The id that the person has before `identify`; a new one after each reset. */
  anonymousId: string
  /** The ambient distinct id: the anonymous one until `identify`. */
  distinctId: string
  identified: boolean
  /**
   * The anonymous id of a person who is not identified and has a profile all the same. A record in which this differs
   * from `anonymousId` was reset by an earlier version of this library, which does not know this field: the person in
   * it has none.
   */
  profile?: string
  /** Properties that are added to every event. */
  superProperties: Properties
  /** Group type to group key, sent as `$groups`. */
  groups: Record<string, string>
}

export interface Person {
  /** The person as stored at this moment. Any tab may have changed the person. */
  readonly state: Readonly<PersonState>
  /** Changes who the person is. */
  changeTo(change: Partial<Pick<PersonState, 'distinctId' | 'anonymousId' | 'identified' | 'profile'>>): void
  /** Adds super properties or groups. */
  add(kind: Kind, values: Properties): void
  /** Removes a super property. */
  remove(name: string): void
  /** Makes a new anonymous person without super properties and groups. */
  reset(): void
  /** Has everything read again at the next use, even where record and stamp are unchanged. */
  reload(): void
}

/** The key of the record that says who the person is. Absent once the person is erased. */
export const PERSON_KEY = 'person'

/** The mark in place of a value that is no longer true, where the next value cannot be stored. It is no JSON. */
export const GONE = '-'

/** The prefix of a person's other keys: super properties, groups, the session and flags. A reset removes them. */
export const OWN = `${PERSON_KEY}:`

/** The key of a value that changes with each super property and group: an unchanged stamp saves reading them. */
export const STAMP_KEY = 'stamp'

/** The character in a key before the name: `.` of a super property, `$` of a group. */
export type Kind = '.' | '$'

/**
 * @param bootstrap what the site says of a person who is seen for the first time: the id, and whether it is a known
 * person's
 */
export function createPerson(store: KeyValueStore, newId: () => string, bootstrap: Properties): Person {
  const given = asText(bootstrap.distinctId)
  const id = newId()
  const first = isText(given) && !namesNothing(given) ? given : id
  let state = somebody(bootstrap.isIdentifiedId === true ? id : first, first)
  let seen = ''

  const look = () => `${store.get(PERSON_KEY)} ${store.get(STAMP_KEY)}`
  const keyOf = (rest: string) => `${OWN}${state.anonymousId}:${rest}`

  function save(change?: Partial<PersonState>): void {
    state = { ...state, ...change }
    store.set(
      PERSON_KEY,
      JSON.stringify({ ...state, superProperties: undefined, groups: undefined }, asItIs),
      change?.anonymousId,
    )
  }

  function put(name: string, value?: unknown): void {
    if (value === undefined) store.remove(keyOf(name))
    else store.set(keyOf(name), JSON.stringify(value, asItIs))
    store.set(STAMP_KEY, newId())
  }

  function add(kind: Kind, values: Properties): void {
    if (!Array.isArray(values)) for (const name of Object.keys(values)) put(kind + name, values[name])
  }

  function fresh(): PersonState {
    if (look() === seen) return state
    const record = asRecord(parsed(store, PERSON_KEY)) as Partial<PersonState>
    const kept = isText(record.anonymousId) && isText(record.distinctId) ? record : undefined
    // A site may empty its storage: this page's person is written again then.
    if (!kept) {
      // The person was reset where the next one could not be stored.
      if (store.get(PERSON_KEY)) state = somebody(newId())
      save()
      add('.', state.superProperties)
      add('$', state.groups)
    }
    seen = look()
    state = { ...state, ...kept, superProperties: {}, groups: {} }
    const own = keyOf('')
    for (const key of store.keys()) {
      const values: Properties | undefined = { '.': state.superProperties, $: state.groups }[key[own.length] as Kind]
      if (!key.startsWith(own)) {
        // A tab that did not know yet of a reset has written this key for the person before it.
        if (key.startsWith(OWN)) store.remove(key)
      } else if (values) {
        const value = parsed(store, key)
        if (values !== state.groups || isText(value)) values[key.slice(own.length + 1)] = value
      }
    }
    return state
  }

  fresh()
  return {
    get state() {
      return fresh()
    },
    remove(name) {
      fresh()
      put(`.${name}`)
    },
    changeTo(change) {
      fresh()
      save(change)
    },
    add(kind, values) {
      fresh()
      add(kind, values)
    },
    reset() {
      state = somebody(newId())
      save(state)
      fresh()
    },
    reload() {
      seen = ''
    },
  }
}

/** The parsed value under a key; `undefined` where it is no JSON, or too long: the caller starts anew. */
export function parsed(store: Pick<KeyValueStore, 'get'>, key: string): unknown {
  try {
    const text = store.get(key) ?? ''
    return text.length > MAX_KEPT ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}

/** A person without super properties and groups, who is known if the distinct id is another than the anonymous one. */
function somebody(anonymousId: string, distinctId = anonymousId): PersonState {
  return { distinctId, anonymousId, identified: distinctId !== anonymousId, superProperties: {}, groups: {} }
}
