/** How many events were pending over the last two minutes, and when the collector was broken. Values only, no drawing. */

export interface Sample {
  at: number
  pending: number
  broken: boolean
}

/** ms that the plot shows. */
export const SPAN = 120_000

export interface DepthLog {
  add(sample: Sample): void
  samples(): readonly Sample[]
}

/** Samples are kept for `SPAN`, and the one before it, which says where the line comes from. */
export function createDepthLog(): DepthLog {
  const kept: Sample[] = []
  return {
    add(sample) {
      kept.push(sample)
      while (kept[1] && kept[1].at <= sample.at - SPAN) kept.shift()
    },
    samples: () => kept,
  }
}

/** The top of the scale: a round number with some room above the highest value. */
export function ceilingFor(highest: number): number {
  return [10, 20, 40, 100, 200, 300].find((step) => step >= highest) ?? Math.ceil(highest / 500) * 500
}
