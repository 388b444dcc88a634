// @ts-check

import { storedEvents, v1Results } from './v1.mjs'
import { v1Error } from './v1-errors.mjs'

/** @typedef {import('./v1-errors.mjs').Reply} Reply */
/**
 * What a request is to lead to, before anything is done about it.
 * @typedef {object} Outcome
 * @property {'v0' | 'v1' | 'flags'} wire
 * @property {Reply | null} reply null: the connection is cut instead
 * @property {import('./v0.mjs').IncomingEvent[]} events to be stored
 * @property {number} sent events in the body
 * @property {number} bytes of the body as it arrived
 * @property {string | null} encoding
 * @property {number | null} attempt
 * @property {string | null} requestId
 * @property {string | null} reason why it was refused
 * @property {string | null} fault the mode that changed it
 * @property {import('./v1.mjs').Verdict[]} [verdicts] v1
 */

const TEXTS = {
  413: ['payload_too_large', 'maximum event size exceeded'],
  429: ['rate_limited', 'Rate limit exceeded.'],
  500: ['internal_error', 'Internal Server Error'],
  503: ['service_unavailable', 'transient error, please retry'],
}

/**
 * @param {'v0' | 'v1' | 'flags'} wire
 * @param {413 | 429 | 500 | 503} status
 * @param {number} [retryAfter] seconds
 * @returns {Reply}
 */
export function errorReply(wire, status, retryAfter) {
  const [tag = '', text = ''] = TEXTS[status]
  if (wire === 'v1') return v1Error(status, tag, text, retryAfter)
  return { status, headers: retryAfter === undefined ? {} : { 'Retry-After': String(retryAfter) }, body: text }
}

/**
 * @param {Outcome} outcome
 * @param {import('./faults.mjs').Fault} fault
 * @returns {Outcome}
 */
export function underFault(outcome, fault) {
  const { mode, retryAfter } = fault
  /** @param {413 | 429 | 500 | 503} status */
  const refused = (status) => ({
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
      return refused(/** @type {503 | 500 | 429} */ (Number(mode)))
    case '413':
      return isOver(outcome, fault) ? refused(413) : outcome
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

/**
 * @param {Outcome} outcome
 * @param {import('./faults.mjs').Fault} fault
 */
function isOver(outcome, { maxEvents, maxBytes }) {
  if (maxEvents === undefined && maxBytes !== undefined) return outcome.bytes > maxBytes
  return outcome.sent > (maxEvents ?? 1) || outcome.bytes > (maxBytes ?? Number.POSITIVE_INFINITY)
}

/**
 * @param {Outcome} outcome
 * @param {import('./faults.mjs').Fault} fault
 * @returns {Outcome}
 */
function partly(outcome, { results = [], retryAfter }) {
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
