// @ts-check
/** What a run found, and how to find something in it. */

/** @typedef {import('./rows/delivery.mjs').Told} Told */
/** @typedef {import('./rows/main-thread.mjs').CaptureCost} CaptureCost */
/** @typedef {import('./rows/main-thread.mjs').Load} Load */
/** @typedef {import('./rows/main-thread.mjs').Interaction} Interaction */
/** @typedef {import('./rows/scale.mjs').Durable} Durable */
/** @typedef {import('./rows/scale.mjs').Backlog} Backlog */
/** @typedef {import('./rows/scale.mjs').Limits} Limits */
/** @typedef {import('./rows/size.mjs').Size} Size */

/**
 * @typedef {object} Results
 * @property {string} date
 * @property {string} machine
 * @property {string} browser
 * @property {boolean} quick
 * @property {Record<string, string>} versions of the peers
 * @property {Size[]} size
 * @property {CaptureCost[]} capture
 * @property {Load[]} load
 * @property {Interaction[]} interaction
 * @property {Durable[]} durable
 * @property {Backlog[]} backlog
 * @property {Limits[]} limits
 * @property {Told[]} delivery
 */

/** The story that shows that a peer is set up rightly. */
export const STEADY = 'steady online'

/**
 * A peer that does not deliver in peace is not set up rightly: nothing else of it counts.
 *
 * @param {Results} results
 * @param {string} peer
 */
export function counts({ delivery }, peer) {
  const steady = delivery.find((told) => told.story === STEADY && told.peer === peer)
  return !steady || (steady.delivered === steady.captured && !steady.error)
}

/**
 * @template {{ peer: string }} T
 * @param {T[]} rows
 * @param {string} peer
 */
export const of = (rows, peer) => rows.find((row) => row.peer === peer)
