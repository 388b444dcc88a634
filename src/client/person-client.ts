import type { Identity } from './first/identity'
import type { CommonClient } from './types'

/** A client that knows whom it observes, and whether it may. */
export interface PersonClient extends CommonClient, Identity {
  /** Allows observing again. The choice is kept across pages. */
  optIn(): void
  /**
   * Stops observing: later events are not even made. What was captured under consent before is still delivered, unless
   * `clear` also drops it and wipes identity, session and super properties from the device. The choice is kept.
   */
  optOut(options?: { clear?: boolean }): void
  isOptOut(): boolean
  /** Logs what happens to each event, or no longer. Without an argument: logs. */
  debug(on?: boolean): void
}
