/** The verdict of an answer that names events one by one, for all wires with such answers. */

import type { EventVerdict, Verdict } from './verdict'

/** The most reasons of an answer that a report repeats, and the longest of them in characters. */
const MAX_REASONS = 5
const MAX_REASON = 200

/**
 * What an answer says of one event: its uuid, a word for its fate, and why it is refused. Each may be a value of any
 * type.
 */
export type Said = readonly [uuid: unknown, word: unknown, reason: unknown]

/**
 * The verdict of an answer that names events one by one. Every word but `retry` and `drop` means that the event is
 * delivered.
 */
export function partialOf(said: readonly Said[], retryAfter: string | null): Verdict {
  const verdicts = new Map<string, EventVerdict>()
  const reasons = new Set<string>()
  for (const [uuid, word, reason] of said) {
    if (typeof uuid !== 'string') continue
    const verdict = word === 'retry' ? word : word === 'drop' ? 'rejected' : 'delivered'
    verdicts.set(uuid.toLowerCase(), verdict)
    if (verdict === 'rejected' && typeof reason === 'string' && reasons.size < MAX_REASONS) {
      reasons.add(reason.slice(0, MAX_REASON))
    }
  }
  return { kind: 'partial', verdicts, details: [...reasons].join(', '), retryAfter }
}
