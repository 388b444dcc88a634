/** The simulator: plans, runs them, and makes a failing one small. */

import type { Breach } from '../support/breach'
import { versionOf } from './globals'
import { planOf } from './plan'
import { KEPT, type Promises } from './promises'
import { Sim } from './sim'
import type { Plan } from './steps'

export interface Outcome {
  breach: Breach | undefined
  /** Steps until the breach, or all. */
  steps: number
  captured: number
  acknowledged: number
  delivered: number
  dropped: number
  duplicates: number
  requests: number
  /** Those that workers have made. */
  ofWorkers: number
  /** Requests of relays: what pages gave them, what of it was delivered, and what workers have sent of it. */
  relayed: number
  relayDelivered: number
  relayDropped: number
  relayOfWorkers: number
  faults: Map<string, number>
}

export type Play = (plan: Plan) => Promise<Outcome>

/** @param codes the library's versions, as `bundleVersions` makes them */
export function simulator(codes: string[], promises: Promises = KEPT): { planOf: typeof planOf; play: Play } {
  const versions = codes.map(versionOf)
  return {
    planOf,
    async play(plan) {
      // From within a microtask, as everything that follows: a thread's message is a task, whose first tick comes before
      // all microtasks, and time would pass while promises are about to settle.
      await undefined
      const sim = new Sim(versions, plan, promises)
      const steps = await sim.run(plan.steps)
      const { broken, trace } = sim.oracle
      const { counts, events } = trace
      let duplicates = 0
      for (const { taken } of events.values()) duplicates += Math.max(0, taken - 1)
      const hosts = sim.requests?.all ?? []
      const sum = (of: (host: (typeof hosts)[number]) => number) => hosts.reduce((all, host) => all + of(host), 0)
      for (const realm of sim.realms) realm.kill()
      return {
        breach: broken,
        steps,
        captured: counts.captured,
        acknowledged: counts.acknowledged,
        delivered: counts.delivered,
        dropped: counts.dropped,
        duplicates,
        requests: sim.collector.requests,
        ofWorkers: sim.collector.ofWorkers,
        relayed: sum(({ ofQueue }) => ofQueue.trace.counts.captured),
        relayDelivered: sum(({ ofQueue }) => ofQueue.trace.counts.delivered),
        relayDropped: sum(({ ofQueue }) => ofQueue.trace.counts.dropped),
        relayOfWorkers: sum(({ ofWorkers }) => ofWorkers),
        faults: sim.faults.happened,
      }
    },
  }
}

export { shrink } from './shrink'
