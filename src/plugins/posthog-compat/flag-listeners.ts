/**
 * The listeners of `onFeatureFlags`: they are told of the flags that are on, and once their flags are of no present
 * person.
 */

import type { FlagState } from './flag-state'
import { type Self, safely } from './self'
import type { PostHogLike } from './types'

type FlagsListener = Parameters<PostHogLike['onFeatureFlags']>[0]

export interface FlagListeners {
  /**
   * Whether a listener is running: a listener that asks about an unknown flag has waited for flags, and is not told to
   * wait.
   */
  isTelling(): boolean
  /** Adds a listener, which hears at once of flags that are known. */
  onFeatureFlags: PostHogLike['onFeatureFlags']
  tell(errorsLoading?: boolean): void
  /** Tells listeners that no flags are known, if they were told of some. */
  tellIfGone(): void
}

export function createFlagListeners(self: Self, state: FlagState): FlagListeners {
  const listeners = new Set<FlagsListener>()
  /** Whether listeners have last heard of flags that were known. */
  let isTold = false
  let isTelling = false

  function hand(listener: FlagsListener, ...given: Parameters<FlagsListener>): void {
    const wasTelling = isTelling
    isTelling = true
    safely(() => listener(...given), 'a listener of onFeatureFlags')
    isTelling = wasTelling
  }

  function tell(errorsLoading = false): void {
    const values = state.active()
    const names = Object.keys(values)
    isTold = state.known()
    for (const listener of listeners) hand(listener, names, values, { errorsLoading })
  }

  return {
    isTelling: () => isTelling,
    onFeatureFlags(listener) {
      listeners.add(listener)
      if (self.client && state.known()) {
        const values = state.active()
        isTold = true
        hand(listener, Object.keys(values), values)
      }
      return () => listeners.delete(listener)
    },
    tell,
    tellIfGone() {
      if (isTold && !state.known()) tell()
    },
  }
}
