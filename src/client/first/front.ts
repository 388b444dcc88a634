/**
 * All of a page's client that must be there at once: it takes events, knows whose they are, and whether it may. What it
 * is asked besides is passed on to a delivery that loads meanwhile.
 */

import { asRecord } from '../../core/base/values'
import { SDK_NAME, SDK_VERSION } from '../../core/base/version'
import type { Properties } from '../../core/event/event'
import type { Rules } from '../../core/queue/rules'
import type { Delivery } from '../late/delivery'
import type { PersonClient } from '../person-client'
import type { OutlastEvents, Ready, ShutdownResult } from '../types'
import { type Capture, createCapture } from './capture'
import { type Consent, type ConsentedStore, consentedStore, createConsent } from './consent'
import { createEmitter, type Emitter } from './emitter'
import { createIdentity } from './identity'
import type { CaptureConfig } from './options'
import { clear, cut, newOutbox, type Outbox } from './outbox'
import { createPerson, FLAGS_KEY, type KeyValueStore, PERSON_KEY, type Person } from './person'
import { createSession } from './session'
import { type Asking, unanswered } from './unanswered'

export interface FrontPorts {
  config: CaptureConfig
  newId: () => string
  /** Kept across pages, and across a tab's pages. */
  kept: KeyValueStore
  tab: KeyValueStore
  bootstrapId: string | undefined
  /** Called once, as soon as the client is told to shut down. */
  onClosing(): void
  /** Added to every event, before the person's super properties. */
  surroundings(): Properties
  /** Makes what is decided about the queue durable, in one step on what is stored. */
  decide(change: (rules: Rules) => Rules): void
  /** How many events of the outbox this page has put on disk. */
  written(): number
  /** Resolves after so many ms. */
  timer(ms: number): Promise<undefined>
}

/** What the delivery takes over from. */
export interface Front {
  config: CaptureConfig
  outbox: Outbox
  capture: Capture
  emitter: Emitter<OutlastEvents>
  person: Person
  kept: ConsentedStore
  optedOut(): boolean
  /** Reads again what another tab may have changed. */
  reload(): void
  /** What the person chose, and what follows from it. Absent until the client is connected. */
  choices?: Choices
}

export interface Choices {
  consent: Consent
  choose(refused: boolean, clear: boolean): void
  /** Wipes the person from the device, and what they did from the queue. */
  forget(): void
  /** Whether the person opted out with `clear`: the device no longer knows them then. */
  cleared(): boolean
}

export interface LateDelivery extends Delivery {
  /** Somebody listens, so hosts' reports are wanted. */
  listen(): void
  /** Logs every report. */
  reportToLog(): void
  /** Drops everything that was captured before that moment: nothing of it is left on the device. */
  purge(before: number): void
}

export interface FrontParts {
  front: Front
  /** The client, with what delivers: once it has loaded, and at the first outcome of loading it. */
  connect(loaded: Promise<LateDelivery>, outcome: () => Promise<LateDelivery | undefined>): PersonClient
}

export function createFront(ports: FrontPorts): FrontParts {
  const { config, newId } = ports
  const { log, wall, disableGeoip } = config
  const emitter = createEmitter<OutlastEvents>(log)
  const outbox = newOutbox(newId())
  const consent = createConsent(ports.kept)
  const kept = consentedStore(ports.kept, consent)
  const tab = consentedStore(ports.tab, consent)
  const person = createPerson(kept, newId, ports.bootstrapId)
  const session = createSession(kept, newId)
  const optedOut = () => consent.optedOut
  let windowId = ''
  const newWindow = (id: string) => {
    windowId = id
    tab.set('window', id)
  }
  newWindow(tab.get('window') ?? newId())

  const capture = createCapture({
    config,
    outbox,
    emitter,
    newId,
    optedOut,
    ambient({ distinctId, minimalNames }) {
      const { anonymousId, distinctId: own, groups, superProperties } = person.state
      const properties: Properties = {
        $lib: SDK_NAME,
        $lib_version: SDK_VERSION,
        ...(minimalNames ? {} : ports.surroundings()),
        $session_id: session.id(anonymousId, wall()),
        $window_id: windowId,
        ...(disableGeoip && { $geoip_disable: true }),
        ...(Object.keys(groups).length > 0 && { $groups: groups }),
      }
      for (const name of Object.keys(superProperties)) {
        if (!minimalNames || minimalNames.test(name)) properties[name] = superProperties[name]
      }
      return { distinctId: distinctId ?? own, properties }
    },
  })

  function connect(loaded: Promise<LateDelivery>, outcome: () => Promise<LateDelivery | undefined>): PersonClient {
    const later = (use: (delivery: LateDelivery) => void) => void loaded.then(use)
    const ofFlags: Delivery['ofFlags'] = (use) => later((delivery) => delivery.ofFlags(use))
    const otherwise = unanswered(() => outbox.count, ports.written)
    const asking = {} as Record<string, unknown>
    for (const name of Object.keys(otherwise) as (keyof Asking)[]) {
      asking[name] = async (...given: unknown[]) => {
        const delivery = (await outcome()) ?? otherwise
        return (delivery[name] as (...args: unknown[]) => unknown)(...given)
      }
    }
    const identity = createIdentity({
      person,
      session,
      wall,
      log,
      capture: capture.methods.capture,
      // As posthog-js does: a flag may be another for whoever this is now.
      onChange: () => ofFlags((flags) => void flags.reload()),
      onReset() {
        kept.remove(FLAGS_KEY)
        ofFlags((flags) => flags.forget())
      },
    })
    const debug = (on = true) => {
      log.setDebug(on)
      if (on) later(({ reportToLog }) => reportToLog())
    }
    if (config.debug) debug()

    /** Whether the person opted out with `clear`, here or in another tab: the device no longer knows them then. */
    const cleared = () => consent.optedOut && ports.kept.get(PERSON_KEY) === undefined
    /** Who came after a person that was forgotten, in this tab's memory alone. */
    let successor = cleared() ? person.state.anonymousId : ''

    function forget(): void {
      identity.reset()
      successor = person.state.anonymousId
      newWindow(newId())
      for (const store of [kept, tab]) store.clear()
      clear(outbox)
      ofFlags((flags) => flags.stop())
      later(({ purge }) => {
        // Once the person has opted in again, what was before is erased as the disk says it is to be.
        if (consent.optedOut) purge(consent.choice.at)
      })
    }

    /** @param clear everything that was captured before is to go */
    function choose(refused: boolean, clear: boolean): void {
      // What was captured before and what is captured after are judged apart.
      cut(outbox)
      const now = wall()
      const before = consent.choice
      const wasCleared = cleared()
      // What was captured in this very millisecond was captured before.
      const { at } = consent.choose(refused, refused ? now + 1 : now)
      ports.decide((rules) => {
        // Erased on an earlier page, the person may be back: a killed browser has not written out all of localStorage.
        if (!refused && rules.at > before.at && rules.erase >= rules.at) forget()
        // A page that was closed right after such a choice may not have come to write it down.
        const owed = clear ? at : wasCleared && before.at > rules.at ? before.at : 0
        const erase = Math.max(owed, rules.erase)
        return {
          ...rules,
          refused,
          at,
          // A choice that changes nothing leaves what was captured before it as it was.
          ...(refused !== rules.refused && (refused ? { from: at } : { until: now })),
          erase: refused ? erase : Math.min(erase, now),
          eraseOwed: rules.eraseOwed || owed > 0,
        }
      })
    }

    front.choices = { consent, choose, forget, cleared }
    front.reload = () => {
      person.reload()
      if (cleared() && person.state.anonymousId !== successor) forget()
    }

    async function shutdown(timeout?: number): Promise<ShutdownResult> {
      if (!capture.closed) ports.onClosing()
      capture.closed = true
      const startedAt = wall()
      const limit = typeof timeout === 'number' && timeout >= 0 ? ports.timer(timeout) : outcome()
      const delivery = await Promise.race([outcome(), limit])
      return (delivery ?? otherwise).shutdown(timeout, Math.abs(wall() - startedAt))
    }

    return {
      ...(asking as unknown as Asking),
      ...identity,
      ...capture.methods,
      ready: outcome().then((delivery) => delivery?.ready ?? UNHOSTED),
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
        // Another tab may have cleared what this one still knows.
        front.reload()
        kept.optedIn()
        choose(false, false)
        successor = ''
        newWindow(windowId)
      },
      optOut(options) {
        const erase = asRecord(options).clear === true
        choose(true, erase)
        ofFlags((flags) => flags.stop())
        if (erase) forget()
      },
      isOptOut: optedOut,
      debug,
    }
  }

  const front: Front = {
    config,
    outbox,
    capture,
    emitter,
    person,
    kept,
    optedOut,
    reload: person.reload,
  }
  return { front, connect }
}

export const UNHOSTED: Ready = { host: 'memory', storage: 'memory' }
