/** Makes the client of a page from the code that must be there at once, and loads the rest right after. */

import { isUrl } from '../../adapters/is-url'
import { newId } from '../../adapters/new-id'
import { type Answers, createFront, type FrontPorts, type LateDelivery } from '../../client/first/front'
import { type CaptureConfig, has, readCaptureOptions } from '../../client/first/options'
import { PERSON_KEY } from '../../client/first/person'
import { MAX_ADDRESS, MAX_DELAY } from '../../core/base/limits'
import { copyOf, show } from '../../core/base/values'
import { queueKey } from '../../core/config/queue-config'
import type { Outlast, OutlastOptions } from '../types'
import { createJournal, type Disk } from './journal'
import { createPageExit, type PageExit } from './page-exit'
import { type StorageKind, webStorage } from './web-storage'

/** If the late code has not loaded after this many ms, it is asked for again, and calls are answered without it. */
const LOAD_LIMIT_MS = 10_000

const timer = (ms: number) => new Promise<undefined>((resolve) => setTimeout(resolve, Math.min(ms, MAX_DELAY)))

/** The pause in ms before late code that could not be loaded is asked for again; longer by as much each time. */
const RELOAD_MS = 5_000

/** The code that loads late, or a text that says why it could not be loaded. */
const late = () => import('../late/delivery').catch(show)

/** Without arguments: for a client that does nothing, on a server. */
export const readPageOptions = (apiKey?: unknown, raw?: unknown) =>
  readCaptureOptions(apiKey, raw, { logger: console, now: Date.now, isUrl, origin: globalThis.location?.origin })

/** @param raw the options as `init` was given them. Without an API key the client keeps and sends nothing. */
export function createPageClient(config: CaptureConfig, raw?: unknown, onClosing?: () => void): Outlast {
  const { apiKey, logs: log } = config
  const options: OutlastOptions = copyOf(raw)
  const queue = queueKey(config)
  const { cookieless } = options
  const durable = options.persistence !== 'memory' && !cookieless
  const store = (kind: StorageKind | false, end = ':') => webStorage(kind, apiKey + end, log.warnOf)
  const kept = store(durable && 'localStorage')
  const ports: FrontPorts & Disk = {
    setup: config,
    freshId: apiKey ? newId : () => '',
    choice: store('localStorage'),
    // `false` where an option, or what an earlier version has stored, is looked at by late code before the choice
    // counts.
    presumed:
      !(
        cookieless ||
        options.crossSubdomain ||
        options.respectDnt ||
        options.respectGpc ||
        // A person who seems new may be known to posthog-js, or by an older name, with the host before `:person` or
        // `:opt_out`.
        ((options.adopt || /:[op]/.test(`${store('localStorage', ' ').keys()}`)) && !kept.get(PERSON_KEY))
      ) && options.consent,
    kept,
    tab: store(durable && 'sessionStorage'),
    bootstrap: copyOf(options.bootstrap),
    decide(change) {
      begin()
      ports.ownJournal?.decide(change)
    },
    countWritten: () =>
      [...front.outbox.unacknowledged].flatMap((one) => (ports.ownJournal?.holds(one) ? one.events : [])).length,
    timer,
    onClosing,
  }
  const { front, connect } = createFront(ports)
  front.emitter.on('event', ([properties]) => {
    properties.$current_url = location.href.slice(0, MAX_ADDRESS)
  })
  const loaded = new Promise<LateDelivery>((resolve) => (front.onCourier = resolve))
  let pageExit: PageExit | undefined
  let failures = 0
  // A choice in the very task of `init` holds before anything is stored. A server that renders a page loads nothing.
  let outcome: Promise<Answers | undefined> = Promise.resolve().then(() => {
    begin()
    return ports.isBegun ? outcome : raw ? load() : undefined
  })

  /**
   * Has events stored and sent, unless the person has refused or has to choose first.
   *
   * @param store whether they are stored: as the options say, or from now on where `setPersistence` says so
   */
  function begin(store = durable): void {
    if (!apiKey || front.ofConsent.withheld) return
    ports.isBegun = true
    front.lasting.optedIn()
    front.tab.optedIn()
    if (store) ports.ownJournal ??= createJournal(queue, front.outbox)
    if (pageExit) return
    const noBeacons = has(options, 'requestHeaders') || config.workerGuards
    const exit = createPageExit(front, ports, queue, noBeacons)
    pageExit = exit
    front.capture.onNew = () => {
      ports.ownJournal?.keep()
      exit.handedOver()
    }
    outcome = load()
  }

  async function load(): Promise<Answers | undefined> {
    const code = await Promise.race([late(), timer(LOAD_LIMIT_MS)])
    if (typeof code === 'object') return code.startDelivery(front, raw, begin, pageExit, ports)
    if (!failures++) {
      const reason = `${config.halted ?? 'late code not loaded'} ${code ?? 'timeout'}`
      log.warn(reason)
      log.setWords({})
      front.emitter.emit('degraded', { reason, from: 'worker', to: 'memory' })
    }
    void timer(RELOAD_MS * failures).then(() => {
      outcome = load()
    })
    return undefined
  }

  const client = connect(loaded, () => outcome)
  if (has(options, 'onError')) client.on('drop', options.onError)
  return client
}
