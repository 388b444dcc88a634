/** Moves events from the chunks of a lane into a new batch, in order, in the transaction that claims the batch. */

import { isCount } from '../base/is-count'
import { BATCH_AGE_SHARE, BATCH_AGE_SPAN } from '../base/limits'
import { sizeOf } from '../event/size-of'
import { addChunk, type BatchBuilder, type BatchLimits, newBatchBuilder } from './batch-builder'
import { putBatch } from './batches'
import type { Claimant, ClaimedBatch } from './claim'
import type { Lane } from './handover'
import { leave } from './lanes'
import { countPendingAsDropped, dropPending, nextId, noteLost, type OpenQueue } from './open-queue'
import { type BatchRecord, parseChunk } from './records'
import { setAside } from './set-aside'

/** The chunks that a batch is formed from: those of a lane whose ids are lower than `before`. */
export interface Source {
  lane: Lane
  before: number
}

/** Forms a batch and leases it to the claimant. `undefined` if no event is left for it. */
export async function formBatch(
  queue: OpenQueue,
  claimant: Claimant,
  source: Source,
): Promise<ClaimedBatch | undefined> {
  const { record, now } = queue
  const builder = newBatchBuilder()
  const from = await addChunks(queue, source, builder, limitsOf(queue, claimant, source.lane))
  for (const { event, detail } of builder.rejected) {
    dropPending(queue, { events: [event], reason: 'before_send', detail })
  }
  const { events, format } = builder
  if (events.length === 0 || !format || from === undefined) return undefined
  const size = sizeOf(events)
  const passedSize = builder.storedSize - sizeOf(builder.rejected.map(({ event }) => event))
  // A hook may have made the events longer or shorter.
  record.size = Math.max(0, record.size + size - passedSize)
  const batch: BatchRecord = {
    lane: source.lane,
    format,
    skew: builder.skew,
    requestId: claimant.newId(),
    createdAt: now,
    at: builder.at,
    capturedAt: builder.capturedAt,
    from,
    count: events.length,
    size,
    attempt: 1,
    failures: 0,
    answered: 0,
    notBefore: now,
    fromRetryAfter: false,
    unreachable: false,
    lease: { sender: claimant.sender, at: now },
  }
  const id = nextId(queue)
  putBatch(queue, id, batch, events)
  return { id, batch, events }
}

function limitsOf({ record }: OpenQueue, { hooks, maxEvents }: Claimant, lane: Lane): BatchLimits {
  const { apiKey, settings } = record.config
  const bounds = [settings.maxBatchSize, record.sizeCap || settings.maxBatchSize, maxEvents ?? settings.maxBatchSize]
  return {
    maxCount: Math.min(...bounds),
    maxSize: settings.maxBatchBytes,
    ageSpan: Math.min(BATCH_AGE_SPAN, settings.maxEventAge * BATCH_AGE_SHARE),
    oneChunk: lane === 'historical',
    token: apiKey,
    hooks,
  }
}

/** Moves events out of chunks until the batch is full or no chunk is left. Returns the id of the first chunk used. */
async function addChunks(
  queue: OpenQueue,
  { lane, before }: Source,
  builder: BatchBuilder,
  limits: BatchLimits,
): Promise<number | undefined> {
  const { tx, key, record, now } = queue
  const state = record.lanes[lane]
  const uuids = new Set<string>()
  let from: number | undefined
  while (!builder.full) {
    const perChunk = Math.max(1, Math.floor(state.count / Math.max(1, state.chunks)))
    const limit = Math.ceil((limits.maxCount - builder.storedCount) / perChunk)
    const chunks = await tx.list('chunks', [key, lane], { limit })
    if (chunks.length === 0) {
      loseTrack(queue, lane)
      break
    }
    let consumed = 0
    let last = chunks[0]
    for (const row of chunks) {
      const id = row.key[2]
      if (isCount(id) && id >= before) {
        builder.full = true
        break
      }
      const chunk = parseChunk(row.value)
      if (!chunk || !isCount(id)) {
        await setAside(queue, 'chunks', row.key, row.value)
        state.chunks = Math.max(0, state.chunks - 1)
        continue
      }
      if (now - chunk.at > record.config.settings.maxEventAge) {
        leave(state, chunk.events.length, sizeOf(chunk.events), 0)
        dropPending(queue, { events: chunk.events, reason: 'expired', detail: 'older than maxEventAge' })
      } else {
        const taken = { count: builder.storedCount, size: builder.storedSize }
        const rest = addChunk(builder, uuids, chunk, limits)
        from ??= id
        leave(state, builder.storedCount - taken.count, builder.storedSize - taken.size, 0)
        if (rest.length > 0) {
          if (rest.length < chunk.events.length) tx.put('chunks', row.key, { ...chunk, events: rest })
          break
        }
      }
      consumed += 1
      last = row
      if (builder.storedCount >= limits.maxCount) {
        builder.full = true
        break
      }
    }
    if (consumed > 0 && last) {
      tx.deleteRange('chunks', [key, lane], last.key)
      leave(state, 0, 0, consumed)
    }
    if (state.count === 0) break
  }
  return from
}

/** Drops as `corrupt` the events that the lane counts and no chunk holds: their records were damaged. */
function loseTrack(queue: OpenQueue, lane: Lane): void {
  const state = queue.record.lanes[lane]
  const { count, size, chunks } = state
  if (count === 0) return
  leave(state, count, size, chunks)
  countPendingAsDropped(queue, count, size, 'corrupt')
  noteLost(queue, count)
}
