/** The suites of `npm test`, and which of them run in what order. */

import type { Suite } from './run-suite'

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

/** The quick ones first, and the build before all that look at its output. */
export const SUITES: Suite[] = [
  { name: 'types', command: 'tsx', args: ['scripts/test/typecheck.ts'], counts: 'exit' },
  { name: 'lint', command: 'biome', args: ['ci', '.'], counts: 'exit' },
  { name: 'unused', command: 'knip', args: ['--no-progress'], counts: 'exit' },
  { name: 'unit', command: 'vitest', args: ['run', '--project', 'node'], counts: 'vitest' },
  { name: 'build', command: 'tsx', args: ['scripts/build/build.ts'], counts: 'exit' },
  { name: 'built', command: 'vitest', args: ['run', '--project', 'built'], counts: 'vitest' },
  { name: 'played', command: 'vitest', args: ['run', '--project', 'played'], counts: 'vitest' },
  { name: 'browser', command: 'vitest', args: ['run', '--project', 'browser'], counts: 'vitest', browser: 'chromium' },
  { name: 'size', command: 'tsx', args: ['scripts/build/size.ts'], counts: 'exit' },
  { name: 'api', command: 'tsx', args: ['scripts/release/api.ts'], counts: 'exit' },
  { name: 'package', command: 'tsx', args: ['scripts/release/package.ts'], counts: 'exit' },
  { name: 'promises', command: 'tsx', args: ['scripts/test/promises.ts'], counts: 'exit' },
  { name: 'contract', command: 'tsx', args: ['scripts/test/contract.ts'], counts: 'exit' },
  {
    name: 'e2e',
    command: 'playwright',
    args: ['test', '-c', 'e2e/playwright.config.ts', '--forbid-only'],
    counts: 'playwright',
    browser: 'chromium',
  },
  {
    name: 'e2e-firefox',
    command: 'playwright',
    args: ['test', '-c', 'e2e/any-engine/playwright.config.ts', '--project=firefox', '--forbid-only'],
    counts: 'playwright',
    browser: 'firefox',
    optional: true,
  },
  {
    name: 'e2e-webkit',
    command: 'playwright',
    args: ['test', '-c', 'e2e/any-engine/playwright.config.ts', '--project=webkit', '--forbid-only'],
    counts: 'playwright',
    browser: 'webkit',
    optional: true,
  },
  { name: 'replay', command: 'tsx', args: ['e2e/replay.ts', '--json'], counts: 'replay', browser: 'chromium' },
  {
    name: 'replay-own',
    command: 'tsx',
    args: ['e2e/replay.ts', '--endpoint', 'own', '--json'],
    counts: 'replay',
    browser: 'chromium',
  },
  {
    name: 'bridges',
    command: 'tsx',
    args: ['bench/bridges.ts', '--json'],
    counts: 'replay',
    browser: 'chromium',
  },
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

/** Steps that run one after the other. The lanes of a step run side by side, the suites of a lane in turn. */
export type Plan = readonly (readonly (readonly Suite[])[])[]

const named = (...names: string[]) => names.flatMap((name) => SUITES.filter((suite) => suite.name === name))

/** Of the suites that have a browser, those with this one. */
const inEngine = (engine: string) => SUITES.filter(({ browser }) => browser === engine)

const OF_SOURCES = named('types', 'lint', 'unused', 'unit')
const BUILD = named('build')
const OF_WHAT_IS_BUILT = SUITES.filter(
  (suite) => (suite.browser ?? 'chromium') === 'chromium' && ![...OF_SOURCES, ...BUILD].includes(suite),
)

/**
 * What reads the sources alone runs beside the build, and what is in Firefox beside what is in WebKit: each waits most of its time.
 * The other suites with a browser run in turn: side by side on 2 cores, their limits of real time run out.
 */
export const WHOLE: Plan = [[OF_SOURCES, BUILD], [OF_WHAT_IS_BUILT], [inEngine('firefox'), inEngine('webkit')]]

/**
 * How a quick run is quicker: of the end-to-end tests it runs a few that touch every promise, and files of unit tests share
 * their modules, which takes a third less time and lets one file meet what another has left behind.
 */
const QUICK_ARGS: Partial<Record<string, string[]>> = { unit: ['--no-isolate'], e2e: ['--grep', '@quick'] }

const quick = (...names: string[]): Suite[] =>
  named(...names).map((suite) => ({ ...suite, args: [...suite.args, ...(QUICK_ARGS[suite.name] ?? [])] }))

/**
 * For work. Side by side is what shares nothing: what reads the sources, and the build with the tests that load what it
 * built. The suites with a browser have the machine to themselves, since their tests wait for real time.
 */
export const QUICK: Plan = [[quick('types', 'lint', 'unit'), quick('build', 'built')], [quick('browser', 'e2e')]]

/** The suites of a plan, as its table has them. */
export const suitesOf = (plan: Plan): Suite[] => plan.flat(2)
