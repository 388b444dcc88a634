/** What does not change during a run, as the dice have it. */

import { between, type Dice } from './dice'
import type { Profile } from './profiles'
import { SHORT_AGE_MS } from './scenes'
import type { World } from './steps'

const HOUR = 3_600_000

/** @param rivals whether the run is about senders that know nothing of each other */
export function randomWorld(profile: Profile, rivals: boolean, dice: Dice): World {
  const { chance, upTo, pick } = dice
  return {
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
      // A clock that jumps may make an event old while a host takes it.
      ...(chance(0.3) && profile.jump === 0 ? { maxEventAge: SHORT_AGE_MS } : {}),
    },
    locks: rivals || chance(0.7),
    sync: chance(0.6),
    hook: chance(0.5),
    files: { ms: chance(0.4) ? 0 : between(dice, 150, 2_000), cached: chance(0.7) },
    installMs: between(dice, 100, 3_000),
    startMs: between(dice, 40, 600),
    deafTabs: chance(0.3),
    pageDiskMs: chance(0.5) ? 0 : 1 + upTo(5),
    ...(!rivals && chance(0.1) ? { oldWorker: { yieldsAfterMs: pick([3_000, 60_000, 10 * HOUR, null]) } } : {}),
    lastWakeFails: chance(0.3),
  }
}
