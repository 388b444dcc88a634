import type { PropertyBag } from '../core/event/event'
import type { Identity } from './first/identity'
import type { CommonClient, Ready } from './types'

/** A client that knows whom it observes, and whether it may. */
export interface PersonClient extends CommonClient, Identity {
  /**
   * Records that the person may be observed (again). The choice is kept, and holds in all tabs.
   *
   * @example
   * banner.onAccept = () => outlast.optIn()
   */
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
  /**
   * Whether the person has opted out, in this tab, in another one or on an earlier page. Before the person has chosen,
   * it is `true` with `consent: 'denied'`, and `false` with any other. While `respectDnt` or `respectGpc` heeds the
   * browser it is `true` as well, once the library's late code has loaded.
   *
   * @example
   * checkbox.checked = !outlast.isOptOut()
   */
  isOptOut(): boolean
  /**
   * Sets properties of the person by which feature flags are evaluated, besides those that the server knows, and loads
   * the flags again if this page has asked about one. What `identify` and `setPersonProperties` set is among them
   * anyway. They are kept until `reset`, for this person alone, and go with no event.
   *
   * @example
   * await outlast.setPersonPropertiesForFlags({ plan: 'pro' })
   */
  setPersonPropertiesForFlags(properties: PropertyBag): Promise<void>
  /**
   * Forgets the properties of the person by which flags are evaluated, those of `identify` too, and loads the flags
   * again if this page has asked about one. What the server knows of the person still counts.
   *
   * @example
   * await outlast.resetPersonPropertiesForFlags()
   */
  resetPersonPropertiesForFlags(): Promise<void>
  /**
   * Sets properties of the person's groups by which feature flags are evaluated, by group type, as
   * `setPersonPropertiesForFlags` does for the person. They hold for the group that the person is in.
   *
   * @example
   * await outlast.setGroupPropertiesForFlags({ company: { employees: 11 } })
   */
  setGroupPropertiesForFlags(properties: Record<string, PropertyBag>): Promise<void>
  /**
   * Forgets the properties of groups by which flags are evaluated, and loads the flags again if this page has asked
   * about one.
   *
   * @param type the type of the groups. Default all types
   * @example
   * await outlast.resetGroupPropertiesForFlags('company')
   */
  resetGroupPropertiesForFlags(type?: string): Promise<void>
  /**
   * Turns the debug messages about each event on or off, as soon as the code that loads after the page's first code is
   * there. `on` is `true` by default.
   *
   * @example
   * outlast.debug()
   */
  debug(on?: boolean): void
  /**
   * Has a client with `persistence: 'memory'` store from now on, as one with `'auto'` does: the person, or the person
   * whom the device knows from earlier unless the page has reset its own, and every event that is not delivered yet.
   * Each of these is delivered once, but for one whose request is under way now: its copy has the same `uuid`. The next
   * page needs the option `persistence: 'auto'` of `init`.
   *
   * Does nothing, with a warning, while the person has refused or has not consented yet, with `cookieless: true`, and
   * for any value but `'auto'`: `optOut({ clear: true })` removes what is on the device.
   *
   * @returns what keeps the events from now on; `undefined` while nothing does, because the library's late code has not
   * loaded: call it again later
   * @example
   * banner.onAccept = async () => {
   *   const { storage } = (await outlast.setPersistence('auto')) ?? {}
   * }
   */
  setPersistence(persistence: 'auto'): Promise<Ready | undefined>
}
