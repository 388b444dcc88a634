/** localStorage and sessionStorage, in parts by a prefix, without a throw. */

import type { Device } from '../../client/first/consent'

/** The prefix of every key that outlast writes into localStorage and sessionStorage. */
export const STORAGE_PREFIX = 'outlast:'

export type StorageKind = 'localStorage' | 'sessionStorage'

/**
 * A part of localStorage or sessionStorage. Where the storage is full or denied (opaque origins throw on reading the
 * property itself), one warning says so. Without a `kind`, for `persistence: 'memory'`, it holds nothing.
 *
 * @param namespace what the keys begin with, after `STORAGE_PREFIX`: the project token and `:`. Earlier versions had a
 * space there, the host and `:`
 */
export function webStorage(
  kind: StorageKind | false | undefined,
  namespace: string,
  warnOf: (key: 'storage', kind: string, error: unknown) => void,
): Device {
  const storage = kind && openStorage(kind)
  const prefix = STORAGE_PREFIX + namespace
  let warned = false
  /**
   * Gives the result of `work`; `undefined` where the storage is not there or fails, as that of a damaged profile does.
   */
  function of<Result>(work: (storage: Storage) => Result): Result | undefined {
    try {
      return storage ? work(storage) : undefined
    } catch (error) {
      if (!warned) warnOf('storage', kind as StorageKind, error)
      warned = true
      return undefined
    }
  }
  return {
    get: (key) => of((storage) => storage.getItem(prefix + key)) ?? undefined,
    remove: (key) => of((storage) => storage.removeItem(prefix + key)),
    keys: () =>
      of((storage) =>
        Object.keys(storage).flatMap((key) => (key.startsWith(prefix) ? key.slice(prefix.length) : [])),
      ) ?? [],
    set: (key, value) =>
      of((storage) => {
        storage.setItem(prefix + key, value)
        return true
      }),
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
