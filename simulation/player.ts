/** A thread that plays the worlds it is given. */

import { parentPort, workerData } from 'node:worker_threads'

const { simulator, codes, steps } = workerData
const { planOf, play } = (await import(simulator)).simulator(codes)

parentPort?.on('message', async (seed) => {
  const outcome = await play(planOf(seed, steps))
  // A thread's message carries no class.
  const breach = outcome.breach && { check: outcome.breach.check, message: outcome.breach.message }
  parentPort?.postMessage({ ...outcome, breach })
})
