/** Plays worlds in threads, and ends those in which the library runs in circles. */

import { startThread } from '../../scripts/tsx'
import type { Outcome } from './index'

/** Steps in one world, unless told otherwise. */
export const STEPS_PER_RUN = 500

/**
 * CPU seconds after which a world is taken to go on for ever, and those that each step may add: more than the longest
 * takes, an outage of hours with a try each second. No clock of the wall can tell, since other programs may have the machine.
 */
const CPU_PER_WORLD = 120
const CPU_PER_STEP = 0.02

const LOOK_EVERY_MS = 500

export type Played = Omit<Outcome, 'breach'> & { breach?: { check: string; message: string } }

interface Job {
  /** The bundled simulator's path. */
  simulator: string
  /** The library's versions. */
  codes: string[]
  /** The first world's seed. */
  seed: number
  /** How many worlds are played. */
  runs: number
  /** Steps of each world. */
  steps: number
  threads: number
  /** Threads of this process that play at all. Default those of this job. */
  sharing?: number
}

/** Plays a world for each seed, until `goesOn` says no. Returns the seed at which it did, if any. */
export async function playAll(
  { simulator, codes, seed, runs, steps, threads, sharing = threads }: Job,
  goesOn: (seed: number, played: Played) => boolean,
): Promise<number | undefined> {
  let next = seed
  let endedAt: number | undefined
  const players = Array.from({ length: Math.min(threads, runs) }, () => {
    const workerData = { simulator, codes, steps }
    return startThread(new URL('player.ts', import.meta.url), { workerData, resourceLimits: ROOMY })
  })
  const playing = players.map(
    (player) =>
      new Promise((resolve, reject) => {
        let world = 0
        let startedAt = 0
        const go = () => {
          if (endedAt !== undefined || next >= seed + runs) return done()
          world = next++
          startedAt = cpuSeconds()
          player.postMessage(world)
        }
        const limit = (CPU_PER_WORLD + CPU_PER_STEP * steps) * sharing
        const look = setInterval(() => {
          if (world > 0 && cpuSeconds() - startedAt > limit) ended(endless(limit / sharing))
        }, LOOK_EVERY_MS).unref()
        const done = () => {
          clearInterval(look)
          resolve(undefined)
        }
        const ended = (played: Played) => {
          if (endedAt === undefined && !goesOn(world, played)) endedAt = world
          go()
        }
        player.on('message', ended)
        player.once('error', (error) => {
          clearInterval(look)
          reject(error)
        })
        go()
      }),
  )
  try {
    await Promise.all(playing)
  } finally {
    await Promise.all(players.map((player) => player.terminate()))
  }
  return endedAt
}

/** Most of what a world makes is garbage at once: a large nursery is cheaper. */
const ROOMY = { maxYoungGenerationSizeMb: 96 }

function cpuSeconds() {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

function endless(seconds: number): Played {
  const message = `spin: more than ${seconds.toFixed(0)} s of CPU in one world, without an end`
  const none = {
    steps: 0,
    captured: 0,
    acknowledged: 0,
    delivered: 0,
    dropped: 0,
    duplicates: 0,
    requests: 0,
    ofWorkers: 0,
    relayed: 0,
    relayDelivered: 0,
    relayDropped: 0,
    relayOfWorkers: 0,
  }
  return { ...none, faults: new Map(), breach: { check: 'spin', message } }
}
