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

export interface Person {
  /** The ambient distinct id: the anonymous one until `identify`. */
  readonly distinctId: string
  readonly anonymousId: string
  readonly identified: boolean
  /** Super properties, added to every event. */
  readonly superProperties: Properties
  identify(distinctId: string): void
  register(properties: Properties): void
  unregister(name: string): void
  /** Group type to group key, sent as `$groups`. */
  readonly groups: Record<string, string>
  group(type: string, key: string): void
  /** A new anonymous person without super properties and groups. */
  reset(): void
  /** Reads again what another tab may have changed. */
  reload(): void
}

interface State {
  anonymousId: string
  distinctId: string
  identified: boolean
  superProperties: Properties
  groups: Record<string, string>
}

const KEY = 'person'

export function createPerson(store: KeyValueStore, newId: () => string, bootstrapId: string | undefined): Person {
  const stored = parse(store.get(KEY))
  let state: State = stored ?? fresh(bootstrapId)
  if (!stored) save()

  function fresh(id: string | undefined): State {
    const anonymousId = id ?? newId()
    return { anonymousId, distinctId: anonymousId, identified: false, superProperties: {}, groups: {} }
  }

  function save(): void {
    store.set(KEY, JSON.stringify(state))
  }

  return {
    get distinctId() {
      return state.distinctId
    },
    get anonymousId() {
      return state.anonymousId
    },
    get identified() {
      return state.identified
    },
    get superProperties() {
      return state.superProperties
    },
    identify(distinctId) {
      state = { ...state, distinctId, identified: true }
      save()
    },
    register(properties) {
      state = { ...state, superProperties: { ...state.superProperties, ...properties } }
      save()
    },
    unregister(name) {
      const { [name]: _, ...superProperties } = state.superProperties
      state = { ...state, superProperties }
      save()
    },
    get groups() {
      return state.groups
    },
    group(type, key) {
      state = { ...state, groups: { ...state.groups, [type]: key } }
      save()
    },
    reset() {
      state = fresh(undefined)
      save()
    },
    reload() {
      state = parse(store.get(KEY)) ?? state
    },
  }
}

/** Corrupt values are ignored: a new person is better than none. */
function parse(text: string | undefined): State | undefined {
  if (text === undefined) return undefined
  let raw: unknown
  try {
    raw = JSON.parse(text)
  } catch {
    return undefined
  }
  const { anonymousId, distinctId, identified, superProperties, groups } = asRecord(raw)
  if (typeof anonymousId !== 'string' || typeof distinctId !== 'string' || !anonymousId || !distinctId) return undefined
  return {
    anonymousId,
    distinctId,
    identified: identified === true,
    superProperties: { ...asRecord(superProperties) },
    groups: { ...asRecord(groups) } as Record<string, string>,
  }
}
