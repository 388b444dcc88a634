/** Runs one suite of `npm test` and counts its checks. */

import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Command } from '../bootstrap/npm.mjs'
import type { BrowserName } from '../browsers/browser'
import { isLocalBin, localBin } from '../local-bin'
import { root } from '../paths'
import { Problem } from '../problem'
import { TSX } from '../tsx'
import { runChild } from './child'
import { type CountsKind, failedCompliance, readCounts, readStories } from './counts'
import type { SuiteResult } from './summary'

export interface Suite {
  name: string
  /** `tsx`, or a command of an installed package. */
  command: string
  args: string[]
  /** Where the numbers of passed and failed checks are from. */
  counts: CountsKind
  /** The browser that the suite needs. */
  browser?: BrowserName
  /** Skipped, not failed, where that browser can be neither found nor installed. */
  optional?: boolean
}

export async function runSuite(
  suite: Suite,
  {
    env,
    limitMs,
    stop,
    holdOutput,
  }: {
    env: NodeJS.ProcessEnv
    limitMs: number
    stop: AbortSignal
    /** The output is shown once the suite has ended: others write theirs meanwhile. */
    holdOutput: boolean
  },
): Promise<SuiteResult> {
  const folder = mkdtempSync(path.join(tmpdir(), 'outlast-test-'))
  const started = performance.now()
  try {
    const reportFile = path.join(folder, 'report.json')
    const { file, args, shell } = commandFor(suite, reportFile)
    const { exitCode, stdout, held, stopped } = await runChild(file, args, {
      cwd: root,
      env: { ...env, PLAYWRIGHT_JSON_OUTPUT_NAME: reportFile },
      shell,
      captureStdout: reportsOnStdout(suite),
      holdOutput,
      limitMs,
      stop,
    })
    if (held !== '') console.log(held.trimEnd())
    if (suite.counts === 'replay') showStories(stdout)
    if (suite.counts === 'compliance') showFailures(stdout)
    const report = reportsOnStdout(suite) ? stdout : textOf(reportFile)
    const counts = readCounts(suite.counts, report, exitCode)
    const result = { name: suite.name, ...counts, seconds: secondsSince(started) }
    // Some commands end with success when they are asked to stop; what they did not run has not passed.
    return stopped ? { ...result, failed: Math.max(1, counts.failed), note: stopped } : result
  } catch (error) {
    return failedSuite(suite, messageOf(error), secondsSince(started))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The result of a suite that could not run. */
export function failedSuite({ name }: Suite, note: string, seconds: number = 0): SuiteResult {
  return { name, passed: 0, failed: 1, skipped: 0, failures: [], seconds, note }
}

/** The result of a suite that has nothing to run on. */
export function skippedSuite({ name }: Suite, note: string): SuiteResult {
  return { name, passed: 0, failed: 0, skipped: 1, failures: [], seconds: 0, note }
}

function commandFor({ command, args, counts }: Suite, reportFile: string): Command {
  const all = [...args, ...reportArgs(counts, reportFile)]
  if (command === 'tsx') return { file: process.execPath, args: [...TSX, ...all], shell: false }
  if (isLocalBin(command)) return { file: process.execPath, args: [localBin(command), ...all], shell: false }
  throw new Problem(`Unknown command "${command}"; add it to local-bin.ts.`)
}

function reportArgs(counts: Suite['counts'], reportFile: string) {
  if (counts === 'vitest') return ['--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`]
  if (counts === 'playwright') return ['--reporter=list,json'] // It takes the file from its environment.
  return []
}

function reportsOnStdout({ counts }: Suite) {
  return counts === 'replay' || counts === 'compliance'
}

function showFailures(stdout: string) {
  try {
    for (const { wire, suite, test, reason } of failedCompliance(stdout)) {
      console.log(`FAIL ${wire} ${suite} ${test}: ${reason ?? ''}`)
    }
  } catch {
    console.log(stdout) // As below.
  }
}

function showStories(stdout: string) {
  try {
    for (const { name, captured, delivered, duplicates, lost, skipped, failure } of readStories(stdout)) {
      if (skipped !== undefined) console.log(`skip ${name}: ${skipped}`)
      else {
        const verdict = failure === undefined ? 'ok  ' : 'FAIL'
        const account = `${captured} captured, ${delivered} delivered, ${duplicates} twice, ${lost} lost`
        console.log(`${verdict} ${name}: ${account}${failure === undefined ? '' : `: ${failure}`}`)
      }
    }
  } catch {
    console.log(stdout) // Not the report: then whatever it says explains more than the parser's error.
  }
}

function textOf(file: string) {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined
}

function secondsSince(started: number) {
  return (performance.now() - started) / 1000
}

function messageOf(error: unknown) {
  return error instanceof Error ? error.message : String(error)
}
