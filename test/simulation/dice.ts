/** The dice that a plan's steps are thrown with. A seed throws them alike each time, so their order is part of a plan. */

import type { Random } from '../support/random'

export interface Dice {
  /** At least 0, less than 1. */
  next(): number
  chance(of: number): boolean
  /** A whole number less than `most`. */
  upTo(most: number): number
  pick<T>(of: readonly T[]): T
  /** ms between two steps. */
  pause(): number
}

export function diceOf({ next, chance, pick }: Random, upTo = (most: number) => Math.floor(next() * most)): Dice {
  return { next, chance, upTo, pick, pause: () => (chance(0.4) ? 0 : chance(0.7) ? upTo(60) : upTo(800)) }
}

/** One that is the likelier the more it weighs; `undefined` where the sum of all was rounded below what was thrown. */
export function weighed<T>({ next }: Dice, kinds: [weight: number, item: T][]): T | undefined {
  let at = next() * kinds.reduce((sum, [weight]) => sum + weight, 0)
  for (const [weight, item] of kinds) {
    at -= weight
    if (at < 0) return item
  }
  return undefined
}

/** A whole number of at least `least`, and less than `most`. */
export const between = ({ upTo }: Dice, least: number, most: number): number => least + upTo(most - least)
