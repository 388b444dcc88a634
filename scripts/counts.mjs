// @ts-check
/** Reads how many checks passed, failed and were skipped out of each kind of suite's own report. */

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */
/** @typedef {'vitest' | 'playwright' | 'replay' | 'compliance' | 'exit'} CountsKind */

/** @type {Record<CountsKind, (report: string | undefined, exitCode: number) => Counts>} */
const READERS = {
  vitest: readVitest,
  playwright: readPlaywright,
  replay: readReplay,
  compliance: readCompliance,
  exit: readExit,
}

/**
 * The counts of a suite that ended with this exit code. A failure always shows in them: a suite that crashed, that
 * failed outside any check, or that ran nothing at all counts as one failed check.
 *
 * @param {CountsKind} kind
 * @param {string | undefined} report what the suite reported, undefined if nothing
 * @param {number} exitCode
 * @returns {Counts & { note: string }}
 */
export function readCounts(kind, report, exitCode) {
  const counts = readOrUndefined(kind, report, exitCode)
  if (counts === undefined) return { passed: 0, failed: 1, skipped: 0, note: 'no readable report' }
  if (counts.failed > 0) return { ...counts, note: '' }
  if (exitCode !== 0) return { ...counts, failed: 1, note: `exit code ${exitCode} without a failed check` }
  if (counts.passed + counts.skipped === 0) return { ...counts, failed: 1, note: 'no check ran' }
  return { ...counts, note: '' }
}

/**
 * @param {CountsKind} kind
 * @param {string | undefined} report
 * @param {number} exitCode
 * @returns {Counts | undefined}
 */
function readOrUndefined(kind, report, exitCode) {
  try {
    const counts = READERS[kind](report, exitCode)
    return Object.values(counts).every(Number.isSafeInteger) ? counts : undefined
  } catch {
    return undefined // Cut off or not JSON, as after a crash.
  }
}

/**
 * @param {string | undefined} _report
 * @param {number} exitCode
 * @returns {Counts}
 */
function readExit(_report, exitCode) {
  return exitCode === 0 ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 }
}

/**
 * @param {string | undefined} report
 * @returns {Counts}
 */
function readVitest(report = '') {
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = JSON.parse(report)
  return {
    passed: numPassedTests,
    failed: numFailedTests + testResults.filter(isBrokenFile).length,
    skipped: numPendingTests + numTodoTests,
  }
}

/**
 * A test file that could not be loaded has failed, but has no failed test to count.
 *
 * @param {{ status: string, assertionResults: { status: string }[] }} file
 */
function isBrokenFile({ status, assertionResults }) {
  return status === 'failed' && assertionResults.every((test) => test.status !== 'failed')
}

/**
 * @param {string | undefined} report
 * @returns {Counts}
 */
function readCompliance(report = '') {
  const { passed, failed, skipped } = JSON.parse(report).summary
  return { passed, failed, skipped }
}

/**
 * @param {string | undefined} report
 * @returns {Counts}
 */
function readPlaywright(report = '') {
  const { stats, errors } = JSON.parse(report)
  // A check that passes only when it is repeated has failed once, and is not trusted.
  return {
    passed: stats.expected,
    failed: stats.unexpected + stats.flaky + errors.length,
    skipped: stats.skipped,
  }
}

/**
 * @typedef {object} Story
 * @property {string} name
 * @property {number} captured
 * @property {number} delivered
 * @property {number} duplicates
 * @property {number} lost
 * @property {string} [skipped] why it could not be played here
 * @property {string} [failure] how it fell short
 */

/**
 * @param {string | undefined} report
 * @returns {Counts}
 */
function readReplay(report = '') {
  const stories = readStories(report)
  const skipped = stories.filter((story) => story.skipped !== undefined).length
  const failed = stories.filter(({ lost, failure }) => lost > 0 || failure !== undefined).length
  return { passed: stories.length - failed - skipped, failed, skipped }
}

/**
 * @param {string} report
 * @returns {Story[]}
 */
export function readStories(report) {
  return JSON.parse(report)
}
