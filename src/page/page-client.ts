/** The client of a page: its way to a host, and what it does when the page goes away. */

import { newId } from '../adapters/new-id'
import { systemClock } from '../adapters/system-clock'
import { createEmitter } from '../client/emitter'
import { createLink } from '../client/link'
import { readOptions } from '../client/options'
import { createPersonClient, disabledPersonClient } from '../client/person-client'
import type { OutlastEvents } from '../client/types'
import { queueKey } from '../core/queue-config'
import { oneOf } from '../core/settings'
import { asRecord, show } from '../core/values'
import { createBackgroundSync } from './background-sync'
import { createConnect } from './connect'
import { createDeparture } from './departure'
import { watchLifecycle } from './lifecycle'
import { watchReports } from './reports'
import { forgetSpilled, readSpills, removeSpills, spill } from './spill'
import type { Outlast, OutlastOptions } from './types'
import { memoryStorage, webStorage } from './web-storage'
import { readWorkerOptions } from './worker-options'

export function createPageClient(apiKey: unknown, raw: unknown, onShutdown: () => void): Outlast {
  const options = asRecord(raw) as OutlastOptions
  const config = readOptions(apiKey, options, {
    logger: console,
    now: Date.now,
    styleOf: (host) => (new URL(host).origin === location.origin ? 'headers' : 'simple'),
  })
  const { queue: queueConfig, log, now } = config
  if (!queueConfig) return disabledPersonClient()
  const queue = queueKey(queueConfig)
  const emitter = createEmitter<OutlastEvents>(log)
  const clock = systemClock(now)

  const durable = oneOf('persistence', ['auto', 'memory'] as const, options.persistence, 'auto', log.warn) === 'auto'
  const worker = readWorkerOptions(options.worker, document.baseURI, log.warn)
  const connect = createConnect({ queue, worker: durable ? worker : false, durable, now })
  const sync = createBackgroundSync(connect.registration, now)
  const link = createLink(queueConfig, {
    clock,
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
  const reports = watchReports(queue, emitter)
  const { client, reload } = createPersonClient({
    config: { ...config, queue: queueConfig },
    link,
    emitter,
    newId,
    kept: durable ? webStorage('localStorage', queue, log.warn) : memoryStorage(),
    tab: durable ? webStorage('sessionStorage', queue, log.warn) : memoryStorage(),
    bootstrapId: bootstrapId(options, log.warn),
    surroundings: () => ({ $current_url: location.href }),
    async loadFlags(ports) {
      const { createFeatureFlags, fetchSender } = await import('./flags')
      return createFeatureFlags({ ...ports, clock, sender: fetchSender() })
    },
    onFirstListener: reports.start,
    onClear: () => removeSpills(queue),
    onShutdown() {
      unwatch()
      reports.stop()
      onShutdown()
    },
  })

  const unwatch = watchLifecycle({
    hidden: departure.hidden,
    leaving() {
      departure.leaving()
      reports.pause()
    },
    back() {
      reload()
      departure.back()
      reports.resume()
    },
    online: () => link.wake('online'),
    offline: sync.insist,
  })
  if (navigator.onLine === false) void link.ready.then(sync.insist)

  if (config.onError) client.on('drop', config.onError)
  return client
}

function bootstrapId(options: OutlastOptions, warn: (message: string) => void): string | undefined {
  const { distinctId } = asRecord(options.bootstrap)
  if (distinctId === undefined || (typeof distinctId === 'string' && distinctId !== '')) return distinctId
  warn(`bootstrap.distinctId must be a string, got ${show(distinctId)}; using a new anonymous id`)
  return undefined
}
