/** The events of a client: those that its site hears, and those by which its own parts add to an event. */

import type { Properties } from '../../core/event/event'
import type { OutlastEvents } from '../event-types'
import type { Emitter } from './emitter'
import type { KeyValueStore } from './person'

/**
 * What is emitted for each event of the client's own before it has super properties and those of the caller, which win.
 * Listeners add properties, and find out where values are kept. By position: other builds listen too.
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
  kept: KeyValueStore,
  tab: KeyValueStore,
]

/** What is added to an event after it was made: its properties, and what is said of the person once. By position, as above. */
export type Addition = [properties: Properties, once: Properties | undefined]

/**
 * Gives what is added to the event that was made with these properties, the first of `Preparing`. It has others by now where the page goes
 * on with a person who was known before.
 */
export type Adding = (made: object, now: Properties) => Addition | undefined

export interface ClientEvents extends OutlastEvents {
  /** Not for minimal events, nor for those that were assembled elsewhere: nothing is added to these. */
  event: Preparing
  /** Asked once, when the late code begins: listeners push what adds to the events so far, and may still have to load. */
  adding: Promise<Adding>[]
}

/** The `on` of a client. Its public type names the events for sites alone. */
export type ClientOn = Emitter<ClientEvents>['on']
