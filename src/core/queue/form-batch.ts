/** Moves events from the chunks of a lane into a new batch, in order, in the transaction that claims the batch. */

import { isCount } from '../base/is-count'
import type { Millis } from '../base/ports'
import { sizeOf } from '../event/size-of'
import { fill, newFilling } from './batch-builder'
import type { Claimant, ClaimedBatch } from './claim'
import type { Lane } from './handover'
import { leave } from './lanes'
import { type BatchRecord, parseChunk } from './records'
import { countDropped, dropPending, nextId, noteLost, putBatch, type Rows, setAside } from './rows'

/** Forms a batch of events from chunks before `before` and leases it. `undefined` if no event is left for it. */
export async function formBatch(
  rows: Rows,
  lane: Lane,
  before: number,
  claimant: Claimant,
  now: Millis,
): Promise<ClaimedBatch | undefined> {
  const { tx, queue, record } = rows
  const { settings } = record.config
  const state = record.lanes[lane]
  const bounds = [settings.maxBatchSize, record.sizeCap || settings.maxBatchSize]
  const maxCount = Math.min(...bounds, claimant.maxEvents ?? settings.maxBatchSize)
  const limits = {
    maxCount,
    maxSize: settings.maxBatchBytes,
    oneChunk: lane === 'historical',
    token: record.config.apiKey,
    hooks: claimant.hooks,
  }
  const filling = newFilling()
  const uuids = new Set<string>()
  let from: number | undefined
  while (!filling.full) {
    const perChunk = Math.max(1, Math.floor(state.count / Math.max(1, state.chunks)))
    const limit = Math.ceil((maxCount - filling.storedCount) / perChunk)
    const chunks = await tx.list('chunks', [queue, lane], { limit })
    if (chunks.length === 0) {
      await loseTrack(rows, lane)
      break
    }
    let consumed = 0
    let last = chunks[0]
    for (const row of chunks) {
      const id = row.key[2]
      if (isCount(id) && id >= before) {
        filling.full = true
        break
      }
      const chunk = parseChunk(row.value)
      if (!chunk || !isCount(id)) {
        await setAside(rows, 'chunks', row.key, row.value)
        state.chunks = Math.max(0, state.chunks - 1)
        continue
      }
      if (now - chunk.at > settings.maxEventAge) {
        leave(state, chunk.events.length, sizeOf(chunk.events), 0)
        dropPending(rows, { events: chunk.events, reason: 'expired', detail: 'older than maxEventAge' })
      } else {
        const taken = { count: filling.storedCount, size: filling.storedSize }
        const rest = fill(filling, uuids, chunk, limits)
        from ??= id
        leave(state, filling.storedCount - taken.count, filling.storedSize - taken.size, 0)
        if (rest.length > 0) {
          if (rest.length < chunk.events.length) tx.put('chunks', row.key, { ...chunk, events: rest })
          break
        }
      }
      consumed += 1
      last = row
      if (filling.storedCount >= maxCount) {
        filling.full = true
        break
      }
    }
    if (consumed > 0 && last) {
      tx.deleteRange('chunks', [queue, lane], last.key)
      leave(state, 0, 0, consumed)
    }
    if (state.count === 0) break
  }
  for (const { event, detail } of filling.rejected) {
    dropPending(rows, { events: [event], reason: 'before_send', detail })
  }
  if (filling.events.length === 0 || !filling.format || from === undefined) return undefined
  const size = sizeOf(filling.events)
  const passedSize = filling.storedSize - sizeOf(filling.rejected.map(({ event }) => event))
  // A hook may have made the events longer or shorter.
  record.size = Math.max(0, record.size + size - passedSize)
  const batch: BatchRecord = {
    lane,
    format: filling.format,
    skew: filling.skew,
    requestId: claimant.newId(),
    createdAt: now,
    at: filling.at,
    from,
    count: filling.events.length,
    size,
    attempt: 1,
    failures: 0,
    answered: 0,
    notBefore: now,
    byServer: false,
    unreachable: false,
    lease: { sender: claimant.sender, at: now },
  }
  const id = nextId(rows)
  putBatch(rows, id, batch, filling.events)
  return { id, batch, events: filling.events }
}

/** Drops as `corrupt` the events that the lane counts and no chunk holds: their records were damaged. */
async function loseTrack(rows: Rows, lane: Lane): Promise<void> {
  const { count, size } = rows.record.lanes[lane]
  if (count === 0) return
  leave(rows.record.lanes[lane], count, size, rows.record.lanes[lane].chunks)
  countDropped(rows, count, size, 'corrupt')
  noteLost(rows, count)
}
