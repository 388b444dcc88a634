/** The listeners of `onFeatureFlags`. */

import type { FlagSet, FlagValue } from './flag-answer'

export type FlagListener = (flags: Record<string, FlagValue>) => void

export interface FlagListeners {
  /** Returns a function that removes the listener. */
  add(listener: FlagListener): () => void
  tell(flags: FlagSet['flags'], to?: Iterable<FlagListener>): void
}

/** @param warn told of a listener that throws, which keeps no other from hearing */
export function createFlagListeners(warn: (message: string) => void): FlagListeners {
  const listeners = new Set<FlagListener>()
  return {
    add(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    tell(flags, to = listeners) {
      for (const listener of to) {
        try {
          listener(valuesOf(flags))
        } catch (error) {
          warn(`a listener of onFeatureFlags threw: ${String(error)}`)
        }
      }
    },
  }
}

export const valuesOf = (flags: FlagSet['flags']): Record<string, FlagValue> =>
  Object.fromEntries(Object.entries(flags).map(([key, { value }]) => [key, value]))
