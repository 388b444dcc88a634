import type { Clock, Millis, Sender, SendOutcome, WireRequest } from '../../../src/core/base/ports'

/** What the endpoint does with a request. A request that hangs ends by its timeout. */
export type Answer =
  | { status: number; retryAfter?: string; body?: string; afterMs?: number }
  | { kind: 'unreachable'; instant?: boolean }
  /** Something else answers. */
  | { kind: 'not_taken'; detail: string }
  | { kind: 'hang' }
  /** Taken, but the answer never arrives. */
  | { kind: 'lost' }

export interface Sent {
  at: Millis
  url: string
  headers: Record<string, string>
  body: { batch: { uuid: string; event: string; timestamp: string }[] } & Record<string, unknown>
  uuids: string[]
  timeoutMs: number
}

export interface FakeEndpoint extends Sender {
  /** Every request, in order. */
  readonly sent: Sent[]
  /** How often each event was taken, for good. */
  readonly taken: Map<string, number>
  /** Requests that no protocol allows: empty ones, and ones with a uuid twice. */
  readonly violations: string[]
  readonly inFlight: number
  readonly mostInFlight: number
  answer: (sent: Sent, count: number) => Answer
}

export const OK: Answer = { status: 200 }
export const HANG: Answer = { kind: 'hang' }
export const LOST: Answer = { kind: 'lost' }
export const UNREACHABLE: Answer = { kind: 'unreachable' }

/** A v1 answer with these results, `ok` for the rest. */
export const results = (sent: Sent, given: Record<number, string>, retryAfter?: string): Answer => ({
  status: 200,
  ...(retryAfter === undefined ? {} : { retryAfter }),
  body: JSON.stringify({
    results: Object.fromEntries(sent.uuids.map((uuid, index) => [uuid, { result: given[index] ?? 'ok' }])),
  }),
})

/** An endpoint in memory that answers as it is told. */
export function fakeEndpoint(clock: Clock, answer: FakeEndpoint['answer'] = () => OK): FakeEndpoint {
  const sent: Sent[] = []
  const taken = new Map<string, number>()
  const violations: string[] = []
  let inFlight = 0
  let mostInFlight = 0

  function outcomeOf(given: Answer, timeoutMs: number, request: Sent): { after: number; outcome: SendOutcome } {
    if ('status' in given) {
      const { status, retryAfter = null, body = '', afterMs = 0 } = given
      if (status < 300) take(request, body)
      if (afterMs > timeoutMs) return { after: timeoutMs, outcome: { kind: 'timeout' } }
      return { after: afterMs, outcome: { kind: 'reply', status, retryAfter, body } }
    }
    if (given.kind === 'lost') take(request)
    if (given.kind === 'hang') return { after: timeoutMs, outcome: { kind: 'timeout' } }
    if (given.kind === 'not_taken') return { after: 0, outcome: given }
    const instant = given.kind === 'unreachable' && given.instant === true
    return { after: 0, outcome: { kind: 'unreachable', detail: 'refused', instant } }
  }

  function take({ uuids }: Sent, body = ''): void {
    const verdicts = body === '' ? {} : (JSON.parse(body).results ?? {})
    for (const uuid of uuids) {
      if (verdicts[uuid]?.result !== 'retry') taken.set(uuid, (taken.get(uuid) ?? 0) + 1)
    }
  }

  return {
    sent,
    taken,
    violations,
    get inFlight() {
      return inFlight
    },
    get mostInFlight() {
      return mostInFlight
    },
    answer,
    async send(request: WireRequest, { timeoutMs, signal }) {
      const body = JSON.parse(request.body as string) as Sent['body']
      const uuids = body.batch.map(({ uuid }) => uuid)
      const { url, headers } = request
      const entry: Sent = { at: clock.now(), url, headers, body, uuids, timeoutMs }
      if (uuids.length === 0) violations.push('an empty batch was sent')
      if (new Set(uuids).size < uuids.length) violations.push('a uuid was in one request twice')
      sent.push(entry)
      inFlight += 1
      mostInFlight = Math.max(mostInFlight, inFlight)
      const { after, outcome } = outcomeOf(this.answer(entry, sent.length), timeoutMs, entry)
      const timer = after > 0 ? clock.timer(after) : undefined
      const aborted = new Promise<SendOutcome>((resolve) => {
        const abort = () => {
          timer?.cancel()
          resolve({ kind: 'unreachable', detail: 'aborted' })
        }
        signal?.addEventListener('abort', abort, { once: true })
      })
      const answered = (timer?.done ?? Promise.resolve()).then(() => outcome)
      const ended = await Promise.race([answered, aborted])
      inFlight -= 1
      return ended
    },
  }
}
