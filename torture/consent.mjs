// @ts-check
/** What may be known of a person, and must not, by what they chose during a round. Pure. */

/**
 * One choice of the person, in one of their tabs. Times are ms since the epoch.
 *
 * @typedef {object} Choice
 * @property {boolean} refused `optOut` with `clear`, or `optIn`
 * @property {number} from right before it was called
 * @property {number | undefined} sureAt it holds everywhere from then on; never, where the browser was killed so soon that
 *   nothing is known of it
 */

/** How long in ms another tab may take to hear of a choice, on a loaded machine. */
export const HEARD_MS = 1_000

/** @param {readonly Choice[]} choices in order */
export function consentOf(choices) {
  const last = choices.at(-1)
  const everRefused = choices.some(({ refused }) => refused)

  return {
    /** Whether the person has refused, where that is sure. */
    refuses: last === undefined ? false : last.sureAt === undefined ? undefined : last.refused,

    /** What was captured from then on is to be kept: all of it where nobody ever refused. */
    keptFrom: !everRefused ? Number.NEGATIVE_INFINITY : (!last?.refused && last?.sureAt) || Number.POSITIVE_INFINITY,

    everRefused,

    /** Whether it is sure that the person refused at that moment. @param {number} at */
    refusedAt(at) {
      const latest = choices.findLast(({ from }) => from <= at)
      return latest?.refused === true && latest.sureAt !== undefined && latest.sureAt <= at
    },

    /**
     * Whether what was captured at one moment was to be erased before another.
     *
     * @param {number} capturedAt
     * @param {number} at
     */
    erasedBy: (capturedAt, at) =>
      choices.some(({ refused, from, sureAt }) => refused && sureAt !== undefined && capturedAt < from && sureAt < at),
  }
}
