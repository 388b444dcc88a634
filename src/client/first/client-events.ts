/** The events of a client: those that its site hears, and those by which its own parts add to an event. */

import type { Properties } from '../../core/event/event'
import type { OutlastEvents } from '../event-types'
import type { Emitter } from './emitter'
import type { KeyValueStore } from './person'

/**
 * What is emitted for each event that the client makes itself, before the event has super properties and the caller's
 * own, which win. Listeners add to `properties`. A list, because plugins of another build listen too, and each build
 * shortens names of properties in its own way.
 */
export type Preparing = [
  properties: Properties,
  /** The event's name. */
  name: string,
  /** The caller's own properties. */
  given: unknown,
  /** The distinct id that the caller asked for, if any. */
  asked: string | undefined,
  /** The option, as the site gave it. */
  mask: unknown,
  /** The store that outlasts the page, for all pages of the origin. */
  kept: KeyValueStore,
  /** The store that outlasts the page, for the pages of this tab. */
  tab: KeyValueStore,
]

/**
 * What is added to an event after it was made: its properties, and what is said of the person once. By position, as
 * above.
 */
export type Addition = [properties: Properties, once: Properties | undefined]

/**
 * Gives what is added to an event that was made before.
 *
 * @param made the properties that the event was made with, the first of `Preparing`
 * @param now the properties that it has by now: others where the page goes on with a person who was known before
 */
export type Adding = (made: object, now: Properties) => Addition | undefined

export interface ClientEvents extends OutlastEvents {
  /** Emitted for no minimal event, nor for one that was assembled elsewhere: nothing is added to these. */
  event: Preparing
  /**
   * Emitted once, when the late code begins: listeners push what adds to the events so far, which may still have to
   * load.
   */
  adding: Promise<Adding>[]
}

/** The `on` of a client. Its public type names the events for sites alone. */
export type ClientOn = Emitter<ClientEvents>['on']
