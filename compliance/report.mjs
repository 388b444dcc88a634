// @ts-check
/** The results, for people and for machines. */

import { table } from '../scripts/table.mjs'

/** @typedef {import('./suite/run.mjs').Result} Result */

/** @param {Result[]} results */
export function countsOf(results) {
  const count = (/** @type {Result['status']} */ status) => results.filter((result) => result.status === status).length
  return { passed: count('passed'), failed: count('failed'), skipped: count('skipped') }
}

/** @param {Result[]} results */
export function summaryLine(results) {
  const { passed, failed, skipped } = countsOf(results)
  return `${passed} passed, ${failed} failed, ${skipped} skipped`
}

/** @param {Result[]} results */
export function resultTable(results) {
  const rows = results.map(({ wire, sdkType, suite, test, status, durationMs }) => [
    `${wire} ${sdkType}`,
    suite,
    test,
    status,
    `${(durationMs / 1000).toFixed(1)} s`,
  ])
  return table(['run', 'suite', 'test', 'status', 'duration'], rows, { left: [0, 1, 2, 3] })
}

/** @param {Result[]} results */
export function reasons(results) {
  return results.flatMap(({ wire, sdkType, suite, test, status, reason }) =>
    status === 'passed'
      ? []
      : [`${status}: ${wire} ${sdkType} ${suite} ${test}\n    ${reason?.replace(/\n/g, '\n    ')}`],
  )
}

/**
 * @param {Result[]} results
 * @param {{ engine: string, seconds: number }} run
 */
export function json(results, { engine, seconds }) {
  return JSON.stringify({ engine, seconds, summary: countsOf(results), tests: results }, null, 2)
}
