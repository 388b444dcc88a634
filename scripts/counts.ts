/** Reads how many checks passed, failed and were skipped out of each kind of suite's own report. */

interface Counts {
  passed: number
  failed: number
  skipped: number
}
export type CountsKind = 'vitest' | 'playwright' | 'replay' | 'compliance' | 'exit'

const READERS: Record<CountsKind, (report: string | undefined, exitCode: number) => Counts> = {
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
 * @param report what the suite reported, undefined if nothing
 */
export function readCounts(kind: CountsKind, report: string | undefined, exitCode: number): Counts & { note: string } {
  const counts = readOrUndefined(kind, report, exitCode)
  if (counts === undefined) return { passed: 0, failed: 1, skipped: 0, note: 'no readable report' }
  if (counts.failed > 0) return { ...counts, note: '' }
  if (exitCode !== 0) return { ...counts, failed: 1, note: `exit code ${exitCode} without a failed check` }
  if (counts.passed + counts.skipped === 0) return { ...counts, failed: 1, note: 'no check ran' }
  return { ...counts, note: '' }
}

function readOrUndefined(kind: CountsKind, report: string | undefined, exitCode: number): Counts | undefined {
  try {
    const counts = READERS[kind](report, exitCode)
    return Object.values(counts).every(Number.isSafeInteger) ? counts : undefined
  } catch {
    return undefined // Cut off or not JSON, as after a crash.
  }
}

function readExit(_report: string | undefined, exitCode: number): Counts {
  return exitCode === 0 ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 }
}

function readVitest(report: string | undefined = ''): Counts {
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = JSON.parse(report)
  return {
    passed: numPassedTests,
    failed: numFailedTests + testResults.filter(isBrokenFile).length,
    skipped: numPendingTests + numTodoTests,
  }
}

/** A test file that could not be loaded has failed, but has no failed test to count. */
function isBrokenFile({ status, assertionResults }: { status: string; assertionResults: { status: string }[] }) {
  return status === 'failed' && assertionResults.every((test) => test.status !== 'failed')
}

function readCompliance(report: string | undefined = ''): Counts {
  const { passed, failed, skipped } = JSON.parse(report).summary
  return { passed, failed, skipped }
}

function readPlaywright(report: string | undefined = ''): Counts {
  const { stats, errors } = JSON.parse(report)
  // A check that passes only when it is repeated has failed once, and is not trusted.
  return {
    passed: stats.expected,
    failed: stats.unexpected + stats.flaky + errors.length,
    skipped: stats.skipped,
  }
}

interface Story {
  name: string
  captured: number
  delivered: number
  duplicates: number
  lost: number
  /** Why the story could not be played here. */
  skipped?: string
  /** How the story fell short. */
  failure?: string
}

function readReplay(report: string | undefined = ''): Counts {
  const stories = readStories(report)
  const skipped = stories.filter((story) => story.skipped !== undefined).length
  const failed = stories.filter(({ lost, failure }) => lost > 0 || failure !== undefined).length
  return { passed: stories.length - failed - skipped, failed, skipped }
}

export function readStories(report: string): Story[] {
  return JSON.parse(report)
}
