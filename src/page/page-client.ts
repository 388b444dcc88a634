/** The client of a page: what must be there at once, and what is loaded right after. */

import { newId } from '../adapters/new-id'
import { createFront, type LateDelivery } from '../client/front'
import { readCaptureOptions } from '../client/options'
import { queueKey } from '../core/queue-config'
import { asRecord, copyOf, describe } from '../core/values'
import { createDeparture } from './departure'
import { createJournal } from './journal'
import type { Outlast, OutlastOptions } from './types'
import { memoryStorage, webStorage } from './web-storage'

/** Code that has not arrived after this many ms is asked for again, and calls are answered without it. */
const LOAD_LIMIT_MS = 10_000

const timer = (ms: number) => new Promise<undefined>((resolve) => setTimeout(resolve, ms))

/** ms before the code that could not be loaded is asked for again; doubled each time. */
const RELOAD_MS = 5_000

export function createPageClient(apiKey: unknown, raw: unknown, onClosing: () => void): Outlast {
  const options = copyOf(raw) as OutlastOptions
  const config = readCaptureOptions(apiKey, raw, { logger: console, now: Date.now, isUrl })
  const { log } = config
  if (!config.apiKey) {
    log.warn("init needs the project's API key; nothing will be captured")
    return disabledPageClient()
  }
  const queue = queueKey(config)
  const durable = options.persistence !== 'memory'
  const { distinctId } = copyOf(options.bootstrap)
  const { front, connect } = createFront({
    config,
    newId,
    kept: durable ? webStorage('localStorage', queue, log.tell) : memoryStorage(),
    tab: durable ? webStorage('sessionStorage', queue, log.tell) : memoryStorage(),
    bootstrapId: typeof distinctId === 'string' && distinctId !== '' ? distinctId : undefined,
    surroundings: () => ({ $current_url: location.href }),
    decide: (change) => journal?.decide(change),
    written: () => [...front.outbox.open].reduce((sum, one) => sum + (journal?.holds(one) ? one.events.length : 0), 0),
    timer,
    onClosing,
  })
  const journal = durable ? createJournal(queue, front.outbox) : undefined
  const hooked = asRecord(options.worker).beforeSend === true
  const departure = createDeparture(front, { queue, journal, hooked })
  front.capture.onNew = () => {
    journal?.keep()
    departure.handedOver()
  }

  let onLoaded: (delivery: LateDelivery) => void
  const loaded = new Promise<LateDelivery>((resolve) => (onLoaded = resolve))
  let outcome: Promise<LateDelivery | undefined>
  load(RELOAD_MS)

  function load(pauseMs: number): void {
    const loading = import('./delivery')
    outcome = Promise.race([
      loading,
      timer(LOAD_LIMIT_MS).then(() => Promise.reject(new Error('it takes too long'))),
    ]).then(
      ({ startDelivery }) => {
        const delivery = startDelivery({ front, departure, journal, raw, queue, hooked })
        onLoaded(delivery)
        return delivery
      },
      (error) => {
        const reason = `the code that delivers could not be loaded (${describe(error)})`
        if (pauseMs === RELOAD_MS) {
          log.warn(`${reason}; trying again`)
          log.speak({})
          front.emitter.emit('degraded', { from: 'worker', to: 'memory', reason })
        }
        const again = () => {
          clearTimeout(waiting)
          removeEventListener('online', again)
          load(pauseMs * 2)
        }
        const waiting = setTimeout(again, pauseMs)
        addEventListener('online', again)
        return undefined
      },
    )
  }

  const client = connect(loaded, () => outcome)
  if (config.onError) client.on('drop', config.onError)
  return client
}

/** The client of nobody's project, and of a page that is rendered on a server: it keeps and sends nothing. */
export function disabledPageClient(): Outlast {
  const { connect } = createFront({
    config: readCaptureOptions('', {}, { logger: console, now: Date.now, isUrl }),
    newId: () => '',
    kept: memoryStorage(),
    tab: memoryStorage(),
    bootstrapId: undefined,
    surroundings: () => ({}),
    decide: () => undefined,
    written: () => 0,
    timer,
    onClosing: () => undefined,
  })
  return connect(new Promise(() => undefined), async () => undefined)
}

function isUrl(text: string): boolean {
  try {
    return Boolean(new URL(text))
  } catch {
    return false
  }
}
