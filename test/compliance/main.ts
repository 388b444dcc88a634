/**
 * `npm run compliance`: every test of PostHog's SDK contract, by tests of our own, against the built library.
 *
 *     npm run compliance                           v0 (as client and as server SDK) and v1 in real Chromium, as a table
 *     npm run compliance -- --json                 for machines: only JSON on standard output
 *     npm run compliance -- --only partial_batch   tests whose suite or name contains it
 *     npm run compliance -- --wire v1 --engine node
 *
 * It fails when a test fails. Skipped are only tests of encodings that browsers do not have.
 */

import { ensureBuild } from '../../scripts/build/ensure-build'
import { commandLine, oneOf, someOf } from '../../scripts/command-line'
import { Problem, run } from '../../scripts/problem'
import { json, reasons, resultTable, summaryLine } from './report'
import { type Job, jobsOf } from './suite/index'
import { runJobs } from './suite/run'

/** Of 2 cores, as the harness does. */
const CONCURRENCY = 10

const PROGRESS_EVERY = 25

/** The exit code of a run that was stopped from outside, as shells have it. */
const INTERRUPTED = 130

await run(async () => {
  const { only, ...values } = commandLine(import.meta.url, {
    json: { type: 'boolean' },
    only: { type: 'string' },
    engine: { type: 'string', default: 'chromium' },
    wire: { type: 'string' },
  })
  const engineName = oneOf('engine', values.engine, ['chromium', 'node'] as const)
  const wires = someOf('wire', values.wire, ['v0', 'v1'] as const)
  const jobs = wires.flatMap(jobsOf).filter(({ test }) => !only || `${test.suite} ${test.name}`.includes(only))
  if (jobs.length === 0) throw new Problem(`No test's suite or name contains "${only}".`)

  ensureBuild()
  const started = performance.now()
  const results = await runAll(jobs, engineName)
  const seconds = Math.round((performance.now() - started) / 100) / 10
  if (values.json) console.log(json(results, { engine: engineName, seconds }))
  else console.log([resultTable(results), ...reasons(results), '', `${summaryLine(results)} (${seconds} s)`].join('\n'))
  if (results.some(({ status }) => status === 'failed')) process.exitCode = 1
})

/** Loaded late, because it needs the dependencies and a browser. */
async function runAll(jobs: Job[], engineName: 'chromium' | 'node') {
  const { startEngine } = await import('./adapter/engine')
  const { startAdapter } = await import('./adapter/adapter')
  const { startMock } = await import('./mock/server')
  if (engineName === 'chromium') (await import('../../scripts/browsers/browser')).ensureChromium()
  const mock = await startMock()
  const engine = await startEngine(engineName)
  const stop = () => void engine.close().finally(() => process.exit(INTERRUPTED))
  process.once('SIGINT', stop).once('SIGTERM', stop)
  try {
    const v0 = await startAdapter({ engine, wire: 'v0' })
    const v1 = await startAdapter({ engine, wire: 'v1' })
    const v1Deflate = await startAdapter({ engine, wire: 'v1', encoding: 'deflate' })
    let done = 0
    const results = await runJobs(jobs, {
      adapterFor: ({ wire, test }) => {
        if (wire === 'v0') return v0
        return test.requires === 'encoding_deflate' ? v1Deflate : v1
      },
      mock,
      concurrency: CONCURRENCY,
      onResult() {
        done += 1
        if (done % PROGRESS_EVERY === 0) console.error(`${done} of ${jobs.length}`)
      },
    })
    for (const adapter of [v0, v1, v1Deflate]) await adapter.close()
    return results
  } finally {
    await engine.close()
    await mock.close()
  }
}
