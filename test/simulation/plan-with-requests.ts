/** A run about events, with requests of a relay strewn among its steps. */

import type { Random } from '../support/random'
import { diceOf } from './dice'
import { requestScenes } from './request-scenes'
import { type RelayWorld, SECRET_MS } from './request-steps'
import type { Plan, Step } from './steps'
import { strewn } from './strewn'

const HOSTS = ['https://one.example', 'http://two.example', 'https://three.example']

const WEEK = 604_800_000

export function withRequests({ world, steps }: Plan, length: number, random: Random): Plan {
  const dice = diceOf(random, (most) => random.integer(0, Math.max(0, most - 1)))
  const { chance, pick, upTo } = dice
  const hosts = HOSTS.slice(0, random.integer(2, 3))
  // The others stay well, whatever becomes of it.
  const failing = chance(0.5) ? 1 : hosts.length
  const relay: RelayWorld = {
    hosts,
    options: {
      ...(chance(0.5) ? { name: 'my queue' } : {}),
      maxAge: chance(0.8) ? WEEK : SECRET_MS,
      maxQueueSize: pick([4, 20, 1_000]),
      maxQueueBytes: pick([20_000, 1_000_000]),
      maxRetries: chance(0.3) ? upTo(4) : Number.MAX_SAFE_INTEGER,
      requestTimeout: pick([500, 5_000, 30_000]),
      retryInitialBackoff: pick([50, 200, 1_000]),
      // A host may be down for hours of virtual time, and each try is a world's work.
      retryMaxBackoff: pick([5_000, 10_000, 30_000]),
      compress: chance(0.3) && 'gzip',
      storedHeaders: { 'X-Api-Key': SECRET_MS },
    },
    takesStatus: chance(0.3) ? 404 : undefined,
  }
  const scene = requestScenes(hosts.length, failing, { ...dice, integer: random.integer })
  const more: Step[][] = []
  for (let left = length - steps.length; left > 0; ) {
    const next = scene().slice(0, left)
    more.push(next)
    left -= next.length
  }
  return { world: { ...world, relay }, steps: strewn(steps, more, pick) }
}
