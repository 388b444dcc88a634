import type { Identity } from './first/identity'
import type { CommonClient } from './types'

/** A client that knows whom it observes, and whether it may. */
export interface PersonClient extends CommonClient, Identity {
  /** Records that the person may be observed (again). The choice is kept, and holds in all tabs. */
  optIn(): void
  /**
   * Records that the person may not be observed: later events are not captured. The choice is kept, and holds in all
   * tabs. Events that were captured before are still delivered, unless `clear` is true: then pending events are dropped
   * as `opted_out`, and identity, session and super properties are erased from the device. `clear` is `false` by
   * default.
   *
   * @example
   * outlast.optOut({ clear: true })
   */
  optOut(options?: { clear?: boolean }): void
  /** Whether the person has opted out, in this tab or in another one. */
  isOptOut(): boolean
  /** Turns the debug messages about each event on or off. `on` is `true` by default. */
  debug(on?: boolean): void
}
