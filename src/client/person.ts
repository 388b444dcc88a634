/** Who is being observed, and what is added to each of their events: kept across page loads (protocol.md §9). */

import type { Properties } from '../core/event'
import { asRecord } from '../core/values'

/** Strings by key. Never throws; where nothing can be stored it forgets with the page. */
export interface KeyValueStore {
  get(key: string): string | undefined
  set(key: string, value: string): void
  remove(key: string): void
}

/** Where a person's feature flags are kept. Said here, because who forgets the person may not have loaded their code. */
export const FLAGS_KEY = 'flags'

export interface PersonState {
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
  readonly state: Readonly<PersonState>
  update(change: Partial<PersonState>): void
  /** A new anonymous person without super properties and groups. */
  reset(): void
  /** Reads again what another tab may have changed. */
  reload(): void
}

/** Where a person is kept: absent once they are forgotten. */
export const PERSON_KEY = 'person'

export function createPerson(store: KeyValueStore, newId: () => string, bootstrapId: string | undefined): Person {
  const person = {
    state: {} as PersonState,
    update(change: Partial<PersonState>) {
      person.state = { ...person.state, ...change }
      store.set(PERSON_KEY, JSON.stringify(person.state))
    },
    reset: () => begin(newId()),
    reload() {
      person.state = parse(stored(store, PERSON_KEY)) ?? person.state
    },
  }
  const begin = (id: string) =>
    person.update({ anonymousId: id, distinctId: id, identified: false, superProperties: {}, groups: {} })

  person.reload()
  if (!person.state.distinctId) begin(bootstrapId ?? newId())
  return person
}

/** What is longer than the largest event would make every event too large. */
const MAX_KEPT = 1_000_000

/** What is kept under a key; nothing where it is not ours or was cut short: a new start is better than none. */
export function stored(store: KeyValueStore, key: string): Record<string, unknown> {
  try {
    const text = store.get(key) ?? ''
    return text.length > MAX_KEPT ? {} : asRecord(JSON.parse(text))
  } catch {
    return {}
  }
}

function parse({ anonymousId, distinctId, identified, ...rest }: Record<string, unknown>): PersonState | undefined {
  if (typeof anonymousId !== 'string' || typeof distinctId !== 'string' || !anonymousId || !distinctId) return undefined
  return {
    anonymousId,
    distinctId,
    identified: identified === true,
    superProperties: Array.isArray(rest.superProperties) ? {} : { ...asRecord(rest.superProperties) },
    groups: Object.fromEntries(Object.entries(asRecord(rest.groups)).filter(isGroup)),
  }
}

const isGroup = (entry: [string, unknown]): entry is [string, string] => typeof entry[1] === 'string'
