/**
 * The part of a page's client that must be there at once: it takes events, and knows the person and the person's
 * consent. All other calls are passed on to the delivery, which loads meanwhile.
 */

import { asRecord } from '../../core/base/values'
import { SDK_NAME, SDK_VERSION } from '../../core/base/version'
import type { Properties } from '../../core/event/event'
import type { Rules } from '../../core/queue/rules'
import type { FeatureFlags } from '../flags/feature-flags'
import type { Delivery } from '../late/delivery'
import type { Profiles } from '../late/profiles'
import type { Tell } from '../late/told'
import type { PersonClient } from '../person-client'
import type { OutlastEvents, ShutdownResult } from '../types'
import { type Capture, createCapture } from './capture'
import { type Choice, type Consent, type ConsentedStore, consentedStore, createConsent } from './consent'
import { createEmitter, type Emitter } from './emitter'
import { createIdentity } from './identity'
import type { CaptureConfig } from './options'
import { cut, eraseOutbox, newOutbox, type Outbox } from './outbox'
import { createPerson, type KeyValueStore, PERSON_KEY, type Person } from './person'
import { createSession } from './session'
import { type Asking, type Passed, unanswered } from './unanswered'

export interface FrontPorts {
  config: CaptureConfig
  newId: () => string
  /** Values that are kept across the pages of an origin. */
  kept: KeyValueStore
  /** Values that are kept across the pages of one tab. */
  tab: KeyValueStore
  /** What the site knows of the person: a copy of the option `bootstrap`. */
  bootstrap: Properties
  /** Called once, when the client begins to shut down. */
  onClosing?: (() => void) | undefined
  /** Changes the stored rules of the queue, in one transaction. */
  decide(change: (rules: Rules) => Rules): void
  /** The number of events in the outbox that this page has written to disk. */
  countWritten(): number
  /** Resolves after `ms`. */
  timer(ms: number): Promise<undefined>
}

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

/** Gives what is added to the event that was made with these properties, the first of `Preparing`. */
export type Adding = (made: object) => Addition | undefined

export interface ClientEvents extends OutlastEvents {
  /** Not for minimal events, nor for those that were assembled elsewhere: nothing is added to these. */
  event: Preparing
  /** Asked once, when the late code begins: listeners push what adds to the events so far, and may still have to load. */
  adding: Promise<Adding>[]
}

/** The `on` of a client. Its public type names the events for sites alone. */
export type ClientOn = Emitter<ClientEvents>['on']

/** The parts of the front that the delivery works with. */
export interface Front {
  config: CaptureConfig
  outbox: Outbox
  capture: Capture
  emitter: Emitter<ClientEvents>
  person: Person
  kept: ConsentedStore
  tab: ConsentedStore
  /** The window's id for each person, by anonymous id: who comes after a reset is not known by the window either. */
  windows: Record<string, string | undefined>
  optedOut(): boolean
  /**
   * Has the person read from storage again, because another tab may have changed it. Absent until the client is
   * connected.
   */
  reload?(): void
  /** The feature flags. Absent until this page has asked about one. */
  flagWork?: Pick<FeatureFlags, 'look'>
  /** Whose events make a profile. Absent until its code has loaded. */
  profiles?: Profiles
  /** Captures what describes the person or a group, unless it was told last. Absent until its code has loaded. */
  tell?: Tell
  /** The person's consent and the actions that follow from it. Absent until the client is connected. */
  choices?: Choices
}

export interface Choices {
  consent: Consent
  /** Records a choice and makes it durable. With `clear`, all events that were captured before are to be erased. */
  choose(refused: boolean, erase: boolean): void
  /** Erases the person from the device, and the person's events from outbox and queue. */
  eraseAll(): void
  /** Whether the person has opted out with `clear`, so that the device no longer knows the person. */
  erased(): boolean
}

export interface LateDelivery extends Delivery {
  /** Starts to receive the hosts' reports, because the client has a listener. */
  listen(): void
  /** Switches debug messages on or off. */
  debug(on?: boolean): Promise<void>
  /**
   * Drops all events that were captured before this refusal, and erases them from the device, unless the person has
   * chosen again since: the stored rules alone say then what is still to be erased.
   */
  erase(refusal: Choice): void
}

export interface FrontParts {
  front: Front
  /**
   * Makes the client. `loaded` resolves once the delivery has loaded; `outcome` gives the result of the latest attempt
   * to load it, which is `undefined` for a failed one.
   */
  connect(loaded: Promise<LateDelivery>, outcome: () => Promise<LateDelivery | undefined>): PersonClient
}

/**
 * One function in spite of its length: the parts of a client share the person, the consent and the outbox. Taken apart
 * they would be handed these by name, for which the first load has no room (`npm run size`).
 */
export function createFront(ports: FrontPorts): FrontParts {
  const { config, newId } = ports
  const { log, wall, disableGeoip } = config
  const emitter = createEmitter<ClientEvents>(log)
  const outbox = newOutbox(newId())
  const consent = createConsent(ports.kept, wall)
  const kept = consentedStore(ports.kept, consent)
  const tab = consentedStore(ports.tab, consent)
  const person = createPerson(kept, newId, ports.bootstrap)
  const session = createSession(kept, newId)
  const optedOut = () => consent.optedOut
  const windows: Front['windows'] = { [person.state.anonymousId]: tab.get('window') }
  function windowId(anonymousId: string): string {
    let id = windows[anonymousId]
    if (!id) {
      id = newId()
      windows[anonymousId] = id
      tab.set('window', id)
    }
    return id
  }
  const capture = createCapture({
    config,
    outbox,
    emitter,
    newId,
    consent,
    ambient(asked, minimalNames, name, given) {
      const { anonymousId, distinctId, groups, superProperties } = person.state
      const properties: Properties = {
        $lib: SDK_NAME,
        $lib_version: SDK_VERSION,
        $session_id: session.id(anonymousId, wall(), true),
        $window_id: windowId(anonymousId),
        ...(disableGeoip && { $geoip_disable: true }),
        ...(Object.keys(groups)[0] && { $groups: groups }),
      }
      if (!minimalNames) emitter.emit('event', [properties, name, given, asked, config.mask, kept, tab])
      for (const name of Object.keys(superProperties)) {
        if (!minimalNames || minimalNames.test(name)) properties[name] = superProperties[name]
      }
      return { distinctId: asked ?? distinctId, properties }
    },
  })

  function connect(loaded: Promise<LateDelivery>, outcome: () => Promise<LateDelivery | undefined>): PersonClient {
    const later = (use: (delivery: LateDelivery) => void) => void loaded.then(use)
    const otherwise = unanswered(() => outbox.count, ports.countWritten)
    const asking = {} as Record<string, unknown>
    for (const name of Object.keys(otherwise) as (keyof (Asking & Passed))[]) {
      asking[name] = async (...given: unknown[]) =>
        (((await outcome()) ?? otherwise)[name] as (...args: unknown[]) => unknown)(...given)
    }
    const identity = createIdentity(front, session, windowId)
    /** Whether the person has opted out with `clear`, here or in another tab: the device holds no person then. */
    const erased = () => consent.optedOut && !ports.kept.get(PERSON_KEY)
    /**
     * The anonymous id, in this tab's memory alone, of the person that follows an erased one; blank if there is none.
     */
    let successor = erased() ? person.state.anonymousId : ''

    function eraseAll(): void {
      identity.reset()
      successor = person.state.anonymousId
      for (const store of [kept, tab]) store.erase()
      eraseOutbox(outbox)
      const { choice } = consent
      later(({ erase }) => erase(choice))
    }

    /** @param erase whether all events that were captured before are to be erased */
    function choose(refused: boolean, erase: boolean): void {
      // Events from before the choice and events from after it are judged apart, so they go in different handovers.
      cut(outbox)
      const before = consent.choice
      const wasErased = successor
      const choice = consent.choose(refused)
      const { at } = choice
      ports.decide((rules) => {
        // The person may be back in localStorage after an earlier page has erased it, if the browser was killed before
        // it wrote localStorage to disk.
        if (!refused && rules.at > before.at && rules.erase >= rules.at) eraseAll()
        // A page that was closed right after its choice may not have written it, so that localStorage alone knows of it:
        // it is a turn all the same, and where it was made with `clear`, its erasure is still owed.
        const known = before.at > rules.at ? before : rules
        const owed = erase ? at : wasErased && known === before ? before.at : 0
        // As core/queue/chosen.ts says.
        return {
          ...rules,
          ...choice,
          // A choice that changes nothing is no turn.
          turns: [
            ...rules.turns,
            ...(known.refused === rules.refused ? [] : [known.at]),
            ...(known.refused === refused ? [] : [at]),
          ],
          // Where the clock was set back, the moment of an earlier erasure may lie ahead of this choice.
          erase: Math.min(at, Math.max(owed, rules.erase)),
          eraseOwed: rules.eraseOwed || owed > 0,
        }
      })
    }

    front.choices = { consent, choose, eraseAll, erased }
    front.reload = () => {
      person.reload()
      if (erased() && person.state.anonymousId !== successor) eraseAll()
    }

    async function shutdown(timeout?: number): Promise<ShutdownResult> {
      if (!capture.closed) ports.onClosing?.()
      capture.closed = true
      const startedAt = wall()
      const limit = typeof timeout === 'number' && timeout >= 0 ? ports.timer(timeout) : outcome()
      const delivery = await Promise.race([outcome(), limit])
      return (delivery ?? otherwise).shutdown(timeout, Math.abs(wall() - startedAt))
    }

    return {
      ...(asking as unknown as Asking & Passed),
      ...identity,
      ...capture.methods,
      // Where no host could be reached, this page's memory is all there is.
      ready: outcome().then((delivery) => delivery?.ready ?? { host: 'memory', storage: 'memory' }),
      shutdown,
      onFeatureFlags(listener) {
        const off = loaded.then(({ onFeatureFlags }) => onFeatureFlags(listener))
        return () => void off.then((end) => end())
      },
      on(name, listener) {
        later(({ listen }) => listen())
        return emitter.on(name, listener)
      },
      optIn() {
        // Another tab may have erased the person that this tab still knows.
        front.reload?.()
        kept.optedIn()
        tab.optedIn()
        choose(false, false)
        successor = ''
      },
      optOut(options) {
        const erase = asRecord(options).clear === true
        choose(true, erase)
        if (erase) eraseAll()
      },
      isOptOut: optedOut,
    }
  }

  const front: Front = {
    config,
    outbox,
    capture,
    emitter,
    person,
    kept,
    tab,
    windows,
    optedOut,
  }
  return { front, connect }
}
