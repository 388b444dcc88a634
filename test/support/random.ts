/** Randomness that a seed repeats, for plans and for pages alike. */

import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { mersenne } from 'pure-rand/generator/mersenne'

/** The Mersenne Twister, because seeds here are neighbours: the first numbers of other generators then are too. */
export function createRandom(seed: number) {
  const generator = mersenne(seed)
  /** At least 0, less than 1. */
  const next = () => uniformFloat64(generator)
  return {
    next,
    /** A whole number from `least` to `most`, both possible. */
    integer: (least: number, most: number) => uniformInt(generator, least, most),
    chance: (probability: number) => next() < probability,
    pick: <T>(items: readonly T[]): T => items[Math.floor(next() * items.length)] as T,
  }
}

export type Random = ReturnType<typeof createRandom>
