import type { Fault } from './faults'
import type { IncomingEvent } from './v0'
import { storedEvents, type Verdict, v1Results } from './v1'
import { type Reply, v1Error } from './v1-errors'

/** What a request is to lead to, before anything is done about it. */
export interface Outcome {
  wire: 'v0' | 'v1' | 'flags'
  /** Null where the connection is cut instead. */
  reply: Reply | null
  /** The events to be stored. */
  events: IncomingEvent[]
  /** Events in the body. */
  sent: number
  /** Bytes of the body as it arrived. */
  bytes: number
  encoding: string | null
  attempt: number | null
  requestId: string | null
  /** Why the request was refused. */
  reason: string | null
  /** The mode of the fault that changed the outcome. */
  fault: string | null
  /** What becomes of each event; v1 alone has verdicts. */
  verdicts?: Verdict[]
}

const TEXTS = {
  400: ['invalid_request', 'an event of the batch is not valid'],
  413: ['payload_too_large', 'maximum event size exceeded'],
  429: ['rate_limited', 'Rate limit exceeded.'],
  500: ['internal_error', 'Internal Server Error'],
  503: ['service_unavailable', 'transient error, please retry'],
}

/** @param retryAfter seconds */
export function errorReply(wire: 'v0' | 'v1' | 'flags', status: keyof typeof TEXTS, retryAfter?: number): Reply {
  const [tag = '', text = ''] = TEXTS[status]
  if (wire === 'v1') return v1Error(status, tag, text, retryAfter)
  return { status, headers: retryAfter === undefined ? {} : { 'Retry-After': String(retryAfter) }, body: text }
}

export function underFault(outcome: Outcome, fault: Fault): Outcome {
  const { mode, retryAfter } = fault
  const refused = (status: keyof typeof TEXTS) => ({
    ...outcome,
    reply: errorReply(outcome.wire, status, retryAfter),
    events: [],
    reason: 'fault',
    fault: mode,
  })
  switch (mode) {
    case '503':
    case '500':
    case '429':
      return refused(Number(mode) as 503 | 500 | 429)
    case '413':
      return isOver(outcome, fault) ? refused(413) : outcome
    case '400':
      return holds(outcome, fault) ? refused(400) : outcome
    case 'portal':
      return { ...outcome, reply: PORTAL, events: [], reason: 'fault', fault: mode }
    case 'lost':
      return { ...outcome, reply: null, fault: mode }
    case 'hang':
    case 'down':
      return { ...outcome, reply: null, events: [], reason: 'fault', fault: mode }
    case 'partial':
      return partly(outcome, fault)
    case 'ok':
      return outcome
  }
}

/** What a captive portal answers in the endpoint's place, or an app that answers every path with its page. */
const PORTAL: Reply = {
  status: 200,
  headers: { 'Content-Type': 'text/html; charset=utf-8' },
  body: '<!doctype html><title>Sign in to this network</title><p>Sign in to go on.',
}

const holds = ({ events }: Outcome, { event }: Fault) =>
  event === undefined || events.some((incoming) => incoming.event === event)

function isOver(outcome: Outcome, { maxEvents, maxBytes }: Fault) {
  if (maxEvents === undefined && maxBytes !== undefined) return outcome.bytes > maxBytes
  return outcome.sent > (maxEvents ?? 1) || outcome.bytes > (maxBytes ?? Number.POSITIVE_INFINITY)
}

function partly(outcome: Outcome, { results = [], retryAfter }: Fault): Outcome {
  if (!outcome.verdicts) return outcome
  const verdicts = outcome.verdicts.map((verdict, i) => ({ ...verdict, result: results[i] ?? verdict.result }))
  return {
    ...outcome,
    verdicts,
    events: storedEvents(verdicts),
    reply: v1Results(verdicts, retryAfter),
    fault: 'partial',
  }
}
