/** Runs the cases of one boundary, and says how to run a failing one again. */

import { inspect } from 'node:util'
import fc from 'fast-check'
import type { Boundary, Outcome } from './boundary'

export interface RunOptions {
  cases: number
  seed: number
  /** Where fast-check found a counterexample: that case alone is run. */
  path?: string
  /** Told how many cases are done. */
  onProgress?(done: number): void
}

export interface RunResult extends Record<Outcome, number> {
  cases: number
  seconds: number
  failure?: { seed: number; path: string; error: unknown; counterexample: string }
}

/** While it shrinks, at most this many ms: a counterexample that is too large is better than none. */
const SHRINK_MS = 60_000

export async function runBoundary(boundary: Boundary<never>, options: RunOptions): Promise<RunResult> {
  const { cases, seed, path, onProgress } = options
  const started = performance.now()
  const result: RunResult = { cases: 0, accepted: 0, refused: 0, seconds: 0 }
  let failedAt: number | undefined
  const property = fc.asyncProperty(boundary.cases, async (given) => {
    fc.pre(failedAt === undefined || performance.now() - failedAt < SHRINK_MS)
    try {
      const outcome = await boundary.check(given)
      if (failedAt !== undefined) return
      result[outcome] += 1
      result.cases += 1
      onProgress?.(result.cases)
    } catch (error) {
      failedAt ??= performance.now()
      throw readableError(error)
    }
  })
  const details = await fc.check(property, { seed, numRuns: cases, ...(path === undefined ? {} : { path }) })
  result.seconds = (performance.now() - started) / 1_000
  if (!details.failed) return result
  const { counterexample, counterexamplePath, errorInstance } = details
  return {
    ...result,
    failure: {
      seed: details.seed,
      path: counterexamplePath ?? '',
      error: errorInstance,
      counterexample: shownCase(counterexample?.[0]),
    },
  }
}

/** What was let through may be a hostile error itself. */
function readableError(error: unknown): Error {
  try {
    if (error instanceof Error && typeof error.message === 'string' && typeof error.stack === 'string') return error
    return new Error(`thrown: ${typeof error}`)
  } catch {
    return new Error('a hostile error was let through')
  }
}

function shownCase(given: unknown): string {
  try {
    return inspect(given, { depth: 8, maxStringLength: 300, maxArrayLength: 20, showProxy: true, getters: false })
  } catch (error) {
    return `a case that cannot be shown (${typeof error})`
  }
}
