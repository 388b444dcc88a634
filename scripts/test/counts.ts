/** Reads how many checks passed, failed and were skipped out of each kind of suite's own report. */

import { stripVTControlCharacters } from 'node:util'

interface Counts {
  passed: number
  failed: number
  skipped: number
}
/** A suite's own report, and the names of the checks that it says have failed. */
interface Report extends Counts {
  failures?: string[]
}
export type CountsKind = 'vitest' | 'playwright' | 'replay' | 'compliance' | 'exit'

const READERS: Record<CountsKind, (report: string | undefined, exitCode: number) => Report> = {
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
export function readCounts(
  kind: CountsKind,
  report: string | undefined,
  exitCode: number,
): Counts & { failures: string[]; note: string } {
  const read = readOrUndefined(kind, report, exitCode)
  if (read === undefined) return { passed: 0, failed: 1, skipped: 0, failures: [], note: 'no readable report' }
  const counts = { ...read, failures: read.failures ?? [] }
  if (counts.failed > 0) return { ...counts, note: '' }
  if (exitCode !== 0) return { ...counts, failed: 1, note: `exit code ${exitCode} without a failed check` }
  if (counts.passed + counts.skipped === 0) return { ...counts, failed: 1, note: 'no check ran' }
  return { ...counts, note: '' }
}

function readOrUndefined(kind: CountsKind, report: string | undefined, exitCode: number): Report | undefined {
  try {
    const counts = READERS[kind](report, exitCode)
    return [counts.passed, counts.failed, counts.skipped].every(Number.isSafeInteger) ? counts : undefined
  } catch {
    return undefined // Cut off or not JSON, as after a crash.
  }
}

function readExit(_report: string | undefined, exitCode: number): Report {
  return exitCode === 0 ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 }
}

interface VitestFile {
  name: string
  status: string
  assertionResults: { status: string; fullName: string; failureMessages?: string[] }[]
}

function readVitest(report: string | undefined = ''): Report {
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = JSON.parse(report)
  const broken = (testResults as VitestFile[]).filter(isBrokenFile)
  return {
    passed: numPassedTests,
    failed: numFailedTests + broken.length,
    skipped: numPendingTests + numTodoTests,
    failures: [
      ...broken.map(({ name }) => name),
      ...(testResults as VitestFile[]).flatMap(({ assertionResults }) =>
        assertionResults
          .filter(({ status }) => status === 'failed')
          .map(({ fullName, failureMessages }) => withReason(fullName, failureMessages?.[0])),
      ),
    ],
  }
}

/** A test file that could not be loaded has failed, but has no failed test to count. */
function isBrokenFile({ status, assertionResults }: VitestFile) {
  return status === 'failed' && assertionResults.every((test) => test.status !== 'failed')
}

interface ComplianceTest {
  wire: string
  suite: string
  test: string
  status: string
  reason?: string
}

function readCompliance(report: string | undefined = ''): Report {
  const { passed, failed, skipped } = JSON.parse(report).summary
  const failures = failedCompliance(report).map(({ wire, suite, test }) => `${wire} ${suite} ${test}`)
  return { passed, failed, skipped, failures }
}

export function failedCompliance(report: string): ComplianceTest[] {
  const { tests }: { tests: ComplianceTest[] } = JSON.parse(report)
  return tests.filter(({ status }) => status === 'failed')
}

interface PlaywrightTest {
  status: string
  results?: { error?: { message?: string; location?: { line: number } } }[]
}

interface PlaywrightSuite {
  specs?: { title: string; file: string; line: number; tests: PlaywrightTest[] }[]
  suites?: PlaywrightSuite[]
}

function readPlaywright(report: string | undefined = ''): Report {
  const { stats, errors, suites = [] } = JSON.parse(report)
  // A check that passes only when it is repeated has failed once, and is not trusted.
  return {
    passed: stats.expected,
    failed: stats.unexpected + stats.flaky + errors.length,
    skipped: stats.skipped,
    failures: failedSpecs(suites),
  }
}

function failedSpecs(suites: PlaywrightSuite[]): string[] {
  return suites.flatMap(({ specs = [], suites: inner = [] }) => [
    ...specs
      .filter(({ tests }) => tests.some(({ status }) => status === 'unexpected' || status === 'flaky'))
      .map(({ file, line, title, tests }) => withReason(`${file}:${line} ${title}`, reasonOf(tests))),
    ...failedSpecs(inner),
  ])
}

function reasonOf(tests: PlaywrightTest[]): string | undefined {
  const { error } = tests.flatMap(({ results = [] }) => results).find((result) => result.error) ?? {}
  return error?.message && `line ${error.location?.line}: ${error.message}`
}

/** Often the line in the summary is all that is kept of a run: it says what a check has found, in this many characters. */
const MAX_REASON = 400

function withReason(name: string, reason: string | undefined): string {
  if (!reason) return name
  const oneLine = stripVTControlCharacters(reason).replace(/\s+/g, ' ').trim()
  return `${name}: ${oneLine.slice(0, MAX_REASON)}`
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

function readReplay(report: string | undefined = ''): Report {
  const stories = readStories(report)
  const skipped = stories.filter((story) => story.skipped !== undefined).length
  const failures = stories.filter(({ lost, failure }) => lost > 0 || failure !== undefined).map(({ name }) => name)
  return { passed: stories.length - failures.length - skipped, failed: failures.length, skipped, failures }
}

export function readStories(report: string): Story[] {
  return JSON.parse(report)
}
