/** The results, for people and for machines. */

import { table } from '../../scripts/table'
import type { Result } from './suite/run'

function countsOf(results: Result[]) {
  const count = (status: Result['status']) => results.filter((result) => result.status === status).length
  return { passed: count('passed'), failed: count('failed'), skipped: count('skipped') }
}

export function summaryLine(results: Result[]) {
  const { passed, failed, skipped } = countsOf(results)
  return `${passed} passed, ${failed} failed, ${skipped} skipped`
}

export function resultTable(results: Result[]) {
  const rows = results.map(({ wire, sdkType, suite, test, status, durationMs }) => [
    `${wire} ${sdkType}`,
    suite,
    test,
    status,
    `${(durationMs / 1000).toFixed(1)} s`,
  ])
  return table(['run', 'suite', 'test', 'status', 'duration'], rows, { left: [0, 1, 2, 3] })
}

export function reasons(results: Result[]) {
  return results.flatMap(({ wire, sdkType, suite, test, status, reason }) =>
    status === 'passed'
      ? []
      : [`${status}: ${wire} ${sdkType} ${suite} ${test}\n    ${reason?.replace(/\n/g, '\n    ')}`],
  )
}

export function json(results: Result[], { engine, seconds }: { engine: string; seconds: number }) {
  return JSON.stringify({ engine, seconds, summary: countsOf(results), tests: results }, null, 2)
}
