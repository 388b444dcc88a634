/** A run as a list of steps, each complete in itself, so that one that is left out leaves the others as they were. */

import { seededRandom } from '../src/core/testing/fixtures'
import type { OutlastOptions } from '../src/page/types'
import { type Answer, BODIES, OK, RETRY_AFTER, STATUSES } from './answers'
import { type Fault, POINTS, type Point, type What } from './faults'
import { PERSON_STEPS, type PersonStep } from './persons'

/** What does not change during a run. */
export interface World {
  host: string
  options: OutlastOptions
  /** Whether the engine has Web Locks, */
  locks: boolean
  /** and Background Sync. */
  sync: boolean
  /** Whether the worker has a `beforeSend`. */
  hook: boolean
}

export interface PageSetup {
  /** Which version of the library the page runs: 0 is this one. */
  version: number
  /** Which version its site serves as the worker, or `false` where there can be none. */
  worker: boolean
  workerVersion: number
  options: OutlastOptions
}

/** `tab` counts the open tabs. `ms` pass afterwards. */
export type Step = { ms: number } & (
  | { do: 'open'; setup: PageSetup }
  | { do: 'capture'; tab: number; count: number; kind: 'plain' | 'history' | 'ai'; unwanted: boolean; padding: number }
  | {
      do: 'flush' | 'stats' | 'hide' | 'show' | 'close' | 'crash' | 'away' | 'return' | 'forget' | 'consent'
      tab: number
    }
  | { do: PersonStep; tab: number }
  | { do: 'shutdown'; tab: number; timeoutMs: number }
  | { do: 'wait' }
  | { do: 'jump'; by: number }
  | { do: 'network'; online: boolean }
  | { do: 'kill worker' }
  | { do: 'update'; version: number }
  | { do: 'break lock'; lock: number }
  | { do: 'weather' | 'answer'; answer: Answer }
  | { do: 'disk' | 'local storage'; full: boolean }
  | { do: 'fault'; fault: Fault }
)

export interface Plan {
  world: World
  steps: Step[]
}

/** How wild a run is: weights of the kinds of steps. */
interface Profile {
  fault: number
  answer: number
  death: number
  jump: number
  quota: number
  version: number
  /** Senders that lose their locks to others while they live. */
  rival: number
  /** People who ask to be forgotten; four times as often they agree again, if they did. */
  forget: number
}

const PROFILES: Profile[] = [
  { fault: 0, answer: 0, death: 0, jump: 0, quota: 0, version: 0, rival: 0, forget: 0.1 },
  { fault: 0, answer: 20, death: 3, jump: 0, quota: 0, version: 0, rival: 0, forget: 0.1 },
  { fault: 20, answer: 10, death: 5, jump: 0, quota: 0, version: 0, rival: 0, forget: 0.1 },
  { fault: 15, answer: 15, death: 5, jump: 2, quota: 0, version: 2, rival: 0, forget: 0.1 },
  { fault: 25, answer: 20, death: 8, jump: 3, quota: 3, version: 3, rival: 0, forget: 0.1 },
  { fault: 3, answer: 20, death: 1, jump: 0, quota: 0, version: 4, rival: 12, forget: 0.1 },
  { fault: 15, answer: 15, death: 2, jump: 0, quota: 0, version: 0, rival: 0, forget: 3 },
]

const WHATS: Record<Point, What[]> = {
  open: ['kill', 'slow', 'fail'],
  'tx.start': ['kill', 'slow', 'fail'],
  'tx.request': ['kill', 'slow', 'fail'],
  'tx.commit': ['kill', 'slow', 'fail', 'quota', 'lost'],
  'tx.done': ['kill', 'slow'],
  timer: ['kill', 'slow'],
  fetch: ['kill', 'slow', 'fail'],
  fetched: ['kill', 'slow', 'fail'],
  compress: ['kill', 'slow', 'fail'],
  lock: ['kill', 'slow', 'fail'],
  query: ['kill', 'slow', 'fail'],
  clients: ['kill', 'slow'],
  post: ['kill', 'slow', 'lost', 'twice'],
  reply: ['kill', 'slow', 'lost', 'twice'],
  message: ['kill', 'slow'],
  beacon: ['kill', 'fail', 'lost'],
  spill: ['fail'],
}

const HOUR = 3_600_000

export function planOf(seed: number, length: number): Plan {
  const random = seededRandom(seed * 7_919 + 17)
  const chance = (of: number) => random() < of
  const upTo = (most: number) => Math.floor(random() * most)
  const pick = <T>(of: readonly T[]): T => of[upTo(of.length)] as T
  const profile = pick(PROFILES)
  // Senders that know nothing of each other meet over a batch only where they speak one version and answers are slow.
  const rivals = profile.rival > 0
  const world: World = {
    host: 'https://events.example',
    options: {
      flushAt: rivals ? 8 : pick([1, 3, 8, 20]),
      flushInterval: pick([0, 200, 2_000, 10_000]),
      maxBatchSize: rivals ? 20 : pick([1, 3, 7, 20]),
      maxBatchBytes: pick([2_000, 20_000, 1_000_000]),
      maxQueueSize: pick([10, 40, 300, 10_000]),
      maxRetries: chance(0.3) ? upTo(4) : Number.MAX_SAFE_INTEGER,
      retryInitialBackoff: pick([50, 200, 1_000]),
      retryMaxBackoff: pick([1_000, 10_000, 30_000]),
      requestTimeout: pick([500, 5_000, 30_000]),
      maxConcurrentRequests: pick([1, 2, 3, 5]),
      compression: chance(0.25) ? 'gzip' : 'none',
    },
    locks: rivals || chance(0.7),
    sync: chance(0.6),
    hook: chance(0.5),
  }
  const steps: Step[] = [openStep(true)]
  while (steps.length < length) steps.push(nextStep())
  return { world, steps }

  function openStep(first = false): Step {
    const version = profile.version > 0 && !rivals && !first && chance(0.15) ? 1 + upTo(2) : 0
    const setup: PageSetup = {
      version,
      worker: chance(rivals ? 0.4 : 0.7),
      workerVersion: profile.version > 0 && !rivals && chance(0.1) ? upTo(3) : version,
      options: {
        ...(chance(rivals ? 0.9 : 0.5) ? { captureMode: 'v1' } : {}),
        ...(chance(0.05) ? { persistence: 'memory' } : {}),
      },
    }
    return { do: 'open', setup, ms: upTo(chance(0.5) ? 20 : 400) }
  }

  function nextStep(): Step {
    const ms = pause()
    const tab = upTo(4)
    const kinds: [weight: number, make: () => Step][] = [
      [30, () => captureStep(tab, ms)],
      [12, () => ({ do: 'wait', ms: upTo(chance(0.2) ? 60_000 : 2_000) })],
      [4, () => ({ do: 'flush', tab, ms })],
      [1, () => ({ do: 'stats', tab, ms })],
      [3, openStep],
      [2, () => ({ do: pick(['hide', 'show'] as const), tab, ms })],
      [2, () => ({ do: pick(['close', 'away', 'return', 'return'] as const), tab, ms })],
      [0.5, () => ({ do: 'shutdown', tab, timeoutMs: pick([0, 10, 1_000, 30_000]), ms })],
      [3, () => ({ do: pick(PERSON_STEPS), tab, ms })],
      [profile.forget, () => ({ do: 'forget', tab, ms })],
      [profile.forget * 4, () => ({ do: 'consent', tab, ms })],
      [1, () => ({ do: 'network', online: chance(0.6), ms })],
      [profile.death, () => (chance(0.7) ? { do: 'kill worker', ms } : { do: 'crash', tab, ms })],
      [profile.version, () => ({ do: 'update', version: rivals || chance(0.7) ? 0 : upTo(3), ms })],
      [
        profile.jump,
        () => ({ do: 'jump', by: Math.round((random() - 0.5) * pick([1_000, 60_000, 8 * HOUR, 48 * HOUR])), ms }),
      ],
      [profile.answer, () => ({ do: 'answer', answer: answer(), ms })],
      [profile.answer / 10, () => ({ do: 'weather', answer: chance(0.6) ? OK : answer(), ms })],
      [profile.rival, () => ({ do: 'break lock', lock: upTo(4), ms })],
      [profile.quota, () => ({ do: 'disk', full: chance(0.4), ms })],
      [profile.quota, () => ({ do: 'local storage', full: chance(0.4), ms })],
      [profile.fault, () => ({ do: 'fault', fault: fault(), ms })],
    ]
    const total = kinds.reduce((sum, [weight]) => sum + weight, 0)
    let at = random() * total
    for (const [weight, make] of kinds) {
      at -= weight
      if (at < 0) return make()
    }
    return { do: 'wait', ms }
  }

  function pause(): number {
    return chance(0.4) ? 0 : chance(0.7) ? upTo(60) : upTo(800)
  }

  function captureStep(tab: number, ms: number): Step {
    const kind = chance(0.8) ? 'plain' : pick(['history', 'ai'] as const)
    const count = chance(0.03) ? 60 : 1 + upTo(5)
    const padding = chance(0.05) ? upTo(3_000) : 0
    return { do: 'capture', tab, count, kind, unwanted: world.hook && chance(0.05), padding, ms }
  }

  function fault(): Fault {
    const at = pick(POINTS)
    const what = pick(WHATS[at])
    const who = chance(0.75) ? 'worker' : 'page'
    return { at, who, what, skip: chance(0.6) ? 0 : upTo(8), ms: upTo(chance(0.3) ? 20_000 : 300) }
  }

  function answer(): Answer {
    if (rivals && chance(0.6)) return { kind: 'ok', verdicts: verdicts(), afterMs: upTo(5_000) }
    const retryAfter = chance(0.4) ? { retryAfter: pick(RETRY_AFTER) } : {}
    switch (upTo(8)) {
      case 0:
        return { kind: 'ok', afterMs: upTo(chance(0.3) ? 40_000 : 2_000) }
      case 1:
        return { kind: 'ok', verdicts: verdicts(), ...retryAfter, ...late() }
      case 2:
      case 3:
        return {
          kind: 'status',
          status: chance(0.7) ? pick([503, 500, 429, 413]) : pick(STATUSES),
          ...retryAfter,
          takes: chance(0.1),
          ...late(),
        }
      case 4:
        return { kind: 'body', body: pick(BODIES) }
      case 5:
        return { kind: 'unreachable' }
      case 6:
        return chance(0.5) ? { kind: 'lost' } : { kind: 'cut' }
      default:
        return { kind: 'hang', takes: chance(0.5) }
    }
  }

  function late(): { afterMs?: number } {
    return chance(0.3) ? { afterMs: upTo(8_000) } : {}
  }

  function verdicts(): string[] {
    const each = rivals
      ? ['ok', 'drop', 'retry', 'retry']
      : ['ok', 'ok', 'retry', 'drop', 'warning', 'limited', 'nonsense']
    return Array.from({ length: 1 + upTo(4) }, () => pick(each))
  }
}
