/** Delivers a claimed batch: makes its request, settles the answer in the queue, reports what became of the events. */

import type { AbortSignal } from '../base/ports'
import type { QueueConfig } from '../config/queue-config'
import { uuidOf } from '../event/event-json'
import type { Verdict } from '../protocol/verdict'
import type { ClaimedBatch } from '../queue/claim'
import type { Queue } from '../queue/queue'
import type { Settled } from '../queue/settle'
import { settlementOf } from '../queue/settlement'
import type { BatchGrowth } from './batch-growth'
import type { EndpointHealth } from './endpoint-health'
import { persist } from './persist'
import { reportDrops } from './report-drops'
import type { SeenQueue } from './seen-queue'
import { sendBatch } from './send-batch'
import type { TransportPorts } from './transport-ports'

/** The parts of a transport that a delivery needs. */
export interface DeliveryParts {
  queue: Queue
  ports: TransportPorts
  health: EndpointHealth
  growth: BatchGrowth
  seen: SeenQueue
  /** How many events are in other requests of this transport. */
  inOthers(): number
  /** The queue's config as it is now: it may change while a request is in flight. */
  config(): QueueConfig
  /** Whether the transport is being paused, so that the delivery has to end soon. */
  isPaused(): boolean
}

/** Resolves with `undefined` if the settlement could not be stored: then the batch stays leased to this sender. */
export async function deliver(
  claimed: ClaimedBatch,
  signal: AbortSignal,
  { queue, ports, health, growth, seen, inOthers, config, isPaused }: DeliveryParts,
): Promise<Settled | undefined> {
  const { clock, random, newId, report } = ports
  const { batch, events } = claimed
  report({ type: 'sending', uuids: events.map(uuidOf), attempt: batch.attempt })
  const startedAt = clock.now()
  const verdict = await sendBatch(claimed, config(), signal, ports)
  health.record(verdict, clock.now())
  growth.note(verdict, events.length, clock.now() - startedAt)
  const settlement = settlementOf(verdict, batch, events, config().settings, clock.now(), random)
  const note = seen.look()
  const settled = await persist(() => queue.settle(claimed, settlement, clock.now(), newId), clock, isPaused)
  if (!settled) return undefined
  note(settled.pending, inOthers())
  if (settled.isBlocked) health.stopped(config().host)
  const { delivered, drops, kept, nextAttemptAt } = settled
  if (delivered.length > 0) report({ type: 'delivered', uuids: delivered.map(uuidOf) })
  reportDrops(report, drops)
  for (const { reason, detail } of drops) if (reason === 'rejected') health.refused(detail)
  if (kept.length > 0) {
    const uuids = kept.map(uuidOf)
    report({ type: 'retry', uuids, attempt: batch.attempt, nextAttemptAt, cause: causeOf(verdict) })
  }
  return settled
}

/** Why events are sent again. */
function causeOf(verdict: Verdict): string {
  if (verdict.kind === 'retry') return verdict.cause
  if (verdict.kind === 'rejected') return verdict.detail
  return verdict.kind === 'too_large' ? 'status 413' : 'partial'
}
