/** Makes the request of a claimed batch: encodes, compresses, sends it, and interprets the answer. */

import type { AbortSignal, Clock, Compressor, NewId, Sender } from '../base/ports'
import { show } from '../base/values'
import { within } from '../base/within'
import { askHeaders as ask, type HeadersSource } from '../config/ask-headers'
import type { QueueConfig } from '../config/queue-config'
import { compressed } from '../protocol/compress'
import type { Verdict } from '../protocol/verdict'
import type { BatchToSend } from '../protocol/wire'
import { interpret, wireFor } from '../protocol/wires'
import type { ClaimedBatch } from '../queue/claim'

/**
 * The longest time for compressing a body, in ms. A body of 1 MiB takes well under a second; after this time it is sent
 * uncompressed.
 */
const COMPRESS_MS = 5_000

interface SendPorts {
  clock: Clock
  newId: NewId
  sender: Sender
  compress: Compressor
  askHeaders?: HeadersSource | undefined
}

/** Never rejects. */
export async function sendBatch(
  { batch, events }: ClaimedBatch,
  stored: QueueConfig,
  signal: AbortSignal,
  { clock, newId, sender, compress, askHeaders }: SendPorts,
): Promise<Verdict> {
  if (signal.aborted) return ABORTED
  const wire = wireFor(batch.format)
  try {
    const asked = askHeaders ? await Promise.race([ask(askHeaders, clock), abortOf(signal)]) : {}
    if (signal.aborted || !asked) return ABORTED
    // A token that could not be fetched without a network may be had once the network is back.
    if (typeof asked === 'string')
      return { kind: 'retry', cause: asked, answered: false, retryAfter: null, blockedBy: asked }
    const config = askHeaders ? { ...stored, settings: { ...stored.settings, requestHeaders: asked } } : stored
    const { skew, requestId, createdAt, attempt } = batch
    const whole = { events, historical: batch.lane === 'historical', skew, requestId, createdAt, attempt }
    const timeoutMs = config.settings.requestTimeout
    const limit = Math.min(timeoutMs, COMPRESS_MS)
    // A compressor that hangs must not occupy a request slot.
    const inTime: Compressor = async (text, encoding) => within(limit, compress(text, encoding), clock)
    const encoded = (some: BatchToSend) =>
      compressed(wire.encode(some, config, clock.now()), batch.format, config, inTime)
    const request = await Promise.race([encoded(whole), abortOf(signal)])
    if (signal.aborted || !request) return ABORTED
    // The empty request has an id of its own, so that no server takes the batch for a repetition of it.
    const empty = () => encoded({ ...whole, events: [], requestId: newId(), attempt: 1 })
    const answer = await sender.send(request, { timeoutMs, readBody: wire.readsBody, empty, signal })
    return signal.aborted && answer.kind === 'unreachable' ? ABANDONED : interpret(wire, answer)
  } catch (error) {
    // A patched platform may throw anywhere in here. The events stay in the queue.
    return { kind: 'retry', cause: show(error), answered: false, retryAfter: null }
  }
}

const abortOf = (signal: AbortSignal) =>
  new Promise<undefined>((resolve) => signal.addEventListener('abort', () => resolve(undefined), { once: true }))

const ABORTED = { kind: 'retry', cause: 'aborted', answered: false, retryAfter: null } as const
/** The request had left this context, so the server may have taken it. */
const ABANDONED = { ...ABORTED, abandoned: true } as const
