/**
 * All of a page's client that must be there at once: it takes events, knows whose they are, and whether it may. What it
 * is asked besides is passed on to a delivery that loads meanwhile.
 */

import type { Properties } from '../core/event'
import { asRecord } from '../core/values'
import { SDK_NAME, SDK_VERSION } from '../core/version'
import { type Capture, createCapture } from './capture'
import { type ConsentedStore, consentedStore, createConsent } from './consent'
import type { Delivery } from './delivery'
import { createEmitter, type Emitter } from './emitter'
import { createIdentity } from './identity'
import type { CaptureConfig } from './options'
import { clear, newOutbox, type Outbox } from './outbox'
import { createPerson, FLAGS_KEY, type KeyValueStore, PERSON_KEY, type Person } from './person'
import type { PersonClient } from './person-client'
import { createSession } from './session'
import type { OutlastEvents, Ready } from './types'
import { type Asking, unanswered } from './unanswered'

export interface FrontPorts {
  config: CaptureConfig
  newId: () => string
  /** Kept across pages, and across a tab's pages. */
  kept: KeyValueStore
  tab: KeyValueStore
  bootstrapId: string | undefined
  /** Added to every event, before the person's super properties. */
  surroundings(): Properties
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
}

export interface LateDelivery extends Delivery {
  /** Somebody listens, so hosts' reports are wanted. */
  listen(): void
  /** Logs every report. */
  reportToLog(): void
  /** Drops everything that is queued: nothing of it is left on the device. */
  purge(): void
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
    ambient({ distinctId, minimal }) {
      const { anonymousId, distinctId: own, groups, superProperties } = person.state
      const properties: Properties = {
        $lib: SDK_NAME,
        $lib_version: SDK_VERSION,
        ...(minimal ? {} : ports.surroundings()),
        $session_id: session.id(anonymousId, wall()),
        $window_id: windowId,
        ...(disableGeoip && { $geoip_disable: true }),
        ...(Object.keys(groups).length > 0 && { $groups: groups }),
      }
      for (const name of Object.keys(superProperties)) {
        if (!minimal || MINIMAL.test(name)) properties[name] = superProperties[name]
      }
      return { distinctId: distinctId ?? own, properties }
    },
  })

  function connect(loaded: Promise<LateDelivery>, outcome: () => Promise<LateDelivery | undefined>): PersonClient {
    const later = (use: (delivery: LateDelivery) => void) => void loaded.then(use)
    const otherwise = unanswered(() => outbox.count)
    const asking = {} as Record<string, unknown>
    for (const name of Object.keys(otherwise) as (keyof Asking)[]) {
      asking[name] = async (...given: unknown[]) => {
        const delivery = (await outcome()) ?? otherwise
        return (delivery[name] as (...args: unknown[]) => unknown)(...given)
      }
    }
    const { shutdown } = asking as unknown as Asking
    const identity = createIdentity({
      person,
      session,
      wall,
      log,
      capture: capture.capture,
      // As posthog-js does: a flag may be another for whoever this is now.
      onChange: () => later(({ ofFlags }) => ofFlags((flags) => void flags.reload())),
      onReset() {
        kept.remove(FLAGS_KEY)
        later(({ ofFlags }) => ofFlags((flags) => flags.forget()))
      },
    })
    const debug = (on = true) => {
      log.setDebug(on)
      if (on) later(({ reportToLog }) => reportToLog())
    }
    if (config.debug) debug()

    /** Whether somebody opted out with `clear`, here or in another tab: the device no longer knows the person then. */
    const cleared = () => consent.optedOut && ports.kept.get(PERSON_KEY) === undefined
    /** Who came after a person that was forgotten, in this tab's memory alone. */
    let successor = cleared() ? person.state.anonymousId : ''
    // A page that was closed right after it may have had no time to say so to the host.
    if (successor) later(({ purge }) => purge())

    function forget(): void {
      identity.reset()
      successor = person.state.anonymousId
      newWindow(newId())
      for (const store of [kept, tab]) store.clear()
      clear(outbox)
      later(({ ofFlags, purge }) => {
        ofFlags((flags) => flags.stop())
        purge()
      })
    }

    front.reload = () => {
      person.reload()
      if (cleared() && person.state.anonymousId !== successor) forget()
    }
    return {
      ...(asking as unknown as Asking),
      ...identity,
      capture: capture.capture,
      captureBatch: capture.captureBatch,
      captureAi: capture.captureAi,
      enqueue: capture.enqueue,
      ready: outcome().then((delivery) => delivery?.ready ?? UNHOSTED),
      shutdown(timeout) {
        capture.closed = true
        return shutdown(timeout)
      },
      onFeatureFlags(listener) {
        let off: () => void = () => undefined
        let ended = false
        later(({ onFeatureFlags }) => {
          if (!ended) off = onFeatureFlags(listener)
        })
        return () => {
          ended = true
          off()
        }
      },
      on(name, listener) {
        later(({ listen }) => listen())
        return emitter.on(name, listener)
      },
      optIn() {
        // Another tab may have cleared what this one still knows.
        front.reload()
        kept.optedIn()
        consent.optIn()
        successor = ''
        newWindow(windowId)
      },
      optOut(options) {
        consent.optOut()
        later(({ ofFlags }) => ofFlags((flags) => flags.stop()))
        if (asRecord(options).clear === true) forget()
      },
      isOptOut: optedOut,
      debug,
    }
  }

  const front: Front = { config, outbox, capture, emitter, person, kept, optedOut, reload: person.reload }
  return { front, connect }
}

export const UNHOSTED: Ready = { host: 'memory', storage: 'memory' }

/** What of the super properties a minimal `$feature_flag_called` may have (protocol.md §8). */
const MINIMAL = /^\$(lib|lib_version|session_id|window_id|device_id|groups|geoip_disable|process_person_profile)$/
