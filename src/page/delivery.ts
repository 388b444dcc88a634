/** Loaded late, right after a page's first code: what sees its events off and answers for them. */

import { systemClock } from '../adapters/system-clock'
import { createDelivery } from '../client/delivery'
import { checkOptions, readDeliveryOptions } from '../client/delivery-options'
import type { Front, LateDelivery } from '../client/front'
import { createLink } from '../client/link'
import { PERSON_KEY } from '../client/person'
import { reporterToLog } from '../client/report-to-log'
import { speakV1 } from '../client/speak-v1'
import { parseEvent, serializeEvent } from '../core/serialize-event'
import { asRecord } from '../core/values'
import { createBackgroundSync } from './background-sync'
import { createConnect } from './connect'
import type { Departure } from './departure'
import { watchLifecycle } from './lifecycle'
import { watchReports } from './reports'
import { spill } from './spill'
import { forgetSpilled, readSpills, removeSpill, removeSpills } from './spilled'
import type { OutlastOptions } from './types'
import { STORAGE_PREFIX } from './web-storage'
import { readWorkerOptions } from './worker-options'

export interface DeliveryStart {
  front: Front
  departure: Departure
  options: OutlastOptions
  queue: string
  durable: boolean
  onShutdown(): void
}

export function startDelivery({ front, departure, options, queue, durable, onShutdown }: DeliveryStart): LateDelivery {
  const { config, outbox, capture, emitter, person, kept, optedOut } = front
  const { log, now, disableGeoip } = config
  const clock = systemClock(now)
  const { queue: queueConfig, shutdownTimeout } = readDeliveryOptions(options, config, (host) =>
    new URL(host).origin === location.origin ? 'headers' : 'simple',
  )
  warnOfPageOptions(options, log.warn)
  const worker = readWorkerOptions(options.worker, document.baseURI, log.warn)
  const connect = createConnect({ queue, worker: durable ? worker : false, durable, now })
  const sync = createBackgroundSync(connect.registration, now)
  const reports = watchReports(queue, emitter)

  if (config.format === 'v1') speakV1(capture, outbox, config.apiKey)
  // The page may have been left and come back before this code was there.
  comeBack()
  const link = createLink(queueConfig, {
    clock,
    outbox,
    capture,
    connect: connect.connect,
    degraded: (change) => emitter.emit('degraded', change),
    warn: log.warn,
    onPending: sync.request,
    onEmpty: sync.rearm,
    onHandover: departure.handedOver,
    keep: (open) => (durable ? spill(queue, open) : 0),
    onAdopted: (handover) => forgetSpilled(queue, handover),
  })
  if (durable) link.adopt(readSpills(queue))
  capture.onNew = link.handOver
  departure.host = {
    leave: () => link.leave(true),
    holdsAll: () => link.channel?.host === 'worker' && link.answered(),
    forV0: (json) => serializeEvent(parseEvent(json, 'v1'), 'v0', config.apiKey),
    letGo() {
      connect.inPage()?.letGo()
      reports.pause()
    },
  }

  function comeBack(): void {
    departure.gone = false
    if (departure.isSpilled) removeSpill(queue, outbox.producer)
    departure.isSpilled = false
  }

  const unwatch = watchLifecycle({
    // A page that navigates away is hidden after it was left, and by then it can hear no answer.
    hidden: () => link.leave(departure.gone),
    back() {
      front.reload()
      comeBack()
      link.back()
      reports.resume()
    },
    online: () => link.wake('online'),
    offline: sync.insist,
    stored(key) {
      // Opted out there, with `clear`: what this tab still holds is to go too. Or two tabs changed the person at once.
      if (durable && key.startsWith(`${STORAGE_PREFIX}${queue}:${PERSON_KEY}`)) front.reload()
    },
  })
  if (navigator.onLine === false) void link.ready.then(sync.insist)
  const reportToLog = reporterToLog(emitter, log)
  const delivery = createDelivery({
    capture,
    link,
    log,
    shutdownTimeout,
    optedOut,
    async loadFlags() {
      const { createFeatureFlags, fetchSender } = await import('./flags')
      return createFeatureFlags({
        queue: queueConfig,
        store: kept,
        person: () => person.state,
        disableGeoip,
        options,
        capture: capture.capture,
        warn: log.warn,
        clock,
        sender: fetchSender(),
      })
    },
    onShutdown() {
      unwatch()
      departure.end()
      reports.stop()
      onShutdown()
    },
  })
  return {
    ...delivery,
    listen: reports.start,
    reportToLog() {
      reports.start()
      reportToLog()
    },
    purge() {
      removeSpills(queue)
      void link.purge()
    },
  }
}

function warnOfPageOptions(options: OutlastOptions, warn: (message: string) => void): void {
  checkOptions(options, warn)('persistence', (given) => given === 'auto' || given === 'memory', "'auto' or 'memory'")
  checkOptions(asRecord(options.bootstrap), warn)(
    'distinctId',
    (given) => typeof given === 'string' && given !== '',
    'a string; using a new anonymous id',
  )
}
