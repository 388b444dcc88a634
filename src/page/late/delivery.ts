/** Loaded right after a page's first code: makes the delivery, which hands over events and answers for the client. */

import { newId } from '../../adapters/new-id'
import { systemClock } from '../../adapters/system-clock'
import type { Answers, Front, LateDelivery } from '../../client/first/front'
import { createAdditions } from '../../client/late/additions'
import { assembleClient } from '../../client/late/assemble-client'
import { applyPersonOptions } from '../../client/late/corrections'
import { debugSwitch } from '../../client/late/debug-switch'
import { readDeliveryOptions } from '../../client/late/delivery-options'
import { createFlagContext } from '../../client/late/flag-context'
import { forgetFormerPerson } from '../../client/late/former-person'
import { ALL_OPTIONS } from '../../client/late/option-names'
import { markWindow } from '../../client/late/window-copies'
import { copyOf } from '../../core/base/values'
import { queueKey } from '../../core/config/queue-config'
import type { Handover } from '../../core/queue/handover'
import { isRefused, NO_RULES } from '../../core/queue/rules'
import type { PageExit } from '../first/page-exit'
import type { OutlastOptions } from '../types'
import { createAfterChoices } from './after-choices'
import { createBackgroundSync } from './background-sync'
import { beginWith } from './by-need'
import { createConnect } from './connect'
import { forgetErasedEarly, heedErasures, tellErased } from './drop-waiting'
import { eraseHere } from './erase-here'
import { heedStored } from './heed-stored'
import { heedWithoutDisk } from './heed-without-disk'
import { hostAtPageExit, keepAtTheEnd } from './host-at-page-exit'
import { type Refusals, refusalsOf } from './last-refusal'
import { useLazyWords } from './lazy-words'
import { leaveForGood } from './leave-for-good'
import { watchLifecycle } from './lifecycle'
import { loadFeatureFlags } from './load-flags'
import { mindEarlierHosts } from './mind-earlier-hosts'
import { useJournal } from './on-disk'
import { codeOfOptions, type OptionCode } from './option-code'
import type { StoragePorts } from './persistence'
import { shorten } from './recover-backups'
import { recoverEarlier } from './recover-earlier'
import { watchReports } from './reports'
import { openRulesChannel } from './rules-channel'
import { createSetPersistence } from './set-persistence'
import { standInForNobody } from './stand-in-for-nobody'
import { trackUndelivered } from './undelivered'
import { waitingCode } from './waiting-code'
import { warnOfPageOptions } from './warn-of-page-options'
import { workerOfPage } from './worker-of-page'
import { writeAgain } from './write-again'
import { writePersonFirst } from './write-person-first'

/** What answers for the client, now or once its code has loaded. */
export type Answering = Answers | Promise<Answers>

/**
 * Makes the delivery of a client, once the code that its options need is there. For a client that may not begin yet, it
 * gives what answers meanwhile, and is called again once the client has begun.
 *
 * @param raw what `init` was given
 * @param begin has the client begin, unless that is withheld still
 * @param pageExit absent while the client may not begin
 * @param ports where the page stores: what is stored may change while it lives
 */
export function startDelivery(
  front: Front,
  raw: unknown,
  begin: (store?: true) => void,
  pageExit: PageExit | undefined,
  ports: StoragePorts,
): Answering {
  useLazyWords(front.setup.logs)
  const refusals = refusalsOf(front, ports)
  if (!front.courier) forgetErasedEarly(front)
  if (!pageExit)
    return beginWith(front, ports, waitingCode(front, begin, copyOf(raw), ports, refusals), ({ wait, sharing }) =>
      wait(front, raw, begin, ports, refusals, sharing),
    )
  const start = (code: OptionCode) => {
    front.courier ??= deliver(front, raw, begin, pageExit, ports, refusals, code)
    front.onCourier?.(front.courier)
    return front.courier
  }
  const needed = codeOfOptions(front.setup.mask, copyOf(raw), ports.ownJournal !== undefined)
  if (needed) heedErasures(front, ports, refusals)
  return needed ? beginWith(front, ports, needed, start) : start({})
}

/** Makes each part of a page's delivery once, and hands each part what it needs of the others. The parts decide. */
// biome-ignore lint/complexity/noExcessiveLinesPerFunction: the order of its lines is the order in which the parts need one another.
function deliver(
  front: Front,
  raw: unknown,
  begin: (store: true) => void,
  pageExit: PageExit,
  ports: StoragePorts,
  refusals: Refusals,
  code: OptionCode,
): LateDelivery {
  const options = copyOf(raw) as OutlastOptions
  const { setup: config, capture, emitter, person } = front
  const { logs: log, wall } = config
  front.onChoice = undefined
  writePersonFirst(front, ports.kept)
  if (front.choices?.erased()) front.successor = person.state.anonymousId
  const queue = queueKey(config)
  const clock = systemClock(wall)
  const styleOf = (host: string) => (new URL(host).origin === location.origin ? 'headers' : 'simple')
  const read = readDeliveryOptions(raw, config, styleOf, ALL_OPTIONS)
  const asNobody = () => read.queue.relay && standInForNobody(front)
  asNobody()
  code.bootstrap?.warnOfBootstrap(options.bootstrap, log.warnOf)
  warnOfPageOptions(options, log.warnOf)
  const { askHeaders } = read
  const { worker, hooked, hookedBy, isHooked, lacks } = workerOfPage(front, options, askHeaders, ports)
  const { connect, registration, inPage } = createConnect({
    queue,
    worker: () => (ports.ownJournal ? worker : false),
    durable: () => ports.ownJournal !== undefined,
    askHeaders,
    lacks,
    clock,
    warnOf: log.warnOf,
    onUpdate: (update) => emitter.emit('update', update),
  })
  const sync = createBackgroundSync(registration, wall)
  const reports = watchReports(queue, emitter)
  const missed = (channel = hostClient.channel) => heedWithoutDisk(channel, refusals, hostClient, undelivered)
  const decide = () => {
    if (!ports.ownJournal) return inMemory?.look()
    missed()
    ports.ownJournal.decide()
  }
  const amend = (handovers: Handover[]) => ports.ownJournal && writeAgain(ports.ownJournal, queue, handovers, log)
  const undelivered = trackUndelivered(reports, emitter)
  const rulesChannel = openRulesChannel(
    queue,
    decide,
    (last) => {
      refusals.hear(last)
      decide()
    },
    (timeoutMs) => {
      refusals.end()
      return leaveForGood(front, delivery, ports.ownJournal, timeoutMs)
    },
  )
  refusals.tell = rulesChannel.tell
  const choices = createAfterChoices(() => (ports.ownJournal ?? inMemory)?.known, clock)
  const channel = () => hostClient.channel
  const minding = { front, clock, config: read.queue, styleOf, channel, onPending: sync.request }
  const mindEarlier = () => ports.ownJournal && mindEarlierHosts({ ...minding, journal: ports.ownJournal })
  let earlier = mindEarlier()
  const onDisk = () =>
    useJournal({
      ...{ front, hooked, hookedBy, queue, clock, journal: ports.ownJournal },
      hasHost: () => hostClient.answered(),
      erasedAt: () => refusals.last.erasedAt,
      onRules(rules) {
        rulesChannel.publish(rules)
        earlier?.onRules(rules)
        // Another tab may have had the rules read again. Until that step ends, page exit cannot rely on the worker.
        void choices.settled()
      },
    })
  let disk = onDisk()
  pageExit.shorten = shorten
  const shownWindow = markWindow(front, window.self !== window.top, newId)
  const forgetFormer = forgetFormerPerson(front)
  const bootstrap = copyOf(options.bootstrap)
  const { personProfiles } = options
  const correct = applyPersonOptions(front, { bootstrap, personProfiles }, shownWindow, code.bootstrap)
  const masking = code.mask?.readMasking(config.mask, log.warn)
  const additions = createAdditions(front, clock, amend)
  const { hostClient, delivery, amended } = assembleClient({
    front,
    clock,
    options,
    read,
    masking,
    correct,
    hostPorts: {
      async connect(...asked) {
        // The page has no host before the events are whole and the rules on disk say whether a host in it may send.
        await additions.settled()
        await choices.settled()
        const connected = await connect(...asked)
        if (ports.ownJournal) missed(connected.channel)
        return connected
      },
      choices,
      isRefused: ({ at }) => isRefused(ports.ownJournal?.lastRules ?? NO_RULES, at),
      isOnline: () => navigator.onLine !== false,
      workerAt: () => worker || undefined,
      onPending: sync.request,
      onEmpty: sync.rearm,
      onHandover: pageExit.handedOver,
      isKept: (handover) => !!ports.ownJournal?.asked.has(handover),
      keep: (unacknowledged) => keepAtTheEnd(unacknowledged, pageExit, ports.ownJournal),
      onCommitted(handover) {
        if (hostClient.channel?.host !== 'worker') undelivered.add(handover)
      },
      onSafe: (handovers) => disk.upkeep?.tidyLater(handovers),
      // Another page has written the refusal to disk.
      onOptedOut: decide,
      onHooked: (now) => disk.onHooked(now),
    },
    loadFlags: (ports) => loadFeatureFlags(ports, front, context, options, choices.settled),
    onShutdown() {
      unwatch()
      earlier?.stop()
      pageExit.end()
      reports.stop()
      rulesChannel.pause()
    },
  })
  const inMemory = code.memory?.heedInMemory({
    ...{ front, ports, refusals, hostClient, onErased: undelivered.clear },
    onAnother() {
      forgetFormer()
      asNobody()
      void front.flagWork?.look(true)
    },
  })
  // Done before the page has a host. A page that stores may have read the rules before another one asked to erase.
  if (inMemory || refusals.last.erasedAt > refusals.heeded.erasedAt) decide()
  void amend(amended)
  additions.begin(masking)
  const context = createFlagContext(front, isHooked)
  capture.onNew = () => {
    disk.heedChoice?.(hostClient.channel?.storage === 'memory')
    hostClient.handOver()
    if (pageExit.gone) pageExit.handedOver()
    else disk.upkeep?.keepIfLate(hostClient)
  }
  const { requestHeaders } = read.queue.settings
  pageExit.host = hostAtPageExit(
    hostClient,
    undelivered,
    choices,
    { ...read.queue, requestHeaders, wall },
    () => !ports.ownJournal,
    () => {
      shownWindow.markOpen(false)
      inPage()?.letGo()
      reports.pause()
      rulesChannel.pause()
    },
  )
  const comeBack = () => {
    pageExit.gone = false
    if (ports.ownJournal) pageExit.backUp([])
  }
  // The page may have been left and come back before this code was there.
  comeBack()
  const drainEarlier = () => void earlier?.drain()
  void hostClient.ready.then(drainEarlier)
  const recover = () => recoverEarlier(front, queue, ports, read.queue.settings.maxEventAge, hostClient)
  let onBackup = recover()
  const unwatch = watchLifecycle({
    back() {
      shownWindow.markOpen(true)
      tellErased(front, ports.ownJournal, front.reload)
      forgetFormer()
      decide()
      comeBack()
      hostClient.onPageBack()
      reports.resume()
      rulesChannel.resume()
    },
    online: () => hostClient.wake('online'),
    offline: sync.insist,
    stored(key) {
      heedStored(key, { front, queue, ports, refusals, forgetFormer, decide, drainEarlier })
      onBackup?.(key)
    },
  })
  const setPersistence = createSetPersistence({
    ...{ front, ports, begin, hostClient, decide, choices, options },
    onJournal() {
      undelivered.clear()
      earlier = mindEarlier()
      disk = onDisk()
      onBackup = recover()
      drainEarlier()
    },
  })
  if (navigator.onLine === false) void hostClient.ready.then(sync.insist)
  return {
    ...delivery,
    listen: reports.start,
    debug: debugSwitch(emitter, log, reports.start),
    setPersistence,
    erase(choice) {
      asNobody()
      eraseHere(choice, { front, queue, ports, refusals, hostClient, undelivered })
    },
  }
}
