/** Loaded late, right after a page's first code: what sees its events off and answers for them. */

import { systemClock } from '../../adapters/system-clock'
import type { Front, LateDelivery } from '../../client/first/front'
import { type KeyValueStore, PERSON_KEY } from '../../client/first/person'
import { createDelivery } from '../../client/late/delivery'
import { checkOptions, readDeliveryOptions } from '../../client/late/delivery-options'
import { createLink } from '../../client/late/link'
import { reporterToLog } from '../../client/late/report-to-log'
import { speakV1 } from '../../client/late/speak-v1'
import { WARNINGS } from '../../client/late/warnings'
import { asRecord, copyOf, show } from '../../core/base/values'
import { parseEvent, serializeEvent } from '../../core/event/codec'
import { uuidOf } from '../../core/event/event-json'
import { sizeOf } from '../../core/event/size-of'
import type { Handover } from '../../core/queue/handover'
import { type Departure, HOOKED_KEY } from '../first/departure'
import type { Journal } from '../first/journal'
import { STORAGE_PREFIX } from '../first/web-storage'
import type { OutlastOptions } from '../types'
import { createAfterChoices } from './after-choices'
import { createBackgroundSync } from './background-sync'
import { createConnect } from './connect'
import { halve } from './halve'
import { heedRules } from './heed-rules'
import { watchLifecycle } from './lifecycle'
import { watchReports } from './reports'
import { openRulesChannel } from './rules-channel'
import { moveSpills, removeSpills, shorten } from './spilled'
import { readWorkerOptions } from './worker-options'

export interface DeliveryStart {
  front: Front
  departure: Departure
  /** Absent where nothing may be stored. */
  journal: Journal | undefined
  /** What `init` was given. */
  raw: unknown
  queue: string
  /** The page's part of localStorage, if it may have one. */
  store: KeyValueStore
  /** The site says, or this page remembers, that the site's worker has a `beforeSend`. */
  hooked(): boolean
}

/** An answer that has not come after this many ms is late: the page writes down itself what it is waiting for. */
const LATE_MS = 15

/** Rows of the journal that a host has taken over are removed together, after this many ms. */
const TIDY_MS = 250

/** Characters of events that a page may send as it goes: beacons share 64 KiB. */
const MAX_UNSENT = 65_536

export function startDelivery(start: DeliveryStart): LateDelivery {
  const { front, departure, journal, raw, queue, store, hooked } = start
  const options = copyOf(raw) as OutlastOptions
  const { config, outbox, capture, emitter, person, kept, optedOut } = front
  const { log, wall, disableGeoip } = config
  const clock = systemClock(wall)
  log.speak(WARNINGS)
  const { queue: queueConfig, shutdownTimeout } = readDeliveryOptions(raw, config, (host) =>
    new URL(host).origin === location.origin ? 'headers' : 'simple',
  )
  warnOfPageOptions(options, log.warn)
  const worker = readWorkerOptions(options.worker, document.baseURI, log.warn)
  const connect = createConnect({
    queue,
    worker: journal ? worker : false,
    durable: journal !== undefined,
    hooked: () => hooked() || journal?.rules?.hooked === true,
    clock,
    warn: log.warn,
    onUpdate: (update) => emitter.emit('update', update),
  })
  const sync = createBackgroundSync(connect.registration, wall)
  const reports = watchReports(queue, emitter)

  let isLateTimed = false
  const safe: Handover[] = []
  if (config.format === 'v1') speakV1(capture, outbox, config.apiKey)
  const rulesChannel = openRulesChannel(queue, () => journal?.decide())
  if (journal) heedRules(front, journal, rulesChannel.tell)
  const choices = createAfterChoices(() => journal?.known, clock)
  departure.shorten = shorten
  const unsent = trackUnsent()
  const link = createLink(queueConfig, {
    clock,
    outbox,
    capture,
    async connect(...asked) {
      // No host is had before the rules on disk say whether one in this page may send.
      await choices.settled()
      return connect.connect(...asked)
    },
    choices,
    degraded: (change) => emitter.emit('degraded', change),
    warn: log.warn,
    onPending: sync.request,
    onEmpty: sync.rearm,
    onHandover: departure.handedOver,
    keep: keepAtTheEnd,
    onCommitted(handover) {
      if (link.channel?.host !== 'worker') unsent.add(handover)
    },
    onSafe: tidyLater,
    // Another page has written it down.
    onOptedOut: () => journal?.decide(),
    onHooked(now) {
      if (now !== hooked()) store.set(HOOKED_KEY, String(now))
      journal?.decide((rules) => (rules.hooked === now ? rules : { ...rules, hooked: now }))
    },
  })
  capture.onNew = () => {
    link.handOver()
    keepIfLate()
  }
  departure.host = {
    leave: link.leave,
    answers: link.answered,
    outlives: () => link.channel?.host === 'worker' && link.answered(),
    unsent: () => (link.channel?.host === 'worker' ? [] : [...unsent.handovers]),
    forV0: (json) => serializeEvent(parseEvent(json, 'v1'), 'v0', config.apiKey),
    halve,
    letGo() {
      connect.inPage()?.letGo()
      reports.pause()
      rulesChannel.pause()
    },
  }
  // The page may have been left and come back before this code was there.
  comeBack()
  takeUpSpills()

  /** What no host has answered for in time is written down here. Timers of a hidden page are late themselves. */
  function keepIfLate(): void {
    if (!journal) return
    if (!link.answered() || link.mayBeAsleep() || document.visibilityState === 'hidden') return journal.keep()
    if (isLateTimed) return
    isLateTimed = true
    void clock.timer(LATE_MS).done.then(() => {
      isLateTimed = false
      if (outbox.count > 0) journal.keep()
    })
  }

  function tidyLater(handovers: Handover[]): void {
    const written = handovers.filter((handover) => journal?.hasAsked(handover))
    if (safe.length === 0 && written.length > 0) void clock.timer(TIDY_MS).done.then(tidy)
    safe.push(...written)
  }

  function tidy(): void {
    const some = safe.splice(0)
    const removed = journal?.transact((_, table) => {
      for (const { producer, seq } of some) table('journal').delete([queue, producer, seq])
    })
    // What is left of them is known by its number to the host that takes it up.
    removed?.catch((error) => log.debug(`rows stay in the journal: ${show(error)}`))
  }

  function keepAtTheEnd(open: Handover[]): number {
    if (!journal) return 0
    const unkept = open.filter((handover) => !journal.holds(handover))
    return countEvents(open) - (departure.spill(unkept) ? 0 : countEvents(unkept))
  }

  /** What this page's own host has taken and nothing is known of yet: it goes with the page, unless it is sent before. */
  function trackUnsent() {
    const handovers = new Set<Handover>()
    let size = 0
    let watching = false
    const forget = ({ uuids }: { uuids: string[] }) => {
      const settled = new Set(uuids)
      for (const handover of handovers) {
        const left = handover.events.filter((json) => !settled.has(uuidOf(json)))
        if (left.length === handover.events.length) continue
        size -= sizeOf(handover.events) - sizeOf(left)
        handover.events = left
        if (left.length === 0) handovers.delete(handover)
      }
    }
    return {
      handovers,
      add(handover: Handover) {
        if (!watching) {
          watching = true
          // Another tab may send it as well.
          reports.start()
          for (const name of ['delivered', 'drop'] as const) emitter.on(name, forget)
        }
        handovers.add(handover)
        size += sizeOf(handover.events)
        for (const oldest of handovers) {
          if (size <= MAX_UNSENT) break
          size -= sizeOf(oldest.events)
          handovers.delete(oldest)
        }
      },
    }
  }

  function takeUpSpills(): void {
    if (!journal) return
    // Where they cannot be moved now, a later page does.
    moveSpills(queue, outbox.producer, journal.write).then(
      (moved) => moved && link.wake('due'),
      (error) => log.debug(`what earlier pages left stays in localStorage: ${show(error)}`),
    )
  }

  function comeBack(): void {
    departure.gone = false
    departure.spill([])
  }

  const unwatch = watchLifecycle({
    back() {
      front.reload()
      journal?.decide()
      comeBack()
      link.back()
      reports.resume()
      rulesChannel.resume()
    },
    online: () => link.wake('online'),
    offline: sync.insist,
    stored(key) {
      // Opted out there, with `clear`: what this tab still holds is to go too. Or two tabs changed the person at once.
      if (journal && key.startsWith(`${STORAGE_PREFIX}${queue}:${PERSON_KEY}`)) front.reload()
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
      const { createFeatureFlags, followingSender } = await import('./flags')
      return createFeatureFlags({
        queue: queueConfig,
        store: kept,
        person: () => person.state,
        disableGeoip,
        options,
        capture: capture.methods.capture,
        warn: log.warn,
        clock,
        sender: followingSender(),
      })
    },
    onShutdown() {
      unwatch()
      departure.end()
      reports.stop()
      rulesChannel.pause()
    },
  })
  return {
    ...delivery,
    listen: reports.start,
    reportToLog() {
      reports.start()
      reportToLog()
    },
    purge({ refused, at }) {
      if (!refused || front.choices?.consent.choice.at !== at) return
      removeSpills(queue)
      void link.purge(at)
    },
  }
}

const countEvents = (handovers: Handover[]) => handovers.reduce((sum, { events }) => sum + events.length, 0)

function warnOfPageOptions(options: OutlastOptions, warn: (message: string) => void): void {
  checkOptions(options, warn)('persistence', (given) => given === 'auto' || given === 'memory', "'auto' or 'memory'")
  checkOptions(asRecord(options.bootstrap), warn)(
    'distinctId',
    (given) => typeof given === 'string' && given !== '',
    'a string; using a new anonymous id',
  )
}
