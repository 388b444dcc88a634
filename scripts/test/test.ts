/**
 * `npm test`: installs what is missing, browsers too, and runs all checks.
 *
 *     npm test                        all suites
 *     npm test -- --quick             for work: types, lint, unit, browser, and the end-to-end tests tagged @quick
 *     npm test -- --only unit,e2e     some of them
 *     npm test -- --list              which there are
 */

import { type BrowserName, ensureBrowser } from '../browsers/browser'
import { Problem, run } from '../problem'
import { parseTestOptions } from './options'
import { failedSuite, runSuite, type Suite, skippedSuite } from './run-suite'
import { type Plan, QUICK, suitesOf, WHOLE } from './suites'
import { failureLines, resultLine, type SuiteResult, summaryLine, summaryTable } from './summary'

const MINUTE_MS = 60_000
/** No suite takes nearly as long; one that does hangs. */
const SUITE_LIMIT_MS = 30 * MINUTE_MS
/** All suites together, so that a run on CI ends with its counts before CI ends it without. A run takes half an hour on two slow cores. */
const RUN_LIMIT_MS = 60 * MINUTE_MS

await run(async () => {
  const namesOf = (plan: Plan) => suitesOf(plan).map(({ name }) => name)
  const { list, quick, only } = parseTestOptions(process.argv.slice(2), {
    whole: namesOf(WHOLE),
    quick: namesOf(QUICK),
  })
  const plan = (quick ? QUICK : WHOLE).map((step) =>
    step.map((lane) => lane.filter(({ name }) => only.includes(name))).filter((lane) => lane.length > 0),
  )
  const suites = suitesOf(plan)
  if (list) return showList(suites)
  const results = await runPlan(plan)
  console.log(['', summaryTable(results), '', ...failureLines(results), summaryLine(results)].join('\n'))
  // Fewer results than suites: stopped from outside.
  if (results.length < suites.length || results.some(({ failed }) => failed > 0)) process.exitCode = 1
})

function showList(suites: Suite[]) {
  for (const { name, command, args } of suites) console.log(`${name.padEnd(8)} ${command} ${args.join(' ')}`)
}

async function runPlan(plan: Plan) {
  const suites = suitesOf(plan)
  const started = performance.now()
  const stop = stopSignal()
  const wanted = [...new Set(suites.flatMap(({ browser }) => browser ?? []))]
  const browsers = new Map(wanted.map((name) => [name, lookFor(name)]))
  const chromium = browsers.get('chromium')?.path
  const env = { ...process.env, ...(chromium ? { CHROMIUM_PATH: chromium } : {}) }

  const results = new Map<Suite, SuiteResult>()
  const runLane = async (lane: readonly Suite[], isAlone: boolean) => {
    for (const suite of lane) {
      if (stop.aborted) break
      console.log(`\n=== ${suite.name}: ${suite.command} ${suite.args.join(' ')}`)
      const limitMs = Math.min(SUITE_LIMIT_MS, RUN_LIMIT_MS - (performance.now() - started))
      const result = await runOrRefuse(suite, { browsers, env, limitMs, stop, holdOutput: !isAlone })
      results.set(suite, result)
      console.log(`=== ${suite.name}: ${resultLine(result)}`)
    }
  }
  for (const step of plan) await Promise.all(step.map((lane) => runLane(lane, step.length === 1)))
  return suites.flatMap((suite) => results.get(suite) ?? [])
}

async function runOrRefuse(
  suite: Suite,
  {
    browsers,
    env,
    ...options
  }: {
    browsers: Map<BrowserName, Found>
    env: NodeJS.ProcessEnv
    limitMs: number
    stop: AbortSignal
    holdOutput: boolean
  },
) {
  const problem = suite.browser && browsers.get(suite.browser)?.problem
  if (problem !== undefined) {
    console.error(problem)
    if (suite.optional) return skippedSuite(suite, 'SKIPPED: no such browser here, see above')
    return failedSuite(suite, 'no browser, see above')
  }
  if (options.limitMs <= 0)
    return failedSuite(suite, `not started: the run takes longer than ${RUN_LIMIT_MS / MINUTE_MS} min`)
  return runSuite(suite, { env, ...options })
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
