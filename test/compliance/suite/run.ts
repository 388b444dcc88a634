/** Runs tests side by side: nearly all of their time is waiting. */

import { randomUUID } from 'node:crypto'
import type { Mock } from '../mock/server'
import type { Job } from './index'
import { createStage } from './stage'

export interface Result {
  wire: 'v0' | 'v1'
  sdkType: 'client' | 'server'
  suite: string
  test: string
  status: 'passed' | 'failed' | 'skipped'
  durationMs: number
  /** Why the test failed or was skipped. */
  reason?: string
}

interface Adapter {
  url: string
  health: { capabilities: string[] }
}

/** No browser has these for scripts, so no SDK that runs in one can send them. */
const SKIPPABLE = ['encoding_br', 'encoding_zstd']

/** @returns in the order of the jobs */
export async function runJobs(
  jobs: Job[],
  {
    adapterFor,
    mock,
    concurrency,
    onResult,
  }: {
    adapterFor: (job: Job) => Adapter
    mock: Mock
    concurrency: number
    onResult: (result: Result) => void
  },
): Promise<Result[]> {
  const results = new Map<Job, Result>()
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

async function runJob({ wire, sdkType, test }: Job, adapter: Adapter, mock: Mock): Promise<Result> {
  const started = performance.now()
  const { suite, name, requires } = test
  const result = (status: Result['status'], reason: string = '') => {
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
