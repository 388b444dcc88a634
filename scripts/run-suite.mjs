// @ts-check
/** Runs one suite of `npm test` and counts its checks. */

import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { runChild } from './child.mjs'
import { readCounts, readStories } from './counts.mjs'
import { isLocalBin, localBin } from './local-bin.mjs'
import { npmCommand } from './npm.mjs'
import { root } from './paths.mjs'
import { Problem } from './problem.mjs'

/**
 * @typedef {object} Suite
 * @property {string} name
 * @property {string} command `node`, `npm`, or a command of an installed package
 * @property {string[]} args
 * @property {import('./counts.mjs').CountsKind} counts where the numbers of passed and failed checks are from
 * @property {import('./browser.mjs').BrowserName} [browser] that it needs
 * @property {boolean} [optional] skipped, not failed, where that browser can be neither found nor installed
 */

/** @typedef {import('./summary.mjs').SuiteResult} SuiteResult */

/**
 * @param {Suite} suite
 * @param {{ env: NodeJS.ProcessEnv, limitMs: number, stop: AbortSignal }} options
 * @returns {Promise<SuiteResult>}
 */
export async function runSuite(suite, { env, limitMs, stop }) {
  const folder = mkdtempSync(path.join(tmpdir(), 'outlast-test-'))
  const started = performance.now()
  try {
    const reportFile = path.join(folder, 'report.json')
    const { file, args, shell } = commandFor(suite, reportFile)
    const { exitCode, stdout, stopped } = await runChild(file, args, {
      cwd: root,
      env: { ...env, PLAYWRIGHT_JSON_OUTPUT_NAME: reportFile },
      shell,
      captureStdout: reportsOnStdout(suite),
      limitMs,
      stop,
    })
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

/**
 * The result of a suite that could not run.
 *
 * @param {Suite} suite
 * @param {string} note
 * @param {number} [seconds]
 * @returns {SuiteResult}
 */
export function failedSuite({ name }, note, seconds = 0) {
  return { name, passed: 0, failed: 1, skipped: 0, seconds, note }
}

/**
 * The result of a suite that has nothing to run on.
 *
 * @param {Suite} suite
 * @param {string} note
 * @returns {SuiteResult}
 */
export function skippedSuite({ name }, note) {
  return { name, passed: 0, failed: 0, skipped: 1, seconds: 0, note }
}

/**
 * @param {Suite} suite
 * @param {string} reportFile
 * @returns {import('./npm.mjs').Command}
 */
function commandFor({ command, args, counts }, reportFile) {
  const all = [...args, ...reportArgs(counts, reportFile)]
  if (command === 'npm') return npmCommand(all)
  if (command === 'node') return { file: process.execPath, args: all, shell: false }
  if (isLocalBin(command)) return { file: process.execPath, args: [localBin(command), ...all], shell: false }
  throw new Problem(`Unknown command "${command}"; add it to local-bin.mjs.`)
}

/**
 * @param {Suite['counts']} counts
 * @param {string} reportFile
 */
function reportArgs(counts, reportFile) {
  if (counts === 'vitest') return ['--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`]
  if (counts === 'playwright') return ['--reporter=list,json'] // It takes the file from its environment.
  return []
}

/** @param {Suite} suite */
function reportsOnStdout({ counts }) {
  return counts === 'replay' || counts === 'compliance'
}

/** @param {string} stdout */
function showFailures(stdout) {
  try {
    /** @type {{ tests: { wire: string, suite: string, test: string, status: string, reason?: string }[] }} */
    const { tests } = JSON.parse(stdout)
    for (const { wire, suite, test, status, reason } of tests) {
      if (status === 'failed') console.log(`FAIL ${wire} ${suite} ${test}: ${reason ?? ''}`)
    }
  } catch {
    console.log(stdout) // As below.
  }
}

/** @param {string} stdout */
function showStories(stdout) {
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

/** @param {string} file */
function textOf(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined
}

/** @param {number} started */
function secondsSince(started) {
  return (performance.now() - started) / 1000
}

/** @param {unknown} error */
function messageOf(error) {
  return error instanceof Error ? error.message : String(error)
}
