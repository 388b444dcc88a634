import { GONE, type KeyValueStore } from '../../client/first/person'

/** The prefix of every key that outlast writes into localStorage and sessionStorage. */
export const STORAGE_PREFIX = 'outlast:'

export type StorageKind = 'localStorage' | 'sessionStorage'

/**
 * A part of localStorage or sessionStorage, backed by memory. Values that cannot be written, because the storage is
 * full or denied (opaque origins throw on reading the property itself), last as long as the page, and one warning says
 * so. Without a `kind`, for `persistence: 'memory'`, all values last as long as the page.
 */
export function webStorage(
  kind: StorageKind | undefined,
  namespace: string,
  warnOf: (key: 'storage', kind: string, error: unknown) => void,
): KeyValueStore {
  const storage = kind && openStorage(kind)
  const prefix = `${STORAGE_PREFIX}${namespace}:`
  let warned = false
  /**
   * Values that could not be written. Each counts in place of the stored value `over` until another tab changes that.
   */
  const memory = new Map<string, { value: string; over: string | undefined }>()
  function get(key: string): string | undefined {
    try {
      return storage?.getItem(prefix + key) ?? undefined
    } catch {
      // A damaged profile, as in Firefox's NS_ERROR_FILE_CORRUPTED, counts as having no value: the caller makes a new
      // one.
      return undefined
    }
  }
  /** Whether the storage is there and has done it. */
  function did(work: (storage: Storage) => void): boolean {
    try {
      if (storage) work(storage)
      return Boolean(storage)
    } catch (error) {
      if (!warned) warnOf('storage', kind as StorageKind, error)
      warned = true
      return false
    }
  }
  const write = (key: string, value: string) => did((storage) => storage.setItem(prefix + key, value))
  return {
    get(key) {
      const stored = get(key)
      const unwritten = memory.get(key)
      return unwritten && unwritten.over === stored ? unwritten.value : stored
    },
    set(key, value) {
      memory.delete(key)
      if (write(key, value)) return
      // Other pages must not take the outdated value for this one.
      if (get(key)) write(key, GONE)
      memory.set(key, { value, over: get(key) })
    },
    remove(key) {
      memory.delete(key)
      did((storage) => storage.removeItem(prefix + key))
    },
    keys() {
      const keys = [...memory.keys()]
      try {
        for (const key of Object.keys(storage ?? {})) if (key.startsWith(prefix)) keys.push(key.slice(prefix.length))
      } catch {
        // A damaged profile has no keys that can be read.
      }
      return keys
    },
  }
}

/** The storage, or `undefined` where it is denied, or replaced by an object that cannot be read. */
export function openStorage(kind: StorageKind): Storage | undefined {
  try {
    const storage = window[kind] ?? undefined
    storage?.getItem(STORAGE_PREFIX)
    return storage
  } catch {
    return undefined
  }
}
