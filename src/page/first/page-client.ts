/** Makes the client of a page from the code that must be there at once, and loads the rest right after. */

import { isUrl } from '../../adapters/is-url'
import { newId } from '../../adapters/new-id'
import { createFront, type LateDelivery } from '../../client/first/front'
import { type CaptureConfig, has, readCaptureOptions } from '../../client/first/options'
import { MAX_ADDRESS, MAX_DELAY } from '../../core/base/limits'
import { copyOf, show } from '../../core/base/values'
import { queueKey } from '../../core/config/queue-config'
import type { Outlast, OutlastOptions } from '../types'
import { createJournal } from './journal'
import { createPageExit, HOOKED_KEY } from './page-exit'
import { type StorageKind, webStorage } from './web-storage'

/** If the late code has not loaded after this many ms, it is asked for again, and calls are answered without it. */
const LOAD_LIMIT_MS = 10_000

const timer = (ms: number) => new Promise<undefined>((resolve) => setTimeout(resolve, Math.min(ms, MAX_DELAY)))

/** The pause in ms before late code that could not be loaded is asked for again; doubled each time. */
const RELOAD_MS = 5_000

/** The code that loads late, or a text that says why it could not be loaded. */
const late = () => import('../late/delivery').catch(show)

/** Without arguments: for a client that does nothing, on a server. */
export const readPageOptions = (apiKey?: unknown, raw?: unknown) =>
  readCaptureOptions(apiKey, raw, { logger: console, now: Date.now, isUrl, origin: globalThis.location?.origin })

/** @param raw the options as `init` was given them. Without an API key the client keeps and sends nothing. */
export function createPageClient(config: CaptureConfig, raw?: unknown, onClosing?: () => void): Outlast {
  const { log, apiKey } = config
  const options: OutlastOptions = copyOf(raw)
  const queue = queueKey(config)
  const durable = apiKey && options.persistence !== 'memory'
  const store = (kind: StorageKind) => webStorage(durable ? kind : undefined, queue, log.warnOf)
  const kept = store('localStorage')
  const { front, connect } = createFront({
    config,
    newId: apiKey ? newId : () => '',
    kept,
    tab: store('sessionStorage'),
    bootstrap: copyOf(options.bootstrap),
    decide: (change) => journal?.decide(change),
    countWritten: () =>
      [...front.outbox.unacknowledged].flatMap((one) => (journal?.holds(one) ? one.events : [])).length,
    timer,
    onClosing,
  })
  front.emitter.on('event', ([properties]) => {
    properties.$current_url = location.href.slice(0, MAX_ADDRESS)
  })
  const listening = (client: Outlast) => {
    if (has(options, 'onError')) client.on('drop', options.onError)
    return client
  }
  let onLoaded: (delivery: LateDelivery) => void
  const loaded = new Promise<LateDelivery>((resolve) => (onLoaded = resolve))
  const journal = durable ? createJournal(queue, front.outbox) : undefined
  if (config.idle) {
    log.warnOf('idle', config.idle)
    // A server that renders a page loads nothing, and so is told nothing.
    if (raw) late().then((code) => log.setWords((code as Partial<typeof import('../late/delivery')>).WARNINGS ?? {}))
    return listening(connect(loaded, async () => undefined))
  }
  // The rules on disk say the same. Where the disk cannot be read, localStorage alone remembers what the worker said.
  const noBeacons = () => has(options, 'requestHeaders') || config.workerGuards || kept.get(HOOKED_KEY) === 'true'
  const pageExit = createPageExit(front, { queue, journal, noBeacons })
  front.capture.onNew = () => {
    journal?.keep()
    pageExit.handedOver()
  }

  let outcome = load(RELOAD_MS)

  async function load(pauseMs: number): Promise<LateDelivery | undefined> {
    const code = await Promise.race([late(), timer(LOAD_LIMIT_MS)])
    if (typeof code === 'object') {
      const delivery = code.startDelivery({ front, pageExit, journal, raw, store: kept })
      onLoaded(delivery)
      return delivery
    }
    if (pauseMs === RELOAD_MS) {
      const reason = `late code not loaded (${code ?? 'timeout'})`
      log.warn(reason)
      log.setWords({})
      front.emitter.emit('degraded', { from: 'worker', to: 'memory', reason })
    }
    const online = new Promise((resolve) => addEventListener('online', resolve, { once: true }))
    void Promise.race([timer(pauseMs), online]).then(() => {
      outcome = load(pauseMs * 2)
    })
    return undefined
  }

  return listening(connect(loaded, () => outcome))
}
