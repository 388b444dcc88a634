/** The end of `npm test`: a table of the suites, and one line over all of them. */

import { table } from '../table'

export interface SuiteResult {
  name: string
  passed: number
  failed: number
  skipped: number
  /** The names of the checks that failed, as far as the suite reports them. */
  failures: string[]
  seconds: number
  /** Why the suite failed or was skipped, where its counts do not tell. */
  note: string
}

/** One suite, at its end. */
export function resultLine(result: SuiteResult) {
  const { seconds, note } = result
  return `${summaryLine([result])}, ${seconds.toFixed(1)} s${note ? ` (${note})` : ''}`
}

export function summaryTable(results: SuiteResult[]) {
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

/** One line for each check that failed: the end of a log is what is read first, and often all that is kept of it. */
export function failureLines(results: SuiteResult[]) {
  return results.flatMap(({ name, failures }) => failures.map((failure) => `FAILED ${name}: ${failure}`))
}

export function summaryLine(results: SuiteResult[]) {
  const sum = (key: 'passed' | 'failed' | 'skipped') => results.reduce((total, result) => total + result[key], 0)
  const skipped = sum('skipped')
  return `${sum('passed')} passed, ${sum('failed')} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
}
