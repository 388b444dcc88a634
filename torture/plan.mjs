// @ts-check
/** What a round is made of: the same seed gives the same plan. */

import { FAULTS } from './faults.mjs'
import { createRandom } from './page/random.mjs'

/**
 * @typedef {object} PlannedFault
 * @property {string} name
 * @property {number} afterMs since the one before it on its lane
 */

/**
 * @typedef {object} Plan
 * @property {number} seed
 * @property {import('./visitor.mjs').TabKind[]} tabs
 * @property {PlannedFault[][]} lanes
 * @property {boolean} fromTheFirst faults begin with the first page, when its worker may not be installed yet
 * @property {'kill' | 'close'} ending
 */

/** How many faults a lane has in a round, and how far apart they are at most, in ms. */
const MOST_FAULTS = 3
const MOST_APART_MS = 900

/** How often a page captures, at most. */
const MOST_BURSTS = 100

/**
 * @param {number} seed
 * @param {readonly string[]} only names of faults
 * @returns {Plan}
 */
export function planRound(seed, only) {
  const random = createRandom(seed)
  const tabs = Array.from({ length: random.integer(1, 3) }, () => planTab(random))
  const lanes = /** @type {const} */ (['browser', 'network']).map((lane) => {
    const names = only.filter((name) => FAULTS[name]?.lane === lane)
    const count = names.length === 0 ? 0 : random.integer(1, MOST_FAULTS)
    return Array.from({ length: count }, () => ({
      name: random.pick(names),
      afterMs: random.integer(0, MOST_APART_MS),
    }))
  })
  return { seed, tabs, lanes, fromTheFirst: random.chance(0.25), ending: random.pick(['kill', 'close']) }
}

/** @param {import('./page/random.mjs').Random} random */
function planTab(random) {
  return {
    options: {
      // Without a worker the page does the same work itself, over the same queue.
      ...(random.chance(0.3) ? { worker: false } : {}),
      captureMode: random.pick(['v0', 'v1']),
      flushAt: random.pick([5, 20, 100]),
      flushInterval: random.pick([50, 300, 1_000]),
    },
    load: { bursts: MOST_BURSTS, maxBurst: random.pick([2, 5, 15]), maxPauseMs: random.pick([30, 80, 200]) },
  }
}
