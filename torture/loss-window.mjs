// @ts-check
/** From what is known of a kill to how long before it an event had to be captured to survive. Pure. */

import { percentile } from '../bench/stats.mjs'

/**
 * Times are ms since the epoch, by the clock that all processes of a machine share.
 *
 * @typedef {object} Captured
 * @property {number} index 0 for the first of a kill
 * @property {number} at
 */

/**
 * @typedef {object} KillFacts
 * @property {number} killed
 * @property {Captured[]} told by the page, right after each capture; the last ones may have died with it
 * @property {Captured[]} arrived afterwards; may have come more than once
 */

/**
 * @typedef {object} Loss
 * @property {number} afterMs from the first capture to the kill
 * @property {number} windowMs from the oldest event that did not survive to the kill. Where all survived, from the
 *   newest: that one was old enough.
 * @property {number} captured
 * @property {number} survived
 */

/** @param {KillFacts} facts @returns {Loss} */
export function lossOf({ killed, told, arrived }) {
  const survivors = new Map(arrived.map(({ index, at }) => [index, at]))
  const known = new Map([...told.map(({ index, at }) => /** @type {const} */ ([index, at])), ...survivors])
  const captured = Math.max(...known.keys()) + 1
  const first = known.get(0)
  if (first === undefined) throw new TypeError('a kill is known by its first capture')
  // One that died with the page while a later one survived was captured no earlier than the one before it.
  let latest = first
  for (let index = 0; index < captured; index++) {
    latest = known.get(index) ?? latest
    if (!survivors.has(index)) break
  }
  // Clocks of two processes, read in whole ms by one of them.
  const since = (/** @type {number} */ at) => Math.max(0, killed - at)
  return { afterMs: since(first), windowMs: since(latest), captured, survived: survivors.size }
}

/**
 * @typedef {object} Summary
 * @property {number} kills
 * @property {number} medianMs
 * @property {number} p90Ms
 * @property {number} worstMs
 * @property {[least: number, most: number]} firstSafeMs how long it takes until the first event is safe, half of the
 *   time: more than the one and less than the other, which is infinite where no kill was late enough
 * @property {number} nothingSurvived kills; their windows are as long as the captures went on, and may be longer
 * @property {number} captured events
 * @property {number} survived events
 */

/** @param {Loss[]} losses @returns {Summary} */
export function summaryOf(losses) {
  const windows = losses.map(({ windowMs }) => windowMs)
  const sum = (/** @type {(loss: Loss) => number} */ of) => losses.reduce((total, loss) => total + of(loss), 0)
  return {
    kills: losses.length,
    medianMs: percentile(windows, 50),
    p90Ms: percentile(windows, 90),
    worstMs: Math.max(...windows),
    firstSafeMs: firstSafe(losses),
    nothingSurvived: losses.filter(({ survived }) => survived === 0).length,
    captured: sum(({ captured }) => captured),
    survived: sum(({ survived }) => survived),
  }
}

/**
 * Between the two kills at which the first event's fate turns with the fewest exceptions. Other than the median of the
 * windows it does not depend on how many kills were early.
 *
 * @param {Loss[]} losses
 * @returns {[least: number, most: number]}
 */
function firstSafe(losses) {
  const sorted = [...losses].sort((a, b) => a.afterMs - b.afterMs)
  const isLost = sorted.map(({ afterMs, windowMs, captured, survived }) => windowMs === afterMs && survived < captured)
  // All kills before the turn in which it was safe, and all after it in which it was lost.
  let exceptions = isLost.filter(Boolean).length
  let fewest = exceptions
  let turn = 0
  for (const [place, lost] of isLost.entries()) {
    exceptions += lost ? -1 : 1
    if (exceptions >= fewest) continue
    fewest = exceptions
    turn = place + 1
  }
  return [sorted[turn - 1]?.afterMs ?? 0, sorted[turn]?.afterMs ?? Number.POSITIVE_INFINITY]
}
