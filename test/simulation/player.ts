/** A thread that plays the worlds it is given. */

import { parentPort, workerData } from 'node:worker_threads'

const { simulator: file, codes, steps }: { simulator: string; codes: string[]; steps: number } = workerData
const { simulator }: typeof import('./index') = await import(file)
const { planOf, play } = simulator(codes)

parentPort?.on('message', async (seed) => {
  const outcome = await play(planOf(seed, steps))
  // A thread's message carries no class.
  const breach = outcome.breach && { check: outcome.breach.check, message: outcome.breach.message }
  parentPort?.postMessage({ ...outcome, breach })
})
