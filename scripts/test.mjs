// @ts-check
/**
 * `npm test`: installs what is missing, browsers too, and runs all checks.
 *
 *     npm test                        all suites
 *     npm test -- --only unit,e2e     some of them
 *     npm test -- --list              which there are
 */

import { ensureBrowser } from './browser.mjs'
import { ensureDependencies } from './ensure-dependencies.mjs'
import { Problem, run } from './problem.mjs'
import { failedSuite, runSuite, skippedSuite } from './run-suite.mjs'
import { resultLine, summaryLine, summaryTable } from './summary.mjs'
import { parseTestOptions } from './test-options.mjs'

/** @typedef {import('./browser.mjs').BrowserName} BrowserName */
/** @typedef {import('./run-suite.mjs').Suite} Suite */
/** @typedef {import('./summary.mjs').SuiteResult} SuiteResult */

/** In ms: what is captured so long before a fault is owed in the short run, on a machine that may be busy. */
const SHORT_TORTURE_SAFE_MS = 2_000

/** What befalls the browser. A killed collector is left to the long run: its database does not always survive that. */
const SHORT_TORTURE = [
  'kill-browser',
  'crash-renderer',
  'stop-worker',
  'close-tab',
  'leave-page',
  'short-visits',
  'slow-files',
  'lose-answers',
]

/** In the order in which they run: the quick ones first, and the build before all that look at its output. */
/** @type {Suite[]} */
const SUITES = [
  { name: 'types', command: 'node', args: ['scripts/typecheck.mjs'], counts: 'exit' },
  { name: 'lint', command: 'biome', args: ['ci', '.'], counts: 'exit' },
  { name: 'build', command: 'npm', args: ['run', '--silent', 'build'], counts: 'exit' },
  { name: 'unit', command: 'vitest', args: ['run', '--project', 'node'], counts: 'vitest' },
  { name: 'browser', command: 'vitest', args: ['run', '--project', 'browser'], counts: 'vitest', browser: 'chromium' },
  { name: 'size', command: 'node', args: ['scripts/size.mjs'], counts: 'exit' },
  { name: 'api', command: 'node', args: ['scripts/api.mjs'], counts: 'exit' },
  { name: 'package', command: 'node', args: ['scripts/package.mjs'], counts: 'exit' },
  { name: 'promises', command: 'node', args: ['scripts/promises.mjs'], counts: 'exit' },
  {
    name: 'e2e',
    command: 'playwright',
    args: ['test', '-c', 'e2e/playwright.config.mjs', '--forbid-only'],
    counts: 'playwright',
    browser: 'chromium',
  },
  { name: 'replay', command: 'node', args: ['e2e/replay.mjs', '--json'], counts: 'replay', browser: 'chromium' },
  {
    name: 'firefox',
    command: 'node',
    args: ['e2e/replay.mjs', '--engine', 'firefox', '--json'],
    counts: 'replay',
    browser: 'firefox',
    optional: true,
  },
  {
    name: 'webkit',
    command: 'node',
    args: ['e2e/replay.mjs', '--engine', 'webkit', '--json'],
    counts: 'replay',
    browser: 'webkit',
    optional: true,
  },
  {
    name: 'torture',
    command: 'node',
    args: [
      'torture/torture.mjs',
      ...['--rounds', '3', '--seed', '1', '--only', SHORT_TORTURE.join(',')],
      ...['--safe-ms', String(SHORT_TORTURE_SAFE_MS), '--json'],
    ],
    counts: 'replay',
    browser: 'chromium',
  },
  {
    name: 'compliance',
    command: 'node',
    args: ['compliance/main.mjs', '--json'],
    counts: 'compliance',
    browser: 'chromium',
  },
  {
    name: 'examples',
    command: 'playwright',
    args: ['test', '-c', 'e2e/examples/playwright.config.mjs', '--forbid-only'],
    counts: 'playwright',
    browser: 'chromium',
  },
]

const MINUTE_MS = 60_000
/** No suite takes nearly as long; one that does hangs. */
const SUITE_LIMIT_MS = 10 * MINUTE_MS
/** All suites together, so that a run on CI ends with its counts before CI ends it without. */
const RUN_LIMIT_MS = 29 * MINUTE_MS

await run(async () => {
  const names = SUITES.map(({ name }) => name)
  const { list, only } = parseTestOptions(process.argv.slice(2), names)
  const suites = SUITES.filter(({ name }) => only.includes(name))
  if (list) return showList(suites)
  ensureDependencies()
  const results = await runSuites(suites)
  console.log(`\n${summaryTable(results)}\n\n${summaryLine(results)}`)
  // Fewer results than suites: stopped from outside.
  if (results.length < suites.length || results.some(({ failed }) => failed > 0)) process.exitCode = 1
})

/** @param {Suite[]} suites */
function showList(suites) {
  for (const { name, command, args } of suites) console.log(`${name.padEnd(8)} ${command} ${args.join(' ')}`)
}

/** @param {Suite[]} suites */
async function runSuites(suites) {
  const started = performance.now()
  const stop = stopSignal()
  const wanted = [...new Set(suites.flatMap(({ browser }) => browser ?? []))]
  const browsers = new Map(wanted.map((name) => [name, lookFor(name)]))
  const chromium = browsers.get('chromium')?.path
  const env = { ...process.env, ...(chromium ? { CHROMIUM_PATH: chromium } : {}) }

  /** @type {SuiteResult[]} */
  const results = []
  for (const suite of suites) {
    if (stop.aborted) break
    console.log(`\n=== ${suite.name}: ${suite.command} ${suite.args.join(' ')}`)
    const limitMs = Math.min(SUITE_LIMIT_MS, RUN_LIMIT_MS - (performance.now() - started))
    const result = await runOrRefuse(suite, { browsers, env, limitMs, stop })
    results.push(result)
    console.log(`=== ${suite.name}: ${resultLine(result)}`)
  }
  return results
}

/**
 * @param {Suite} suite
 * @param {object} options
 * @param {Map<BrowserName, Found>} options.browsers
 * @param {NodeJS.ProcessEnv} options.env
 * @param {number} options.limitMs
 * @param {AbortSignal} options.stop
 */
async function runOrRefuse(suite, { browsers, env, limitMs, stop }) {
  const problem = suite.browser && browsers.get(suite.browser)?.problem
  if (problem !== undefined) {
    console.error(problem)
    if (suite.optional) return skippedSuite(suite, 'SKIPPED: no such browser here, see above')
    return failedSuite(suite, 'no browser, see above')
  }
  if (limitMs <= 0) return failedSuite(suite, `not started: the run takes longer than ${RUN_LIMIT_MS / MINUTE_MS} min`)
  return runSuite(suite, { env, limitMs, stop })
}

/** @typedef {{ path?: string, problem?: string }} Found */

/**
 * Without a browser the other suites still run; those that need it fail or, where it is optional, are skipped.
 *
 * @param {BrowserName} name
 * @returns {Found}
 */
function lookFor(name) {
  try {
    const { path, version, from } = ensureBrowser(name)
    console.log(`Browser: ${path} ${version} (${from})`)
    return { path }
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    return { problem: error.message }
  }
}

/** Aborted by Ctrl-C and SIGTERM: the running suite is stopped, and the table shows how far the run came. */
function stopSignal() {
  const controller = new AbortController()
  const stop = () => controller.abort()
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  return controller.signal
}
