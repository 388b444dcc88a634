/** When the kills of a row come. */

import type { Random } from '../support/random'

/**
 * As many moments as there are kills, each at random in its own part of the span, so that two builds of the library
 * are not told apart by luck; in random order, since a profile grows from kill to kill. The parts grow with their
 * distance from the first capture: one start takes 20 ms and another 500, and both are to be seen as sharply.
 *
 * @param span in ms; the least is more than 0
 */
export function killMoments(
  kills: number,
  [least, most]: readonly [least: number, most: number],
  random: Random,
): number[] {
  return Array.from({ length: kills }, (_, part) => ({
    ms: least * (most / least) ** ((part + random.next()) / kills),
    turn: random.next(),
  }))
    .sort((a, b) => a.turn - b.turn)
    .map(({ ms }) => ms)
}
