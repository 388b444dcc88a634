/**
 * The part of a page's client that must be there at once: it takes events, and knows the person and the person's
 * consent. All other calls are passed on to the delivery, which loads meanwhile.
 */

import { copyOf } from '../../core/base/values'
import { SDK_NAME, SDK_VERSION } from '../../core/base/version'
import type { Properties } from '../../core/event/event'
import type { Rules } from '../../core/queue/rules'
import type { FeatureFlags } from '../flags/feature-flags'
import type { Delivery } from '../late/delivery'
import type { Profiles } from '../late/profiles'
import type { Sharing } from '../late/sharing'
import type { Tell } from '../late/told'
import type { PersonClient } from '../person-client'
import type { Ready, ShutdownResult } from '../types'
import { type Capture, createCapture } from './capture'
import type { ClientEvents } from './client-events'
import { type Choice, type Consent, type ConsentedStore, consentedStore, createConsent, type Device } from './consent'
import { createEmitter, type Emitter } from './emitter'
import { createIdentity } from './identity'
import type { CaptureConfig } from './options'
import { cut, eraseOutbox, newOutbox, type Outbox } from './outbox'
import { createPerson, PERSON_KEY, type Person, type PersonState } from './person'
import { createSession } from './session'
import { type Asking, type AtOnce, type Passed, unanswered } from './unanswered'

/** A stored choice that is more than so many ms ahead is from before the clock was set back. */
const AHEAD_MS = 1_000

export interface FrontPorts {
  setup: CaptureConfig
  freshId: () => string
  /** Where the person's choice is kept: on the device, also where nothing else may be. */
  choice: Device
  /** The consent that holds until the person has chosen: see `createConsent`. */
  presumed?: unknown
  /** Whether anything may be stored or sent yet. */
  isBegun?: boolean
  /** Values that are kept across the pages of an origin. */
  kept: Device
  /** Values that are kept across the pages of one tab. */
  tab: Device
  /** What the site knows of the person: a copy of the option `bootstrap`. */
  bootstrap: Properties
  /** Called once, when the client begins to shut down. */
  onClosing?: (() => void) | undefined
  /**
   * Called after each choice. Writes what only memory has, if the person agrees, and changes the stored rules of the queue, in
   * one transaction.
   */
  decide(change: (rules: Rules) => Rules): void
  /** The number of events in the outbox that this page has written to disk. */
  countWritten(): number
  /** Resolves after `ms`. */
  timer(ms: number): Promise<undefined>
}

/** The parts of the front that the delivery works with. */
export interface Front {
  setup: CaptureConfig
  outbox: Outbox
  capture: Capture
  emitter: Emitter<ClientEvents>
  /** Late code replaces its `reset` (docs/mechanisms.md, "What late code replaces"). */
  person: Person
  /** Late code replaces `get`, `set`, `erase` and `optedIn` of it, and `set` and `optedIn` of `tab`. */
  lasting: ConsentedStore
  tab: ConsentedStore
  /** The window's id for each person, by anonymous id: one id for two persons would link the two. */
  windows: Record<string, string | undefined>
  /** The person that this page began with. */
  began: Readonly<PersonState>
  /** Late code replaces all of it but `optedOut`, which reads its `choice`. */
  ofConsent: Consent
  /**
   * Has the person read from storage again, because another tab may have changed it. Absent until the client is
   * connected.
   */
  reload?(): void
  /** The feature flags. Absent until this page has asked about one. */
  flagWork?: Pick<FeatureFlags, 'look'>
  /** Decides whose events make a profile. Absent until its code has loaded. */
  profiles?: Profiles
  /** Captures what describes the person or a group, unless it was told last. Absent until its code has loaded. */
  tell?: Tell
  /**
   * What this tab alone knows of an erasure. An id: the person is erased, and the next one has this anonymous id, in memory. Blank: no
   * erasure holds, because the person agrees, or has refused in this page without one. Absent: this page does not know yet, and
   * takes a refusal in localStorage without a person there for an erasure by an earlier page.
   */
  successor?: string
  /** What the site's subdomains share. Absent unless an option says so, and until its code has loaded. */
  sharing?: Sharing | undefined
  /** The delivery of a client that has begun. Absent until then. */
  courier?: LateDelivery
  /** Called with the courier, once there is one. */
  onCourier?: ((courier: LateDelivery) => void) | undefined
  /** Called after each choice of the person in this page, while nothing may be stored or sent yet. */
  onChoice?: (() => unknown) | undefined
  /** The person's consent and the actions that follow from it. Absent until the client is connected. */
  choices?: Choices
}

export interface Choices {
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
  /** Has the client store on the device what it has had in memory alone. */
  setPersistence(wanted: unknown): Promise<Ready | undefined>
  /**
   * Drops all events that were captured before this refusal, and erases them from the device, unless the person has
   * chosen again since: the stored rules alone say then what is still to be erased.
   */
  erase(refusal: Choice): void
}

/** What answers a client's calls: the delivery, or the answers of a client that may not begin. */
export type Answers = LateDelivery | (AtOnce & { ready: Ready })

export interface FrontParts {
  front: Front
  /**
   * Makes the client. `loaded` resolves once the delivery has loaded; `outcome` gives the result of the latest attempt
   * to load it, which is `undefined` for a failed one.
   */
  connect(loaded: Promise<LateDelivery>, outcome: () => Promise<Answers | undefined>): PersonClient
}

/** Makes the parts of a client that must be there at once. */
// biome-ignore lint/complexity/noExcessiveLinesPerFunction: the parts share the person, the consent and the outbox, and the first load has no room to hand them these by name (`npm run size`).
export function createFront(ports: FrontPorts): FrontParts {
  const { setup: config, freshId: newId } = ports
  const { logs: log, wall, disableGeoip } = config
  const emitter = createEmitter<ClientEvents>(log)
  const outbox = newOutbox(newId())
  const consent = createConsent(ports.choice, wall, ports.presumed)
  const mayWrite = () => !!ports.isBegun && !consent.optedOut
  const kept = consentedStore(ports.kept, mayWrite)
  const tab = consentedStore(ports.tab, mayWrite)
  const person = createPerson(kept, newId, ports.bootstrap)
  const session = createSession(kept, newId)
  const windows: Front['windows'] = { [person.state.anonymousId]: tab.get('window') }
  function windowId(anonymousId: string): string {
    if (!windows[anonymousId]) {
      windows[anonymousId] = newId()
      tab.set('window', windows[anonymousId])
    }
    return windows[anonymousId]
  }
  const capture = createCapture({
    setup: config,
    outbox,
    emitter,
    freshId: newId,
    ofConsent: consent,
    ambient(asked, minimalNames, name, given) {
      const { distinctId, groups, superProperties, anonymousId } = person.state
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

  function connect(loaded: Promise<LateDelivery>, outcome: () => Promise<Answers | undefined>): PersonClient {
    const later = (use: (delivery: LateDelivery) => void) => void loaded.then(use)
    const otherwise = unanswered(() => outbox.count, ports.countWritten)
    const asking = {} as Record<string, unknown>
    for (const name of Object.keys(otherwise) as (keyof (Asking & Passed))[]) {
      asking[name] = async (...given: unknown[]) =>
        (((await outcome()) ?? otherwise)[name] as (...args: unknown[]) => unknown)(...given)
    }
    const identity = createIdentity(front, session, windowId)
    /** Whether the person has opted out with `clear`, here or in another tab: the device holds no person then. */
    const erased = () => !!ports.isBegun && consent.optedOut && !ports.kept.get(PERSON_KEY)

    function eraseAll(): void {
      // First: over a stored person the reset may write `GONE`, which would hide the erasure from other tabs.
      kept.erase()
      tab.erase()
      identity.reset()
      front.successor = person.state.anonymousId
      eraseOutbox(outbox)
      const { choice } = consent
      later(({ erase }) => erase(choice))
    }

    /** @param erase whether all events that were captured before are to be erased */
    function choose(refused: boolean, erase: boolean): void {
      // Events from before the choice and events from after it are judged apart, so they go in different handovers.
      cut(outbox)
      const before = consent.choice
      const wasErased = front.successor ?? (before.refused && !ports.kept.get(PERSON_KEY))
      front.successor ??= ''
      const choice = consent.choose(refused)
      const { at } = choice
      front.onChoice?.()
      ports.decide((rules) => {
        // Where this page's disk was late, another page's later choice may be there. A time that is ahead is from before
        // the clock was set back, and is the earlier one.
        const last = rules.at > at && rules.at < wall() + AHEAD_MS ? rules : choice
        // The person may be back in localStorage after an earlier page has erased it, if the browser was killed before
        // it wrote localStorage to disk.
        if (!last.refused && rules.at > before.at && rules.erase >= rules.at) eraseAll()
        // A page that was closed right after its choice may not have written the rules, so that localStorage alone has
        // the choice. The choice is a turn all the same, and where it was made with `clear`, so that no person is left
        // there, its erasure is still owed. A page that opens under a refusal reads localStorage first.
        const known = before.at > rules.at ? before : rules
        const owed = erase ? at : wasErased && before.at > rules.at ? before.at : 0
        // Like core/queue/chosen.ts; a choice that only localStorage has (`known`) is a turn too.
        return {
          ...rules,
          refused: last.refused,
          at: last.at,
          // A choice that changes nothing is no turn.
          turns: rules.turns.concat(
            known.refused === rules.refused ? [] : known.at,
            known.refused === last.refused ? [] : last.at,
          ),
          // Where the clock was set back, the moment of an earlier erasure may lie ahead of this choice.
          erase: Math.min(last.at, Math.max(owed, rules.erase)),
          eraseOwed: rules.eraseOwed || owed > 0,
        }
      })
    }

    front.choices = { choose, eraseAll, erased }
    front.reload = () => {
      person.reload()
      if (erased() && person.state.anonymousId !== front.successor) eraseAll()
    }

    async function shutdown(timeout?: number): Promise<ShutdownResult> {
      if (!capture.isClosed) ports.onClosing?.()
      capture.isClosed = true
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
        choose(false, false)
        front.successor = ''
      },
      optOut(options) {
        const erase = copyOf(options).clear === true
        if (!ports.isBegun) eraseOutbox(outbox)
        choose(true, erase)
        if (erase) eraseAll()
      },
      isOptOut: () => consent.optedOut,
    }
  }

  const front: Front = {
    setup: config,
    outbox,
    lasting: kept,
    capture,
    person,
    tab,
    emitter,
    windows,
    ofConsent: consent,
    began: person.state,
  }
  return { front, connect }
}
