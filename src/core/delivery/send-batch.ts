/** Makes the request of a claimed batch: encodes, compresses, sends it, and interprets the answer. */

import type { AbortSignal, Clock, Compressor, NewId, Sender } from '../base/ports'
import { show } from '../base/values'
import { within } from '../base/within'
import { askHeaders as ask, type HeadersSource, type RelayHeadersSource } from '../config/ask-headers'
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
  /** Gives the headers of each request; of a relay's by the origin that the request goes to. */
  askHeaders?: RelayHeadersSource | undefined
}

/** Never rejects. */
export async function sendBatch(
  { batch, events }: ClaimedBatch,
  stored: QueueConfig,
  signal: AbortSignal,
  { clock, newId, sender, compress, askHeaders: given }: SendPorts,
): Promise<Verdict> {
  if (signal.aborted) return ABORTED
  const format = stored.endpoint ? 'json' : batch.format
  // Fails closed: what was made for a site's own endpoint goes nowhere else. Where the queue has such an endpoint, events
  // of an earlier `captureMode` go there too.
  if (format === 'json' && !stored.endpoint?.path) return WITHOUT_ENDPOINT
  const wire = wireFor(format, stored)
  const isRelay = stored.relay !== undefined
  // A relay's queue whose config asks for no headers gets none: a token of the function may be for another host.
  const askHeaders = isRelay && !stored.headersAsked ? undefined : given
  try {
    const { skew, requestId, createdAt, attempt } = batch
    const historical = batch.lane === 'historical'
    const whole = { events, format: batch.format, historical, skew, requestId, createdAt, attempt }
    const unfit = wire.unfit?.(whole, stored, clock.now())
    if (unfit) return unfit
    // The function is asked for the origin of the request itself. The queue's name may have another host, since
    // `hostFrom` names PostHog's ingestion in place of its app, and a token for the one must not go to the other.
    const to = isRelay ? ORIGIN.exec(wire.encode(whole, stored, clock.now()).url) : null
    const source = askHeaders && (() => (isRelay ? askHeaders(to?.[0] ?? '') : (askHeaders as HeadersSource)()))
    const asked = source ? await Promise.race([ask(source, clock), abortOf(signal)]) : {}
    if (signal.aborted || !asked) return ABORTED
    // A token that could not be fetched without a network may be had once the network is back.
    if (typeof asked === 'string')
      return { kind: 'retry', cause: asked, answered: false, retryAfter: null, blockedBy: asked }
    const config = askHeaders ? { ...stored, settings: { ...stored.settings, requestHeaders: asked } } : stored
    const timeoutMs = config.settings.requestTimeout
    const limit = Math.min(timeoutMs, COMPRESS_MS)
    // A compressor that hangs must not occupy a request slot.
    const inTime: Compressor = async (text, encoding) => within(limit, compress(text, encoding), clock)
    const encoded = (some: BatchToSend) => compressed(wire.encode(some, config, clock.now()), format, config, inTime)
    const request = await Promise.race([encoded(whole), abortOf(signal)])
    if (signal.aborted || !request) return ABORTED
    // The empty request has an id of its own, so that no server takes the batch for a repetition of it.
    const empty = () => encoded({ ...whole, events: [], requestId: newId(), attempt: 1 })
    // Where a redirect leads is found out by requests without an event. The host of a relay may act on any request, so
    // it gets none of these, and its redirects are not followed. Over `http:` a page of HTML may be a captive portal's,
    // over `https:` it is the host's.
    const options = isRelay ? { takesPages: /^https:/i.test(request.url) } : { empty }
    const answer = await sender.send(request, { timeoutMs, readBody: wire.readsBody, signal, ...options })
    if (signal.aborted && answer.kind === 'unreachable') return ABANDONED
    const verdict = interpret(wire, answer, config)
    return askHeaders ? (refusalOfHeaders(verdict, batch.attempt) ?? verdict) : verdict
  } catch (error) {
    // A patched platform may throw anywhere in here. The events stay in the queue.
    return { kind: 'retry', cause: show(error), answered: false, retryAfter: null }
  }
}

/**
 * The origin of an address as a browser writes it, in which a relay's requests are stored: it ends before the first
 * slash.
 */
const ORIGIN = /^https?:\/\/[^/]+/

/** Statuses by which a server, or a proxy before it, refuses whose request it is. */
const UNAUTHORIZED = new Set([401, 403, 407])

/**
 * A token may have run out on its way, so the function is asked again before the events are given up for good. From the
 * second request of a batch on, the refusal is no matter of a moment, and pages are told (`blockedBy`).
 */
function refusalOfHeaders(verdict: Verdict, attempt: number): Verdict | undefined {
  if (verdict.kind !== 'rejected' || !UNAUTHORIZED.has(verdict.status)) return undefined
  const cause = `${verdict.detail}, with the headers that the function requestHeaders gave`
  const blocked = attempt > 1 ? { blockedBy: cause } : {}
  return { kind: 'retry', cause, answered: true, retryAfter: null, ...blocked }
}

const abortOf = (signal: AbortSignal) =>
  new Promise<undefined>((resolve) => signal.addEventListener('abort', () => resolve(undefined), { once: true }))

const ABORTED = { kind: 'retry', cause: 'aborted', answered: false, retryAfter: null } as const
const NO_ENDPOINT = "these events are for an endpoint of the site's own: captureMode 'json' needs host and endpoint"
const WITHOUT_ENDPOINT = {
  kind: 'retry',
  cause: NO_ENDPOINT,
  answered: false,
  online: false,
  retryAfter: null,
  blockedBy: NO_ENDPOINT,
} as const

/** The request had left this context, so the server may have taken it. */
const ABANDONED = { ...ABORTED, abandoned: true } as const
