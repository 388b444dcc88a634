import type { IncomingMessage, ServerResponse } from 'node:http'
import { corsHeaders, preflightHeaders } from './cors'
import { cut } from './cut'
import type { createFaults } from './faults'
import type { Flags } from './flags'
import { blankOutcome, interpretRequest, METHODS, type Wire } from './interpret'
import { errorReply, type Outcome, underFault } from './outcome'
import { respond } from './respond'
import type { Store } from './store'
import type { createStream } from './stream'

const V0_PATHS = ['/batch', '/e', '/i/v0/e', '/capture', '/track', '/i/v0/ai/batch']

export function wireOf(pathname: string): Wire | undefined {
  const path = pathname.length > 1 && pathname.endsWith('/') ? pathname.slice(0, -1) : pathname
  if (V0_PATHS.includes(path)) return 'v0'
  if (path === '/i/v1/analytics/events') return 'v1'
  return path === '/flags' ? 'flags' : undefined
}

export interface Ports {
  store: Pick<Store, 'record'>
  faults: ReturnType<typeof createFaults>
  stream: ReturnType<typeof createStream>
  now: () => number
  flags: () => Flags
  exposeHeaders: boolean
  closing: AbortSignal
  report: (message: string, error: unknown) => void
}

/** The loop that does the effects: read, meet the fault, commit, tell the watchers, answer. */
export function createIngest(ports: Ports) {
  const { store, faults, stream, now, exposeHeaders } = ports
  let preflights = 0

  async function ingest(req: IncomingMessage, res: ServerResponse, wire: Wire, url: URL) {
    const gone = AbortSignal.any([closedSignal(res), ports.closing])
    const meetFault = () => (wire === 'flags' ? ({ mode: 'ok', timesSet: 0 } as const) : faults.take())
    if (req.method === 'OPTIONS') {
      if (wire !== 'flags' && faults.get().mode === 'down') return cut(req.socket)
      preflights += 1
      return respond(req, res, { status: 200 }, preflightHeaders(req.headers, METHODS[wire]))
    }
    const arrived = now()
    let fault = meetFault()
    if (fault.mode === 'down') {
      await commit(req, url, underFault(blankOutcome(wire, req), fault), arrived)
      return cut(req.socket)
    }
    const outcome = await interpretRequest(wire, req, url.searchParams, ports.flags())
    if (!outcome.reply) return void (await commit(req, url, outcome, arrived))
    while (fault.mode === 'hang' && !gone.aborted) {
      const released = faults.hold(fault, gone)
      stream.publish({ type: 'held', held: faults.held })
      await released
      if (!gone.aborted) fault = meetFault()
    }
    const { reply } = await commit(req, url, underFault(outcome, fault), arrived)
    if (!reply) return cut(req.socket)
    const requestId: Record<string, string> =
      wire === 'v1' && outcome.requestId ? { 'PostHog-Request-Id': outcome.requestId } : {}
    await respond(req, res, reply, { ...corsHeaders(req.headers, exposeHeaders), ...requestId })
  }

  /** @returns what can be answered now that it is committed, or could not be */
  async function commit(req: IncomingMessage, url: URL, outcome: Outcome, arrived: number): Promise<Outcome> {
    const request = {
      method: req.method ?? '',
      path: url.pathname,
      wire: outcome.wire,
      request_id: outcome.requestId,
      attempt: outcome.attempt,
      status: outcome.reply?.status ?? null,
      events: outcome.sent,
      bytes: outcome.bytes,
      encoding: outcome.encoding,
      fault: outcome.fault,
      reason: outcome.reason,
      user_agent: req.headers['user-agent'] ?? null,
    }
    const receivedAt = new Date(arrived).toISOString()
    try {
      const { id, copies } = await store.record(request, outcome.events, arrived)
      const compressed = request.encoding !== null
      stream.publish({ type: 'request', id, received_at: receivedAt, ...request, compressed })
      if (outcome.events.length > 0) {
        const events = outcome.events.map(({ uuid, event }) => ({
          uuid,
          event,
          received_at: receivedAt,
          copy: copies.get(uuid),
        }))
        stream.publish({ type: 'events', request: id, events })
      }
      return outcome
    } catch (error) {
      ports.report('a request could not be stored', error)
      return outcome.reply ? { ...outcome, reply: errorReply(outcome.wire, 503) } : outcome
    }
  }

  return {
    ingest,
    get preflights() {
      return preflights
    },
    reset() {
      preflights = 0
    },
  }
}

function closedSignal(res: ServerResponse) {
  const closed = new AbortController()
  res.on('close', () => closed.abort())
  return closed.signal
}
