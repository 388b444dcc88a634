import type { Clock, Millis, Sender, SendOutcome } from '../../../src/core/base/ports'
import type { Answer } from '../core/fake-endpoint'

export interface FlagsRequest {
  at: Millis
  url: URL
  headers: Record<string, string>
  body: Record<string, unknown>
  timeoutMs: number
}

export interface FlagsEndpoint extends Sender {
  /** Every request, in order. */
  readonly sent: FlagsRequest[]
  answer: (request: FlagsRequest, count: number) => Answer
}

/** An answer in the present shape, with these entries of `flags`. */
export const flagsAnswer = (flags: Record<string, unknown>, more: Record<string, unknown> = {}): Answer => ({
  status: 200,
  body: JSON.stringify({ flags, ...more }),
})

/** A flag that is on, or on in a variant, as the present shape tells it. */
export const on = (variant?: string, metadata?: Record<string, unknown>) => ({
  enabled: true,
  ...(variant === undefined ? {} : { variant }),
  ...(metadata === undefined ? {} : { metadata }),
})

/** An endpoint of feature flags in memory that answers as it is told. */
export function flagsEndpoint(clock: Clock): FlagsEndpoint {
  const sent: FlagsRequest[] = []
  return {
    sent,
    answer: () => flagsAnswer({}),
    async send({ url, headers, body }, { timeoutMs }) {
      const request = { at: clock.now(), url: new URL(url), headers, body: JSON.parse(body as string), timeoutMs }
      sent.push(request)
      const { afterMs, outcome } = outcomeOf(this.answer(request, sent.length), timeoutMs)
      if (afterMs > 0) await clock.timer(afterMs).done
      return outcome
    },
  }
}

function outcomeOf(answer: Answer, timeoutMs: number): { afterMs: number; outcome: SendOutcome } {
  if ('status' in answer) {
    const { status, retryAfter = null, body = '', afterMs = 0 } = answer
    return { afterMs, outcome: { kind: 'reply', status, retryAfter, body } }
  }
  if (answer.kind === 'unreachable') return { afterMs: 0, outcome: { kind: 'unreachable', detail: 'refused' } }
  return { afterMs: timeoutMs, outcome: { kind: 'timeout' } }
}
