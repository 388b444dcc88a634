/** What may be known of a person, and must not, by what they chose during a round. Pure. */

/** One choice of the person, in one of their tabs. Times are ms since the epoch. */
export interface Choice {
  /** `optOut` with `clear`, or `optIn`. */
  refused: boolean
  /** The time right before the choice was made. */
  from: number
  /** It holds everywhere from then on; never, where the browser was killed so soon that nothing is known of it. */
  sureAt: number | undefined
}

/** How long in ms another tab may take to hear of a choice, on a loaded machine. */
export const HEARD_MS = 1_000

/** @param choices in order */
export function consentOf(choices: readonly Choice[]) {
  const last = choices.at(-1)
  const everRefused = choices.some(({ refused }) => refused)

  return {
    /** Whether the person has refused, where that is sure. */
    refuses: last === undefined ? false : last.sureAt === undefined ? undefined : last.refused,

    /** What was captured from then on is to be kept: all of it where nobody ever refused. */
    keptFrom: !everRefused ? Number.NEGATIVE_INFINITY : (!last?.refused && last?.sureAt) || Number.POSITIVE_INFINITY,

    everRefused,

    /** Whether it is sure that the person refused at that moment. */
    refusedAt(at: number) {
      const latest = choices.findLast(({ from }) => from <= at)
      return latest?.refused === true && latest.sureAt !== undefined && latest.sureAt <= at
    },

    /** Whether what was captured at one moment was to be erased before another. */
    erasedBy: (capturedAt: number, at: number) =>
      choices.some(({ refused, from, sureAt }) => refused && sureAt !== undefined && capturedAt < from && sureAt < at),
  }
}
