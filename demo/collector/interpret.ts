import type { IncomingMessage } from 'node:http'
import { decompress, parseJson, readBody } from './body'
import { type Flags, flagsReply } from './flags'
import { errorReply, type Outcome } from './outcome'
import { interpretV0, rootToken } from './v0'
import { decodeV0, decodeV0Query, V0_LIMIT } from './v0-body'
import { interpretV1, storedEvents, V1_COMPRESSED_LIMIT, V1_LIMIT, v1Results } from './v1'
import { type Reply, v1Error } from './v1-errors'
import { checkV1Headers } from './v1-headers'

export type Wire = 'v0' | 'v1' | 'flags'

export const METHODS: Record<Wire, string> = { v0: 'GET, POST, OPTIONS', v1: 'POST, OPTIONS', flags: 'POST, OPTIONS' }

export function blankOutcome(wire: Wire, { headers }: IncomingMessage): Outcome {
  return {
    wire,
    reply: null,
    events: [],
    sent: 0,
    bytes: 0,
    encoding: null,
    attempt: /^\d{1,9}$/.test(String(headers['posthog-attempt'])) ? Number(headers['posthog-attempt']) : null,
    requestId: headers['posthog-request-id']?.toString() ?? null,
    reason: null,
    fault: null,
  }
}

/**
 * Reads a request to its end and says what it should lead to; does nothing about it yet.
 *
 * @returns without a reply when the client left in the middle
 */
export async function interpretRequest(
  wire: Wire,
  req: IncomingMessage,
  query: URLSearchParams,
  flags: Flags,
): Promise<Outcome> {
  const blank = blankOutcome(wire, req)
  const body = await readBody(req, wire === 'v1' ? V1_COMPRESSED_LIMIT : V0_LIMIT)
  if (!body.ok) {
    return { ...blank, reason: body.reason, reply: body.reason === 'too_large' ? errorReply(wire, 413) : null }
  }
  const read = { ...blank, bytes: body.bytes.length }
  if (!METHODS[wire].split(', ').includes(req.method ?? '')) {
    const reply = { status: 405, headers: { Allow: METHODS[wire] } }
    return { ...read, reason: 'method_not_allowed', reply }
  }
  if (wire === 'v1') return readV1(read, req, body.bytes)
  const source = {
    bytes: body.bytes,
    contentType: req.headers['content-type'] ?? '',
    contentEncoding: req.headers['content-encoding'] ?? '',
    query,
  }
  const decoded = await (req.method === 'GET' ? decodeV0Query(query) : decodeV0(source))
  const known = { ...read, encoding: decoded.encoding }
  if (!decoded.ok)
    return { ...known, reason: decoded.message, reply: { status: decoded.status, body: decoded.message } }
  return wire === 'flags' ? readFlags(known, decoded.value, flags) : readV0(known, decoded.value, query)
}

function readV0(known: Outcome, value: unknown, query: URLSearchParams): Outcome {
  const verdict = interpretV0(value)
  const { sent } = verdict
  if (!verdict.ok) {
    return { ...known, sent, reason: verdict.message, reply: { status: verdict.status, body: verdict.message } }
  }
  const reply = query.get('beacon') === '1' ? { status: 204 } : { status: 200, body: { status: 'Ok' } }
  return { ...known, sent, events: verdict.events, reply }
}

function readFlags(known: Outcome, value: unknown, flags: Flags): Outcome {
  if (rootToken(value)) return { ...known, reply: flagsReply(flags) }
  const reason = 'flags requested without an api_key'
  return { ...known, reason, reply: { status: 401, body: reason } }
}

async function readV1(read: Outcome, req: IncomingMessage, bytes: Buffer): Promise<Outcome> {
  const refused = (reply: Reply, more?: Partial<Outcome>) => {
    const { error } = reply.body as { error: string }
    return { ...read, ...more, reply, reason: error }
  }
  const checked = checkV1Headers(req.headers)
  if (!checked.ok) return refused(checked.reply)
  const { encoding, sdk } = checked.context
  if (bytes.length === 0) return refused(v1Error(400, 'empty_body', 'request body is empty'))
  const plain = encoding === null ? { ok: true as const, bytes } : await decompress(bytes, encoding, V1_LIMIT)
  if (!plain.ok) {
    return plain.reason === 'too_large'
      ? refused(errorReply('v1', 413), { encoding })
      : refused(v1Error(400, 'request_decoding_error', 'Failed to decode request body.'), { encoding })
  }
  const parsed = parseJson(plain.bytes)
  if (!parsed.ok) return refused(v1Error(400, 'request_parsing_error', 'Failed to parse request body.'), { encoding })
  const batch = interpretV1(parsed.value, sdk)
  if (!batch.ok) return refused(batch.reply, { encoding, sent: batch.sent })
  const { verdicts } = batch
  return {
    ...read,
    encoding,
    sent: verdicts.length,
    events: storedEvents(verdicts),
    verdicts,
    reply: v1Results(verdicts),
  }
}
