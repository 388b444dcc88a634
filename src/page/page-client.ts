/** The client of a page: its identity, its way to a host, and what it does when the page goes away. */

import { uuidv7 as newId } from 'uuidv7'
import { systemClock } from '../adapters/system-clock'
import { createClient, disabledClient } from '../client/client'
import { createEmitter } from '../client/emitter'
import { createLink } from '../client/link'
import { readOptions } from '../client/options'
import { createPerson } from '../client/person'
import { createSession } from '../client/session'
import type { OutlastEvents } from '../client/types'
import type { Properties } from '../core/event'
import { asRecord, oneOf, queueKey, show } from '../core/settings'
import { SDK_NAME, SDK_VERSION } from '../core/version'
import { createBackgroundSync } from './background-sync'
import { createConnect } from './connect'
import { createDeparture } from './departure'
import { watchLifecycle } from './lifecycle'
import { watchReports } from './reports'
import { forgetSpilled, readSpills, spill } from './spill'
import type { Outlast, OutlastOptions } from './types'
import { memoryStorage, webStorage } from './web-storage'
import { readWorkerOptions } from './worker-options'

export function createPageClient(apiKey: unknown, raw: unknown, onShutdown: () => void): Outlast {
  const options = asRecord(raw) as OutlastOptions
  const config = readOptions(apiKey, options, {
    logger: console,
    now: Date.now,
    styleOf: (host) => (originOf(host) === location.origin ? 'headers' : 'simple'),
  })
  const { queue: queueConfig, log, now } = config
  if (!queueConfig) return disabledPageClient()
  const queue = queueKey(queueConfig)
  const emitter = createEmitter<OutlastEvents>(log)

  const durable = oneOf('persistence', ['auto', 'memory'] as const, options.persistence, 'auto', log.warn) === 'auto'
  const kept = durable ? webStorage('localStorage', queue, log.warn) : memoryStorage()
  const tab = durable ? webStorage('sessionStorage', queue, log.warn) : memoryStorage()
  const person = createPerson(kept, newId, bootstrapId(options, log.warn))
  const session = createSession(kept, newId)
  const windowId = tab.get('window') ?? newId()
  tab.set('window', windowId)

  const worker = readWorkerOptions(options.worker, document.baseURI, log.warn)
  const connect = createConnect({ queue, worker: durable ? worker : false, durable, now })
  const sync = createBackgroundSync(connect.registration, now)
  const link = createLink(queueConfig, config.format, {
    clock: systemClock(now),
    newId,
    connect: connect.connect,
    emit: emitter.emit,
    warn: log.warn,
    onPending: sync.request,
    onEmpty: sync.rearm,
    onHandover: () => departure.handedOver(),
    keep: (open) => (durable ? spill(queue, open) : 0),
    onAdopted: (handover) => forgetSpilled(queue, handover),
  })
  if (durable) link.adopt(readSpills(queue))

  const departure = createDeparture({ link, connect, config: queueConfig, queue, durable, now })
  const unwatch = watchLifecycle({
    hidden: departure.hidden,
    leaving() {
      departure.leaving()
      reports.pause()
    },
    back() {
      person.reload()
      departure.back()
      reports.resume()
    },
    online: () => link.wake('online'),
    offline: sync.insist,
  })
  if (navigator.onLine === false) void link.ready.then(sync.insist)

  const reports = watchReports(queue, emitter)
  const client = createClient({
    config: { ...config, queue: queueConfig },
    link,
    emitter,
    newId,
    ambient: ({ distinctId }) => ({ distinctId: distinctId ?? person.distinctId, properties: ambientProperties() }),
    onFirstListener: reports.start,
    onShutdown() {
      unwatch()
      reports.stop()
      onShutdown()
    },
  })
  if (config.onError) client.on('drop', config.onError)
  if (config.debug) {
    for (const name of ['queued', 'sending', 'delivered', 'retry', 'drop', 'degraded'] as const) {
      client.on(name, (detail) => log.debug(`${name} ${JSON.stringify(detail)}`))
    }
  }

  function ambientProperties(): Properties {
    return {
      $lib: SDK_NAME,
      $lib_version: SDK_VERSION,
      $current_url: location.href,
      $session_id: session.id(now()),
      $window_id: windowId,
      ...(config.disableGeoip ? { $geoip_disable: true } : {}),
      ...person.superProperties,
    }
  }

  return Object.assign(client, {
    identify(distinctId: string, set?: Properties, setOnce?: Properties) {
      if (typeof distinctId !== 'string' || distinctId.trim() === '') {
        return log.warn(`identify needs a distinct id, got ${show(distinctId)}; nothing was changed`)
      }
      const previous = person.distinctId
      const wasAnonymous = !person.identified
      const about = { ...(set ? { $set: set } : {}), ...(setOnce ? { $set_once: setOnce } : {}) }
      if (distinctId === previous) {
        if (wasAnonymous) person.identify(distinctId)
        if (wasAnonymous || set || setOnce) client.capture('$set', about)
        return
      }
      person.identify(distinctId)
      // Two known people are not merged: only an anonymous past belongs to whoever is identified (as posthog-js does).
      if (wasAnonymous) client.capture('$identify', { distinct_id: distinctId, $anon_distinct_id: previous, ...about })
      else if (set || setOnce) client.capture('$set', about)
    },
    register(properties: Properties) {
      if (typeof properties !== 'object' || properties === null) {
        return log.warn(`register needs an object of properties, got ${show(properties)}`)
      }
      try {
        person.register(JSON.parse(JSON.stringify(properties)) as Properties)
      } catch (error) {
        log.warn(`register: these properties cannot be made into JSON (${String(error)}); nothing was registered`)
      }
    },
    unregister: (name: string) => person.unregister(name),
    reset() {
      person.reset()
      session.reset()
    },
  })
}

/** The client of nobody's project: it does nothing. */
export function disabledPageClient(): Outlast {
  const nothing = () => undefined
  return Object.assign(disabledClient(), { identify: nothing, register: nothing, unregister: nothing, reset: nothing })
}

function bootstrapId(options: OutlastOptions, warn: (message: string) => void): string | undefined {
  const { distinctId } = asRecord(options.bootstrap)
  if (distinctId === undefined || (typeof distinctId === 'string' && distinctId !== '')) return distinctId
  warn(`bootstrap.distinctId must be a string, got ${show(distinctId)}; using a new anonymous id`)
  return undefined
}

function originOf(url: string): string {
  return new URL(url).origin
}
