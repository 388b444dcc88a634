/** Answers as the dice have them: of the server that events go to, and of a host that requests go to. */

import { type Answer, BODIES, RETRY_AFTER, STATUSES } from './answers'
import type { Dice } from './dice'

/** @param rivals whether senders are to meet over a batch, for which answers have to be slow */
export function randomAnswer(dice: Dice, rivals: boolean): Answer {
  const { chance, upTo, pick } = dice
  if (rivals && chance(0.6)) return { kind: 'ok', verdicts: randomVerdicts(dice, rivals), afterMs: upTo(5_000) }
  const retryAfter = chance(0.4) ? { retryAfter: pick(RETRY_AFTER) } : {}
  switch (upTo(9)) {
    case 0:
      return { kind: 'ok', afterMs: upTo(chance(0.3) ? 40_000 : 2_000) }
    case 1:
      return { kind: 'ok', verdicts: randomVerdicts(dice, rivals), ...retryAfter, ...late(dice) }
    case 2:
    case 3:
      return {
        kind: 'status',
        status: chance(0.7) ? pick([503, 500, 429, 413]) : pick(STATUSES),
        ...retryAfter,
        takes: chance(0.1),
        ...late(dice),
      }
    case 4:
      return { kind: 'body', body: pick(BODIES) }
    case 5:
      return chance(0.5) ? { kind: 'unreachable' } : { kind: 'unreachable', afterMs: upTo(10) }
    case 7:
      return chance(0.5)
        ? { kind: 'page', named: chance(0.7) }
        : { kind: 'culprit', oneIn: pick([2, 5, 20]), ...late(dice) }
    case 6:
      return chance(0.5) ? { kind: 'lost' } : { kind: 'cut' }
    default:
      return { kind: 'hang', takes: chance(0.5) }
  }
}

export function randomHostAnswer({ chance, upTo, pick }: Dice): Answer {
  const afterMs = chance(0.3) ? { afterMs: upTo(8_000) } : {}
  switch (upTo(8)) {
    case 0:
      return { kind: 'ok', afterMs: upTo(20_000) }
    case 1:
    case 2:
      return {
        kind: 'status',
        status: chance(0.6) ? pick([503, 500, 429, 413]) : pick(STATUSES),
        takes: chance(0.1),
        ...(chance(0.3) ? { retryAfter: pick(RETRY_AFTER) } : {}),
        ...afterMs,
      }
    case 3:
      return { kind: 'page', named: chance(0.7) }
    case 4:
      return { kind: 'unreachable', ...afterMs }
    case 5:
      return { kind: 'cut' }
    case 6:
      return { kind: 'lost' }
    default:
      return { kind: 'hang', takes: chance(0.5) }
  }
}

function late({ chance, upTo }: Dice): { afterMs?: number } {
  return chance(0.3) ? { afterMs: upTo(8_000) } : {}
}

function randomVerdicts({ upTo, pick }: Dice, rivals: boolean): string[] {
  const each = rivals
    ? ['ok', 'drop', 'retry', 'retry']
    : ['ok', 'ok', 'retry', 'drop', 'warning', 'limited', 'nonsense']
  return Array.from({ length: 1 + upTo(4) }, () => pick(each))
}
