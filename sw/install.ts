/**
 * Makes a service worker the host of outlast's queues. It adds no fetch handler, so it slows no navigation, and it
 * takes only messages and syncs that are outlast's, so it does not disturb other code of the worker.
 *
 * @packageDocumentation
 */

import { fetchSender } from '../src/adapters/fetch-sender'
import { platformCompressor } from '../src/adapters/gzip'
import { idbDatabase } from '../src/adapters/idb-database'
import { newId } from '../src/adapters/new-id'
import { reportChannel } from '../src/adapters/report-channel'
import { systemClock } from '../src/adapters/system-clock'
import { webLocks } from '../src/adapters/web-locks'
import { SYNC_TAG } from '../src/core/base/names'
import type { HeadersSource, RelayHeadersSource } from '../src/core/config/ask-headers'
import type { WorkLimits } from '../src/core/delivery/drive'
import type { Cause, IdleStatus } from '../src/core/delivery/transport'
import type { BeforeSend } from '../src/core/event/before-send'
import { createHost, idleMessage, type Work } from '../src/core/host/host'
import type { HostMessage } from '../src/core/host/messages'

/** Options of `install`. With any other name that is given a value each event is dropped, and the console says so. */
export interface OutlastWorkerOptions {
  /**
   * One hook or a chain, applied once to every queued event before it is first sent, whichever page it came from.
   * A hook returns the event, changed or not, or null to drop it; a hook that throws drops the event too. Hooks must be
   * synchronous. What is no function drops each event. The event's uuid stays as it is. Default none.
   *
   * @example
   * install({ beforeSend: (event) => (event.event === 'internal' ? null : event) })
   */
  beforeSend?: BeforeSend | BeforeSend[] | undefined
  /**
   * Gives the headers of each request, for every queue, at once or as a promise: it is asked before each request, also
   * when no page is open, and has 5 s. After an error, no answer or anything but valid headers, at least one, there is
   * no request: the events are sent later. What is no function counts as one that fails, and the console says so. Pages
   * have to say `worker: { requestHeaders: true }`. Default none.
   *
   * @example
   * install({ requestHeaders: async () => ({ Authorization: `Bearer ${await tokenFromIndexedDb()}` }) })
   */
  requestHeaders?: HeadersSource | undefined
  /**
   * The same for requests of a relay (`outlast/relay`), which carry none of `requestHeaders`: it is asked with the
   * origin that the request goes to, and only for relays that say `worker: { requestHeaders: true }`. What is no
   * function counts as one that fails, and the console says so. Default none.
   *
   * @example
   * install({ relayHeaders: async (origin) => ({ Authorization: `Bearer ${await tokenFor(origin)}` }) })
   */
  relayHeaders?: RelayHeadersSource | undefined
}

/** The worker is kept alive for a wake that is at most this many ms ahead. Browsers end an idle worker after 30 s. */
const HOLD_MS = 25_000

/** The longest work in one event, in ms. Chromium ends an event after 5 min, and the worker with it. */
const EVENT_BUDGET_MS = 240_000

/**
 * Messages that come within this many ms share the event of the first one, which keeps the worker awake for all of
 * them. Every message then has at least the rest of that event's budget.
 */
const SHARE_MS = 30_000

/** The longest work in one sync event, in ms. Chromium gives it 3 min (`max_sync_event_duration`). */
const SYNC_BUDGET_MS = 150_000

const EVENT_LIMITS: WorkLimits = { holdMs: HOLD_MS, budgetMs: EVENT_BUDGET_MS, shareMs: SHARE_MS }
const SYNC_LIMITS: WorkLimits = { holdMs: HOLD_MS, budgetMs: SYNC_BUDGET_MS }

interface SyncEvent extends ExtendableEvent {
  readonly tag: string
}

/**
 * Makes this worker a host. To be called once, while the worker's script is first run: browsers take no listeners
 * later.
 *
 * @example
 * import { install } from 'outlast/worker'
 * install({ beforeSend: (event) => (event.event === 'internal' ? null : event) })
 */
export function install(options: OutlastWorkerOptions = {}): void {
  const scope = globalThis as unknown as ServiceWorkerGlobalScope
  const senderId = `worker:${newId()}`
  const host = createHost({
    database: idbDatabase(),
    clock: systemClock(),
    random: Math.random,
    newId,
    sender: fetchSender(),
    compress: platformCompressor(),
    locks: webLocks(),
    hooks: hooksOf(options),
    askHeaders: functionOf('requestHeaders', options.requestHeaders),
    relayHeaders: functionOf('relayHeaders', options.relayHeaders),
    senderId,
    scope: scope.registration.scope,
    report: reportChannel(),
    onBlocked: (queue, status) => void postToPages(queue, status),
  })

  async function work(limits: WorkLimits, cause: Cause, queue?: string): Promise<number> {
    const done = await host.work(limits, cause, queue === undefined ? undefined : [queue])
    let pending = 0
    for (const { queue: key, status } of done) {
      pending += status.pending
      await postToPages(key, status)
    }
    return pending
  }

  async function postToPages(queue: string, status: IdleStatus): Promise<void> {
    const message = idleMessage(queue, senderId, status)
    for (const page of await pages()) page.postMessage(message)
  }

  /**
   * The pages that may get messages. A message evicts a page from the back/forward cache; `matchAll` lists no such page, but for
   * those in `quiet`.
   */
  async function pages(): Promise<readonly Client[]> {
    const open = await scope.clients.matchAll({ type: 'window', includeUncontrolled: true })
    return open.filter(({ id }) => !quiet.has(id))
  }

  /** Ids of pages that may be entering the back/forward cache and may still be in the browser's list. */
  const quiet = new Set<string>()
  function noteQuiet(source: ExtendableMessageEvent['source'], isQuiet: boolean): void {
    const id = (source as Client | null)?.id
    if (id === undefined) return
    if (isQuiet) quiet.add(id)
    else quiet.delete(id)
  }

  async function answer(source: ExtendableMessageEvent['source'], message: HostMessage): Promise<void> {
    const asker = (await pages()).find(({ id }) => id === (source as Client | null)?.id)
    asker?.postMessage(message)
  }

  const goOn = (left: Work | undefined) => (left ? work(EVENT_LIMITS, left.cause, left.queue) : 0)

  scope.addEventListener('message', (event) => {
    const { source, data } = event
    // A site's own worker also gets messages that are not outlast's, which are left to the site's listeners.
    if (!(typeof data === 'object' && data !== null && 'outlast' in data)) return
    const { quiet: isQuiet, uninstall } = data as { quiet?: unknown; uninstall?: unknown }
    // The library is being removed from the site: a retry must not make the database anew.
    if (uninstall === true) return event.waitUntil(host.close())
    noteQuiet(source, isQuiet === true)
    // The page may have gone since its message: it gets no answer, but its message counts.
    event.waitUntil(host.receive(data, (message) => void answer(source, message)).then(goOn))
  })

  // No `waitUntil`: no page gets an answer before activation is over, and an endpoint that hangs could delay that for
  // minutes. The first message of a page keeps the worker awake.
  scope.addEventListener('activate', () => void work(EVENT_LIMITS, 'due'))

  const onSync = (event: Event) => {
    const { tag, waitUntil } = event as SyncEvent
    if (tag !== SYNC_TAG) return
    const drained = work(SYNC_LIMITS, 'online').then((pending) => {
      // A rejection tells the browser to fire a one-off sync again; a periodic one comes again by itself.
      if (pending > 0) throw new Error(`${pending} events are still queued`)
    })
    waitUntil.call(event, drained)
  }
  scope.addEventListener('sync', onSync)
  scope.addEventListener('periodicsync', onSync)
}

/**
 * The hooks. A name that is no option may have been meant for `beforeSend`: fails closed, since no event may go out
 * past the hook that was meant.
 */
function hooksOf({
  beforeSend = [],
  requestHeaders: _,
  relayHeaders: __,
  ...unknown
}: OutlastWorkerOptions): BeforeSend[] {
  const [name] = Object.entries(unknown).flatMap(([key, value]) => (value ? [key] : []))
  if (name === undefined) return [beforeSend].flat()
  const message = `${JSON.stringify(name)} is no option of install, which takes beforeSend, requestHeaders and relayHeaders; every event is dropped until it is put right`
  console.warn(`[outlast] ${message}`)
  return [
    () => {
      throw new Error(message)
    },
  ]
}

/** A value that is no function gives no headers, and so no request is made. */
function functionOf<Source extends HeadersSource | RelayHeadersSource>(
  name: string,
  given: Source | undefined,
): Source | (() => never) | undefined {
  if ((given ?? undefined) === undefined || typeof given === 'function') return given
  console.warn(`[outlast] ${name} of install must be a function; nothing is sent until it is put right`)
  return () => {
    throw new Error('it is not a function')
  }
}

export type { HeadersSource, RelayHeadersSource } from '../src/core/config/ask-headers'
export type { BeforeSend } from '../src/core/event/before-send'
export type { OutlastEvent, Properties } from '../src/core/event/event'
