/**
 * `npm test`: installs what is missing, browsers too, and runs all checks.
 *
 *     npm test                        all suites
 *     npm test -- --only unit,e2e     some of them
 *     npm test -- --list              which there are
 */

import { type BrowserName, ensureBrowser } from './browser'
import { Problem, run } from './problem'
import { failedSuite, runSuite, type Suite, skippedSuite } from './run-suite'
import { resultLine, type SuiteResult, summaryLine, summaryTable } from './summary'
import { parseTestOptions } from './test-options'

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
const SUITES: Suite[] = [
  { name: 'types', command: 'tsx', args: ['scripts/typecheck.ts'], counts: 'exit' },
  { name: 'lint', command: 'biome', args: ['ci', '.'], counts: 'exit' },
  { name: 'build', command: 'npm', args: ['run', '--silent', 'build'], counts: 'exit' },
  { name: 'unit', command: 'vitest', args: ['run', '--project', 'node'], counts: 'vitest' },
  { name: 'browser', command: 'vitest', args: ['run', '--project', 'browser'], counts: 'vitest', browser: 'chromium' },
  { name: 'size', command: 'tsx', args: ['scripts/size.ts'], counts: 'exit' },
  { name: 'api', command: 'tsx', args: ['scripts/api.ts'], counts: 'exit' },
  { name: 'package', command: 'tsx', args: ['scripts/package.ts'], counts: 'exit' },
  { name: 'promises', command: 'tsx', args: ['scripts/promises.ts'], counts: 'exit' },
  {
    name: 'e2e',
    command: 'playwright',
    args: ['test', '-c', 'e2e/playwright.config.ts', '--forbid-only'],
    counts: 'playwright',
    browser: 'chromium',
  },
  { name: 'replay', command: 'tsx', args: ['e2e/replay.ts', '--json'], counts: 'replay', browser: 'chromium' },
  {
    name: 'firefox',
    command: 'tsx',
    args: ['e2e/replay.ts', '--engine', 'firefox', '--json'],
    counts: 'replay',
    browser: 'firefox',
    optional: true,
  },
  {
    name: 'webkit',
    command: 'tsx',
    args: ['e2e/replay.ts', '--engine', 'webkit', '--json'],
    counts: 'replay',
    browser: 'webkit',
    optional: true,
  },
  {
    name: 'torture',
    command: 'tsx',
    args: [
      'test/torture/torture.ts',
      ...['--rounds', '3', '--seed', '1', '--only', SHORT_TORTURE.join(',')],
      ...['--safe-ms', String(SHORT_TORTURE_SAFE_MS), '--json'],
    ],
    counts: 'replay',
    browser: 'chromium',
  },
  {
    name: 'compliance',
    command: 'tsx',
    args: ['test/compliance/main.ts', '--json'],
    counts: 'compliance',
    browser: 'chromium',
  },
  {
    name: 'examples',
    command: 'playwright',
    args: ['test', '-c', 'e2e/examples/playwright.config.ts', '--forbid-only'],
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
  const results = await runSuites(suites)
  console.log(`\n${summaryTable(results)}\n\n${summaryLine(results)}`)
  // Fewer results than suites: stopped from outside.
  if (results.length < suites.length || results.some(({ failed }) => failed > 0)) process.exitCode = 1
})

function showList(suites: Suite[]) {
  for (const { name, command, args } of suites) console.log(`${name.padEnd(8)} ${command} ${args.join(' ')}`)
}

async function runSuites(suites: Suite[]) {
  const started = performance.now()
  const stop = stopSignal()
  const wanted = [...new Set(suites.flatMap(({ browser }) => browser ?? []))]
  const browsers = new Map(wanted.map((name) => [name, lookFor(name)]))
  const chromium = browsers.get('chromium')?.path
  const env = { ...process.env, ...(chromium ? { CHROMIUM_PATH: chromium } : {}) }

  const results: SuiteResult[] = []
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

async function runOrRefuse(
  suite: Suite,
  {
    browsers,
    env,
    limitMs,
    stop,
  }: {
    browsers: Map<BrowserName, Found>
    env: NodeJS.ProcessEnv
    limitMs: number
    stop: AbortSignal
  },
) {
  const problem = suite.browser && browsers.get(suite.browser)?.problem
  if (problem !== undefined) {
    console.error(problem)
    if (suite.optional) return skippedSuite(suite, 'SKIPPED: no such browser here, see above')
    return failedSuite(suite, 'no browser, see above')
  }
  if (limitMs <= 0) return failedSuite(suite, `not started: the run takes longer than ${RUN_LIMIT_MS / MINUTE_MS} min`)
  return runSuite(suite, { env, limitMs, stop })
}

interface Found {
  path?: string
  problem?: string
}

/** Without a browser the other suites still run; those that need it fail or, where it is optional, are skipped. */
function lookFor(name: BrowserName): Found {
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
