// @ts-check
/** The end of `npm test`: a table of the suites, and one line over all of them. */

import { table } from './table.mjs'

/**
 * @typedef {object} SuiteResult
 * @property {string} name
 * @property {number} passed
 * @property {number} failed
 * @property {number} skipped
 * @property {number} seconds
 * @property {string} note why it failed or was skipped, where its counts do not tell
 */

/**
 * One suite, at its end.
 *
 * @param {SuiteResult} result
 */
export function resultLine(result) {
  const { seconds, note } = result
  return `${summaryLine([result])}, ${seconds.toFixed(1)} s${note ? ` (${note})` : ''}`
}

/** @param {SuiteResult[]} results */
export function summaryTable(results) {
  return table(
    ['suite', 'passed', 'failed', 'skipped', 'seconds', ''],
    results.map(({ name, passed, failed, skipped, seconds, note }) => [
      name,
      String(passed),
      String(failed),
      String(skipped),
      seconds.toFixed(1),
      note,
    ]),
    { left: [0, 5] },
  )
}

/** @param {SuiteResult[]} results */
export function summaryLine(results) {
  const sum = (/** @type {'passed' | 'failed' | 'skipped'} */ key) =>
    results.reduce((total, result) => total + result[key], 0)
  const skipped = sum('skipped')
  return `${sum('passed')} passed, ${sum('failed')} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
}
