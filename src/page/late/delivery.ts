/** Loaded late, right after a page's first code: what sees its events off and answers for them. */

import { newId } from '../../adapters/new-id'
import { systemClock } from '../../adapters/system-clock'
import type { Front, LateDelivery } from '../../client/first/front'
import type { CaptureConfig } from '../../client/first/options'
import { type KeyValueStore, PERSON_KEY } from '../../client/first/person'
import { createAdditions } from '../../client/late/additions'
import { assembleClient } from '../../client/late/assemble-client'
import { warnOfBootstrap } from '../../client/late/bootstrap'
import { applyPersonOptions } from '../../client/late/corrections'
import { debugSwitch } from '../../client/late/debug-switch'
import { checkOptions, readDeliveryOptions } from '../../client/late/delivery-options'
import { createFlagContext, followContext } from '../../client/late/flag-context'
import type { HostClient } from '../../client/late/host-client'
import type { AfterChoices } from '../../client/late/host-client-ports'
import { ALL_OPTIONS } from '../../client/late/option-names'
import { isProfiles } from '../../client/late/profiles'
import { WARNINGS } from '../../client/late/warnings'
import { markWindow } from '../../client/late/window-copies'
import { copyOf } from '../../core/base/values'
import { queueKey } from '../../core/config/queue-config'
import type { Handover } from '../../core/queue/handover'
import type { Journal } from '../first/journal'
import { HOOKED_KEY, type Host, type PageExit } from '../first/page-exit'
import { STORAGE_PREFIX } from '../first/web-storage'
import type { OutlastOptions } from '../types'
import { createAfterChoices } from './after-choices'
import { createBackgroundSync } from './background-sync'
import { beacons } from './beacons'
import { createConnect } from './connect'
import { heedRules } from './heed-rules'
import { createJournalUpkeep } from './journal-upkeep'
import { leaveForGood } from './leave-for-good'
import { watchLifecycle } from './lifecycle'
import { noteHook } from './note-hook'
import { removeBackups, shorten } from './recover-backups'
import { recoverEarlier } from './recover-earlier'
import { watchReports } from './reports'
import { openRulesChannel } from './rules-channel'
import { trackUndelivered, type Undelivered } from './undelivered'
import { ownBase, readWorkerOptions } from './worker-options'
import { remedyForLeaving } from './worker-remedies'
import { writeAgain } from './write-again'

/** As `AT_KEY` of client/first/consent.ts, which a page's first code would have to export. */
const CHOICE_AT_KEY = 'opt_out_at'

// For a client that does nothing, and says why.
export { WARNINGS }

const ONLY_THE_WORKER =
  'requestHeaders is a function of this page, and only the worker with the beforeSend may send, so nothing is sent: give the function to install in the worker, and say worker: { requestHeaders: true }'

export interface DeliveryStart {
  front: Front
  pageExit: PageExit
  /** Absent where nothing may be stored. */
  journal: Journal | undefined
  /** What `init` was given. */
  raw: unknown
  /** The page's part of localStorage, if it may have one. */
  store: KeyValueStore
}

export function startDelivery(start: DeliveryStart): LateDelivery {
  const { front, pageExit, journal, raw, store } = start
  const options = copyOf(raw) as OutlastOptions
  const { config, capture, emitter, person, kept } = front
  const { log, wall } = config
  const queue = queueKey(config)
  const clock = systemClock(wall)
  log.setWords(WARNINGS)
  const styleOf = (host: string) => (new URL(host).origin === location.origin ? 'headers' : 'simple')
  const read = readDeliveryOptions(raw, config, styleOf, ALL_OPTIONS)
  warnOfPageOptions(options, log.warn)
  const said = copyOf(options.worker)
  /** The site says, or this page remembers, that the site's worker has a `beforeSend`. */
  const hooked = () => said.beforeSend === true || store.get(HOOKED_KEY) === 'true'
  const { askHeaders } = read
  const workerAsks = said.requestHeaders === true
  // The page's function cannot be handed to a worker, so the page sends the events itself.
  const given = readWorkerOptions(options.worker, ownBase(), log.warn)
  const worker = askHeaders && !workerAsks ? false : given
  if (askHeaders && !workerAsks && hooked()) log.warn(ONLY_THE_WORKER)
  const { connect, registration, inPage } = createConnect({
    queue,
    worker: journal ? worker : false,
    durable: journal !== undefined,
    askHeaders,
    lacks() {
      if (hooked() || journal?.rules?.hooked === true) return 'beforeSend'
      return workerAsks && !askHeaders ? 'requestHeaders' : undefined
    },
    clock,
    warn: log.warn,
    onUpdate: (update) => emitter.emit('update', update),
  })
  const sync = createBackgroundSync(registration, wall)
  const reports = watchReports(queue, emitter)
  const upkeep = journal && createJournalUpkeep(journal, queue, front, clock)
  const undelivered = trackUndelivered(reports, emitter)
  const rulesChannel = openRulesChannel(
    queue,
    () => journal?.decide(),
    (timeoutMs) => leaveForGood(front, delivery, start, timeoutMs),
  )
  const choices = createAfterChoices(() => journal?.known, clock)
  const heedChoice =
    journal &&
    heedRules(front, journal, (rules) => {
      rulesChannel.publish(rules)
      // Another tab has had the rules read again, say. Until that step has ended, page exit cannot rely on the worker.
      void choices.settled()
    })
  const onHooked = noteHook(
    journal,
    store,
    hooked,
    said.beforeSend === true && worker ? worker.scope : undefined,
    log.warn,
  )
  pageExit.shorten = shorten
  const shownWindow = markWindow(front, window.self !== window.top, newId)
  const correct = applyPersonOptions(
    front,
    {
      bootstrap: copyOf(options.bootstrap),
      personProfiles: options.personProfiles,
    },
    shownWindow,
  )
  const additions = createAdditions(front, clock, (handovers) => journal && writeAgain(journal, queue, handovers, log))
  const { hostClient, delivery, amended, masking } = assembleClient({
    front,
    clock,
    options,
    read,
    correct,
    hostPorts: {
      async connect(...asked) {
        // No host is had before the events are whole, nor before the rules on disk say whether one in this page may send.
        await additions.settled()
        await choices.settled()
        return connect(...asked)
      },
      choices,
      isOnline: () => navigator.onLine !== false,
      remedyFor: ({ host, reason }) => (host === 'worker' && worker ? remedyForLeaving(worker, reason) : ''),
      onPending: sync.request,
      onEmpty: sync.rearm,
      onHandover: pageExit.handedOver,
      keep: (unacknowledged) => keepAtTheEnd(unacknowledged, pageExit, journal),
      onCommitted(handover) {
        if (hostClient.channel?.host !== 'worker') undelivered.add(handover)
      },
      onSafe: upkeep?.tidyLater,
      // Another page has written it down.
      onOptedOut: () => journal?.decide(),
      onHooked,
    },
    async loadFlags(ports) {
      const { createFeatureFlags, followingSender } = await import('./flags')
      const sender = followingSender()
      const flags = createFeatureFlags({ ...ports, store: kept, person: () => person.state, context, sender })
      followContext(front, context, flags, options)
      return flags
    },
    onShutdown() {
      unwatch()
      pageExit.end()
      reports.stop()
      rulesChannel.pause()
    },
  })
  if (journal) void writeAgain(journal, queue, amended, log)
  additions.begin(masking)
  const context = createFlagContext(front, () => hooked() || journal?.rules?.hooked === true)
  capture.onNew = () => {
    heedChoice?.()
    hostClient.handOver()
    if (pageExit.gone) pageExit.handedOver()
    else upkeep?.keepIfLate(hostClient)
  }
  pageExit.host = hostAtPageExit(hostClient, undelivered, choices, config, () => {
    shownWindow.markOpen(false)
    inPage()?.letGo()
    reports.pause()
    rulesChannel.pause()
  })
  const comeBack = () => {
    pageExit.gone = false
    pageExit.backUp([])
  }
  // The page may have been left and come back before this code was there.
  comeBack()
  const onBackup = journal && recoverEarlier(front, queue, journal, options.maxEventAge, () => hostClient.wake('due'))
  const unwatch = watchLifecycle({
    back() {
      shownWindow.markOpen(true)
      front.reload?.()
      journal?.decide()
      comeBack()
      hostClient.onPageBack()
      reports.resume()
      rulesChannel.resume()
    },
    online: () => hostClient.wake('online'),
    offline: sync.insist,
    stored(key) {
      // Another tab has erased the person: this tab's events go too. Or two tabs changed the person at once.
      const own = `${STORAGE_PREFIX}${queue}:`
      if (journal && key.startsWith(own + PERSON_KEY)) {
        front.reload?.()
        void front.flagWork?.look(true)
      }
      // A tab that was closed right after a choice may not have written it to IndexedDB.
      if (key === own + CHOICE_AT_KEY) journal?.decide()
      onBackup?.(key)
    },
  })
  if (navigator.onLine === false) void hostClient.ready.then(sync.insist)
  return {
    ...delivery,
    listen: reports.start,
    debug: debugSwitch(emitter, log, reports.start),
    erase({ refused, at }) {
      if (!refused || front.choices?.consent.choice.at !== at) return
      // A page that stores nothing leaves alone what others have stored.
      if (journal) removeBackups(queue)
      void hostClient.erase(at)
    },
  }
}

function hostAtPageExit(
  hostClient: HostClient,
  undelivered: Undelivered,
  choices: AfterChoices,
  config: CaptureConfig,
  letGo: () => void,
): Host {
  const isWorker = () => hostClient.channel?.host === 'worker'
  return {
    onPageExit: hostClient.onPageExit,
    answers: hostClient.answered,
    // Before the page's last step on the rules is on disk, a handover is not posted.
    outlives: () => isWorker() && hostClient.answered() && choices.isSettled(),
    undelivered: () => (isWorker() ? [] : [...undelivered.handovers]),
    sendByKind: (handovers) => beacons(handovers, config),
    letGo,
  }
}

/** Keeps handovers that no host has taken for a later page. Returns how many of their events are kept. */
function keepAtTheEnd(unacknowledged: Handover[], pageExit: PageExit, journal: Journal | undefined): number {
  if (!journal) return 0
  const unkept = unacknowledged.filter((handover) => !journal.holds(handover))
  return countEvents(unacknowledged) - (pageExit.backUp(unkept) ? 0 : countEvents(unkept))
}

const countEvents = (handovers: Handover[]) => handovers.reduce((sum, { events }) => sum + events.length, 0)

function warnOfPageOptions(options: OutlastOptions, warn: (message: string) => void): void {
  warnOfBootstrap(options.bootstrap, warn)
  const check = checkOptions(options, warn)
  check('persistence', (given) => given === 'auto' || given === 'memory', "'auto' or 'memory'")
  check('personProfiles', isProfiles, "'always', 'identified_only' or 'never'; making no profiles")
}
