/**
 * Makes a service worker the host of outlast's queues. It adds no fetch handler, so it slows no navigation, and it
 * takes only messages and syncs that are outlast's, so it lives beside whatever else the worker does.
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
import type { BeforeSend } from '../src/core/before-send'
import { createHost, restMessage, type Work, type WorkLimits } from '../src/core/host'
import type { HostMessage } from '../src/core/messages'
import { SYNC_TAG } from '../src/core/names'
import type { Rest, WakeReason } from '../src/core/transport'

export interface WorkerOptions {
  /**
   * One hook or a chain, applied once to every queued event before it is first sent, whichever page it came from.
   * It returns the event, changed or not, or null to drop it; one that throws drops the event too. It must be
   * synchronous. The event's uuid stays as it is.
   */
  beforeSend?: BeforeSend | BeforeSend[]
}

/** A worker is kept alive for a next try at most this many ms ahead; browsers end an idle one after 30 s. */
const HOLD_MS = 25_000

/** Chromium ends an event that takes longer than 5 min, and the worker with it. */
const EVENT_BUDGET_MS = 240_000

/**
 * Messages that come within so many ms share one that keeps the worker awake for all of them, however many they are.
 * Each has at least the rest of that one's budget.
 */
const SHARE_MS = 30_000

/** Chromium gives a sync event 3 min (`max_sync_event_duration`). */
const SYNC_BUDGET_MS = 150_000

const EVENT_LIMITS: WorkLimits = { holdMs: HOLD_MS, budgetMs: EVENT_BUDGET_MS, shareMs: SHARE_MS }
const SYNC_LIMITS: WorkLimits = { holdMs: HOLD_MS, budgetMs: SYNC_BUDGET_MS }

interface SyncEvent extends ExtendableEvent {
  readonly tag: string
}

/** Call it once, while the worker's script is first run. */
export function install(options: WorkerOptions = {}): void {
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
    hooks: [options.beforeSend ?? []].flat(),
    senderId,
    report: reportChannel(),
    onTrouble: (queue, rest) => void tellPages(queue, rest),
  })

  async function work(limits: WorkLimits, reason: WakeReason, queue?: string): Promise<number> {
    const done = await host.work(limits, reason, queue === undefined ? undefined : [queue])
    let pending = 0
    for (const { queue: key, rest } of done) {
      pending += rest.pending
      await tellPages(key, rest)
    }
    return pending
  }

  async function tellPages(queue: string, rest: Rest): Promise<void> {
    const message = restMessage(queue, senderId, rest)
    for (const page of await pages()) page.postMessage(message)
  }

  /** A message to a page in the back/forward cache evicts it. The browser's list leaves out those that are there. */
  async function pages(): Promise<readonly Client[]> {
    const open = await scope.clients.matchAll({ type: 'window', includeUncontrolled: true })
    return open.filter(({ id }) => !quiet.has(id))
  }

  /** Pages on their way there, which the list may still have. */
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

  const goOn = (left: Work | undefined) => (left ? work(EVENT_LIMITS, left.reason, left.queue) : 0)

  scope.addEventListener('message', (event) => {
    const { source, data } = event
    // Own workers get messages that are not outlast's; those are left to the site's own listeners.
    if (!(typeof data === 'object' && data !== null && 'outlast' in data)) return
    noteQuiet(source, (data as { quiet?: unknown }).quiet === true)
    // A page that said its last words may be gone by now: there is nobody to answer, but what it said counts.
    event.waitUntil(host.receive(data, (message) => void answer(source, message)).then(goOn))
  })

  // Activation is not for waiting: no page gets an answer before it is over, and what is queued may take an endpoint
  // that hangs. The first page that asks keeps the worker awake.
  scope.addEventListener('activate', () => void work(EVENT_LIMITS, 'due'))

  const onSync = (event: Event) => {
    const { tag, waitUntil } = event as SyncEvent
    if (tag !== SYNC_TAG) return
    const drained = work(SYNC_LIMITS, 'online').then((pending) => {
      // A rejection is how the browser learns that it should fire again.
      if (pending > 0) throw new Error(`${pending} events are still queued`)
    })
    waitUntil.call(event, drained)
  }
  scope.addEventListener('sync', onSync)
  scope.addEventListener('periodicsync', onSync)
}

export type { BeforeSend } from '../src/core/before-send'
export type { OutlastEvent, Properties } from '../src/core/event'
