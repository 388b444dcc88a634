// @ts-check
/** Runs tests side by side: nearly all of their time is waiting. */

import { randomUUID } from 'node:crypto'
import { createStage } from './stage.mjs'

/** @typedef {import('./index.mjs').Job} Job */

/**
 * @typedef {object} Result
 * @property {'v0' | 'v1'} wire
 * @property {'client' | 'server'} sdkType
 * @property {string} suite
 * @property {string} test
 * @property {'passed' | 'failed' | 'skipped'} status
 * @property {number} durationMs
 * @property {string} [reason] why it failed or was skipped
 */

/** @typedef {{ url: string, health: { capabilities: string[] } }} Adapter */

/** No browser has these for scripts, so no SDK that runs in one can send them. */
const SKIPPABLE = ['encoding_br', 'encoding_zstd']

/**
 * @param {Job[]} jobs
 * @param {object} options
 * @param {(job: Job) => Adapter} options.adapterFor
 * @param {import('../mock/server.mjs').Mock} options.mock
 * @param {number} options.concurrency
 * @param {(result: Result) => void} options.onResult
 * @returns {Promise<Result[]>} in the order of the jobs
 */
export async function runJobs(jobs, { adapterFor, mock, concurrency, onResult }) {
  /** @type {Map<Job, Result>} */
  const results = new Map()
  // The longest first, so that none of them is left alone at the end.
  const waiting = [...jobs].sort((a, b) => b.test.waitMs - a.test.waitMs)
  const worker = async () => {
    for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) {
      const result = await runJob(job, adapterFor(job), mock)
      results.set(job, result)
      onResult(result)
    }
  }
  await Promise.all(Array.from({ length: concurrency }, worker))
  return jobs.flatMap((job) => results.get(job) ?? [])
}

/**
 * @param {Job} job
 * @param {Adapter} adapter
 * @param {import('../mock/server.mjs').Mock} mock
 * @returns {Promise<Result>}
 */
async function runJob({ wire, sdkType, test }, adapter, mock) {
  const started = performance.now()
  const { suite, name, requires } = test
  const result = (/** @type {Result['status']} */ status, /** @type {string} */ reason = '') => {
    const durationMs = Math.round(performance.now() - started)
    const base = { wire, sdkType, suite, test: name, status, durationMs }
    return reason === '' ? base : { ...base, reason }
  }
  if (requires !== undefined && !adapter.health.capabilities.includes(requires)) {
    if (SKIPPABLE.includes(requires)) return result('skipped', `no capability ${requires}`)
    return result('failed', `not implemented: the adapter has no capability ${requires}`)
  }
  const testId = `t-${randomUUID()}`
  const t = createStage({ adapterUrl: adapter.url, mock, testId, waitMs: test.waitMs })
  try {
    await t.reset()
    await test.run(t)
    await t.intact()
    return result('passed')
  } catch (error) {
    return result('failed', error instanceof Error ? error.message : String(error))
  } finally {
    await t.reset().catch((error) => console.error(`${name}: the SDK was not discarded: ${error.message}`))
    mock.reset(testId)
  }
}
