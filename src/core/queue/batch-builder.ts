/** Builds a batch from chunks, in order. */

import type { Millis } from '../base/ports'
import { show } from '../base/values'
import { type BeforeSend, runBeforeSend } from '../event/before-send'
import { parseEvent, serializeEvent } from '../event/codec'
import type { EventJson, WireFormat } from '../event/event'
import { uuidOf } from '../event/event-json'
import { toUtcTimestamp } from '../event/timestamp'
import type { ChunkRecord } from './records'

export interface BatchLimits {
  maxCount: number
  maxSize: number
  /** Chunks accepted more than this many ms apart do not share the batch. */
  ageSpan: number
  /** The batch takes a single chunk: chunks of the historical lane are requests of their own. */
  oneChunk: boolean
  token: string
  hooks: readonly BeforeSend[]
}

export interface Rejected {
  event: EventJson
  detail: string
}

export interface BatchBuilder {
  events: EventJson[]
  /** Count and size of the events as they were stored, before hooks: these are what the queue's counters hold. */
  storedCount: number
  storedSize: number
  /** Format and skew that all events share; no format before the first chunk. */
  format: WireFormat | undefined
  skew: number
  /** When the oldest events were accepted. */
  at: Millis
  /** The earliest moment of capture of the chunks. */
  capturedAt: Millis
  rejected: Rejected[]
  /** No more events may go in this batch. */
  full: boolean
}

export const newBatchBuilder = (): BatchBuilder => ({
  events: [],
  storedCount: 0,
  storedSize: 0,
  format: undefined,
  skew: 0,
  at: 0,
  capturedAt: Number.POSITIVE_INFINITY,
  rejected: [],
  full: false,
})

/** Moves events of the chunk into the batch. Returns the events that did not fit, which begin a later batch. */
export function addChunk(
  builder: BatchBuilder,
  uuids: Set<string>,
  chunk: ChunkRecord,
  limits: BatchLimits,
): EventJson[] {
  if (builder.format === undefined) {
    builder.format = chunk.format
    builder.skew = chunk.skew
    builder.at = chunk.at
  } else if (
    limits.oneChunk ||
    chunk.format !== builder.format ||
    chunk.skew !== builder.skew ||
    Math.abs(chunk.at - builder.at) > limits.ageSpan
  ) {
    builder.full = true
    return chunk.events
  }
  builder.at = Math.min(builder.at, chunk.at)
  builder.capturedAt = Math.min(builder.capturedAt, chunk.capturedAt)
  for (const [index, json] of chunk.events.entries()) {
    const uuid = uuidOf(json)
    const tooMuch = builder.storedCount > 0 && builder.storedSize + json.length > limits.maxSize
    // The v1 server refuses a whole request for a uuid that occurs in it twice (docs/protocol.md §2.4).
    if (builder.storedCount >= limits.maxCount || tooMuch || uuids.has(uuid)) {
      builder.full = true
      return chunk.events.slice(index)
    }
    uuids.add(uuid)
    builder.storedCount += 1
    builder.storedSize += json.length
    const passed = applyHooks(json, chunk.format, limits)
    if (passed.ok) builder.events.push(passed.json)
    else builder.rejected.push({ event: json, detail: passed.detail })
  }
  return []
}

function applyHooks(
  json: EventJson,
  format: WireFormat,
  { hooks, token }: BatchLimits,
): { ok: true; json: EventJson } | { ok: false; detail: string } {
  if (hooks.length === 0) return { ok: true, json }
  try {
    const before = parseEvent(json, format)
    const result = runBeforeSend(hooks, before, toUtcTimestamp)
    if (!result.event) return { ok: false, detail: result.detail }
    // A stored event keeps the uuid of its capture, even where a hook of the worker changes it.
    return { ok: true, json: serializeEvent({ ...result.event, uuid: uuidOf(json) }, format, token) }
  } catch (error) {
    return { ok: false, detail: `beforeSend made an event that cannot be serialized: ${show(error)}` }
  }
}
