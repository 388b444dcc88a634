/**
 * Randomness that a seed repeats (mulberry32), for the plan and for the pages alike.
 *
 * @param {number} seed
 */
export function createRandom(seed) {
  let state = seed >>> 0
  /** At least 0, less than 1. */
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  return {
    next,
    /** A whole number from `least` to `most`, both possible. @param {number} least @param {number} most */
    integer: (least, most) => least + Math.floor(next() * (most - least + 1)),
    /** @param {number} probability */
    chance: (probability) => next() < probability,
    /** @template T @param {readonly T[]} items @returns {T} */
    pick: (items) => /** @type {T} */ (items[Math.floor(next() * items.length)]),
  }
}

/** @typedef {ReturnType<typeof createRandom>} Random */
