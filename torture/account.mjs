// @ts-check
/** Compares what pages captured, what they knew to be committed, what must have been safe, and what arrived. Pure. */

import { consentOf } from './consent.mjs'

/**
 * @typedef {object} ReceivedEvent
 * @property {string} uuid
 * @property {string | null} timestamp
 * @property {number} copies
 * @property {number} altered copies with another name, distinct id or timestamp than the first
 * @property {Record<string, any>} properties
 */

/**
 * A request as the front of the collector saw it. Times are ms since the epoch.
 *
 * @typedef {object} SeenRequest
 * @property {number} arrived
 * @property {string[]} uuids
 * @property {boolean} beacon sent by a leaving page, which can hear no answer
 * @property {number | undefined} status the collector's answer, if it came that far
 * @property {boolean} answered the whole answer was handed to the client's connection
 */

/**
 * A fault that may take an answer's reader away, or the answer from it.
 *
 * @typedef {object} Disturbance
 * @property {number} from ms since the epoch
 * @property {number} to
 */

/**
 * @typedef {object} Facts
 * @property {string} mark that the round's events carry
 * @property {ReadonlyMap<string, number>} captured uuid to when, in ms since the epoch
 * @property {ReadonlySet<string>} acknowledged
 * @property {ReadonlyMap<string, string>} owed uuid to why: captured well before anything happened to its page
 * @property {ReadonlyMap<string, string>} dropped
 * @property {readonly import('./consent.mjs').Choice[]} choices of the person
 * @property {ReceivedEvent[]} received
 * @property {SeenRequest[]} requests
 * @property {Disturbance[]} disturbances
 * @property {{ accepted: number, delivered: number, pending: number, dropped: Record<string, number> }} stats of the
 *   drained queue
 */

/**
 * @typedef {object} Account
 * @property {number} captured
 * @property {number} acknowledged
 * @property {number} delivered unique events
 * @property {number} owed
 * @property {number} lost acknowledged or owed, and not delivered
 * @property {number} unacknowledged captured, without a page that knew of a commit
 * @property {number} arrivedAnyway of those
 * @property {number} duplicates second and later copies
 * @property {string[]} breaches of promises, in words
 */

/** Of a round that could not be played. @type {Account} */
export const NOTHING = {
  captured: 0,
  acknowledged: 0,
  owed: 0,
  delivered: 0,
  lost: 0,
  unacknowledged: 0,
  arrivedAnyway: 0,
  duplicates: 0,
  breaches: [],
}

/** How long after a fault a request may still arrive that its dead sender had already given to the network, in ms. */
export const STRAGGLER_MS = 1_000

/** @param {Facts} facts @returns {Account} */
export function account(facts) {
  const { mark, acknowledged, received } = facts
  const arrived = new Map(received.map((event) => [event.uuid, event]))
  const intact = received.filter((event) => event.properties.mark === mark && isIntact(event))
  // The word of a capture can be lost with the browser that was to pass it on; the event itself proves it then.
  const captured = new Set([...facts.captured.keys(), ...acknowledged, ...intact.map(({ uuid }) => uuid)])
  const { everRefused, keptFrom, refusedAt, erasedBy } = consentOf(facts.choices)
  const capturedAt = (/** @type {string} */ uuid) =>
    facts.captured.get(uuid) ?? Date.parse(arrived.get(uuid)?.timestamp ?? '')
  // Of what was captured before the person had all of it erased nothing is owed to anybody.
  const mayBeMissing = (/** @type {string} */ uuid) => everRefused && !(capturedAt(uuid) >= keptFrom)
  const isLost = (/** @type {string} */ uuid) => !arrived.has(uuid) && !mayBeMissing(uuid)
  const lost = [...acknowledged].filter(isLost)
  const owedAndLost = [...facts.owed].filter(([uuid]) => isLost(uuid) && !acknowledged.has(uuid))
  const unacknowledged = [...captured].filter((uuid) => !acknowledged.has(uuid))
  const foreign = received.filter(({ uuid, properties }) => !captured.has(uuid) || properties.mark !== mark)
  const changed = received.filter((event) => !isIntact(event))
  const unexplained = received.filter((event) => event.copies > 1 && !isExplained(event, facts))
  const refused = received.filter(({ uuid }) => refusedAt(capturedAt(uuid)))
  const erased = facts.requests.flatMap(({ arrived: at, uuids }) =>
    uuids.filter((uuid) => erasedBy(capturedAt(uuid), at - STRAGGLER_MS)),
  )
  const unwanted = [...facts.dropped].filter(([, reason]) => !(everRefused && reason.startsWith('opted_out')))

  const breaches = [
    breach(lost, 'acknowledged and lost'),
    breach(
      owedAndLost.map(([uuid, why]) => `${uuid} (${why})`),
      'captured in time and lost',
    ),
    breach(refused.map(describe), 'captured after the person had opted out, and delivered'),
    breach(erased, 'sent after the person had it erased'),
    breach(changed.map(describe), 'delivered with another uuid or timestamp'),
    breach(foreign.map(describe), 'delivered and never captured'),
    breach(unexplained.map(describe), 'delivered again though no answer can have been lost'),
    breach(
      unwanted.map(([uuid, reason]) => `${uuid} (${reason})`),
      'dropped without a cause',
    ),
    breachesOfCounts(facts),
  ].flat()

  return {
    captured: captured.size,
    acknowledged: acknowledged.size,
    owed: facts.owed.size,
    delivered: received.length,
    lost: lost.length + owedAndLost.length,
    unacknowledged: unacknowledged.length,
    arrivedAnyway: unacknowledged.filter((uuid) => arrived.has(uuid)).length,
    duplicates: received.reduce((sum, { copies }) => sum + copies - 1, 0),
    breaches,
  }
}

/** @param {Facts} facts */
function breachesOfCounts({ stats, requests, choices }) {
  const { accepted, delivered, pending } = stats
  const queued = new Set(requests.filter(({ beacon }) => !beacon).flatMap(({ uuids }) => uuids)).size
  const dropped = Object.values(stats.dropped).reduce((sum, count) => sum + count, 0)
  // What was in a request may have been erased before its answer.
  const { everRefused } = consentOf(choices)
  const agrees = everRefused
    ? delivered <= queued && queued <= accepted
    : accepted === queued + dropped && !stats.dropped.opted_out
  return [
    ...(pending === 0 ? [] : [`the queue was not drained: ${pending} pending`]),
    ...(accepted === delivered + pending + dropped
      ? []
      : [`accepted is not delivered + dropped + pending: ${JSON.stringify(stats)}`]),
    ...(pending > 0 || agrees
      ? []
      : [`the queue counts ${JSON.stringify(stats)}, but ${queued} events were in requests of it`]),
  ]
}

/** @param {ReceivedEvent} event */
function isIntact({ uuid, timestamp, altered, properties }) {
  return properties.signed_uuid === uuid && properties.signed_timestamp === timestamp && altered === 0
}

/**
 * A second copy needs a first whose answer its sender may not have got.
 *
 * @param {ReceivedEvent} event
 * @param {Facts} facts
 */
function isExplained({ uuid, copies }, { requests, disturbances }) {
  const carriers = requests
    .filter(({ uuids, status }) => uuids.includes(uuid) && (status === undefined || status < 300))
    .sort((a, b) => a.arrived - b.arrived)
  // A copy that came by no request that we saw is not explained by anything.
  if (carriers.length < copies) return false
  return carriers.slice(1).every((later, index) => {
    const earlier = /** @type {SeenRequest} */ (carriers[index])
    if (!earlier.answered || earlier.beacon || later.beacon) return true
    return disturbances.some(({ from, to }) => from <= later.arrived && to + STRAGGLER_MS >= earlier.arrived)
  })
}

/** @param {ReceivedEvent} event */
function describe({ uuid, timestamp, copies, altered, properties }) {
  return JSON.stringify({ uuid, timestamp, copies, altered, ...properties, note: undefined })
}

const EXAMPLES = 3

/**
 * @param {string[]} offenders
 * @param {string} what
 */
function breach(offenders, what) {
  if (offenders.length === 0) return []
  return [`${offenders.length} ${what}, such as ${offenders.slice(0, EXAMPLES).join(', ')}`]
}
