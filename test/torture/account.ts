/** Compares what pages captured, what they knew to be committed, what must have been safe, and what arrived. Pure. */

import { type Choice, consentOf } from './consent'

export interface ReceivedEvent {
  uuid: string
  timestamp: string | null
  copies: number
  /** Copies with another name, distinct id or timestamp than the first. */
  altered: number
  properties: Record<string, unknown>
}

/** A request as the front of the collector saw it. Times are ms since the epoch. */
export interface SeenRequest {
  arrived: number
  uuids: string[]
  /** The request is from a leaving page, which can hear no answer. */
  beacon: boolean
  /** The status of the collector's answer, if the request came that far. */
  status: number | undefined
  /** The whole answer was handed to the client's connection. */
  answered: boolean
}

/** A fault that may take an answer's reader away, or the answer from it. */
export interface Disturbance {
  /** In ms since the epoch. */
  from: number
  to: number
}

export interface Facts {
  /** The mark that the round's events carry. */
  mark: string
  /** Uuid to when, in ms since the epoch. */
  captured: ReadonlyMap<string, number>
  acknowledged: ReadonlySet<string>
  /** Uuid to why: captured well before anything happened to its page. */
  owed: ReadonlyMap<string, string>
  dropped: ReadonlyMap<string, string>
  /** What the person chose, in order. */
  choices: readonly Choice[]
  received: ReceivedEvent[]
  requests: SeenRequest[]
  disturbances: Disturbance[]
  /** The library's own counts once the queue was drained. */
  stats: { accepted: number; delivered: number; pending: number; dropped: Record<string, number> }
}

export interface Account {
  captured: number
  acknowledged: number
  /** Unique events that arrived. */
  delivered: number
  owed: number
  /** Events that were acknowledged or owed, and did not arrive. */
  lost: number
  /** Captured events of which no page knew a commit. */
  unacknowledged: number
  /** How many of the unacknowledged events arrived. */
  arrivedAnyway: number
  /** Second and later copies of events. */
  duplicates: number
  /** Broken promises, in words. */
  breaches: string[]
}

/** Of a round that could not be played. */
export const NOTHING: Account = {
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

export function account(facts: Facts): Account {
  const { mark, acknowledged, received } = facts
  const arrived = new Map(received.map((event) => [event.uuid, event]))
  const intact = received.filter((event) => event.properties.mark === mark && isIntact(event))
  // The word of a capture can be lost with the browser that was to pass it on; the event itself proves it then.
  const captured = new Set([...facts.captured.keys(), ...acknowledged, ...intact.map(({ uuid }) => uuid)])
  const { everRefused, keptFrom, refusedAt, erasedBy } = consentOf(facts.choices)
  const capturedAt = (uuid: string) => facts.captured.get(uuid) ?? Date.parse(arrived.get(uuid)?.timestamp ?? '')
  // Of what was captured before the person had all of it erased nothing is owed to anybody.
  const mayBeMissing = (uuid: string) => everRefused && !(capturedAt(uuid) >= keptFrom)
  const isLost = (uuid: string) => !arrived.has(uuid) && !mayBeMissing(uuid)
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

function breachesOfCounts({ stats, requests, choices }: Facts) {
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

function isIntact({ uuid, timestamp, altered, properties }: ReceivedEvent) {
  return properties.signed_uuid === uuid && properties.signed_timestamp === timestamp && altered === 0
}

/** A second copy needs a first whose answer its sender may not have got. */
function isExplained({ uuid, copies }: ReceivedEvent, { requests, disturbances }: Facts) {
  const carriers = requests.filter(
    ({ uuids, status }) => uuids.includes(uuid) && (status === undefined || status < 300),
  )
  // A copy that came by no request that we saw is not explained by anything.
  return carriers.length >= copies && isCarriedAgain(carriers, disturbances)
}

/** Each of these requests but the first was made because the answer of the one before it can have been lost. */
export function isCarriedAgain(requests: readonly SeenRequest[], disturbances: readonly Disturbance[]): boolean {
  const carriers = [...requests].sort((a, b) => a.arrived - b.arrived)
  return carriers.slice(1).every((later, index) => {
    const earlier = carriers[index] as SeenRequest
    if (!earlier.answered || earlier.beacon || later.beacon) return true
    return disturbances.some(({ from, to }) => from <= later.arrived && to + STRAGGLER_MS >= earlier.arrived)
  })
}

/** When copies arrived, and the faults around them, by which a repetition might be explained. */
export function timesOf(requests: readonly SeenRequest[], disturbances: readonly Disturbance[]): string {
  const carriers = [...requests].sort((a, b) => a.arrived - b.arrived)
  const first = carriers[0]?.arrived ?? 0
  const since = (at: number) => `${at - first} ms`
  const copies = carriers.map(({ arrived, status, answered, beacon }) =>
    [since(arrived), String(status), answered ? 'answered' : 'unanswered', beacon && 'by beacon']
      .filter(Boolean)
      .join(' '),
  )
  const faults = disturbances.map(({ from, to }) => `${since(from)} to ${since(to)}`)
  return `${copies.join(', ')}; faults: ${faults.join(', ') || 'none'}`
}

function describe({ uuid, timestamp, copies, altered, properties }: ReceivedEvent) {
  return JSON.stringify({ uuid, timestamp, copies, altered, ...properties, note: undefined })
}

const EXAMPLES = 3

export function breach(offenders: string[], what: string) {
  if (offenders.length === 0) return []
  return [`${offenders.length} ${what}, such as ${offenders.slice(0, EXAMPLES).join(', ')}`]
}
