/** A run about events, with requests of a relay strewn among its steps. */

import type { Random } from '../support/random'
import { type Dice, diceOf } from './dice'
import { requestScenes } from './request-scenes'
import { type RelayWorld, SECRET_MS } from './request-steps'
import type { Plan, Step } from './steps'

const HOSTS = ['https://one.example', 'http://two.example', 'https://three.example']

const WEEK = 604_800_000

/** Steps at the end of a plan that belong together. */
const LAST_STEPS = 4

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
  return { world: { ...world, relay }, steps: strewn(steps, more, dice) }
}

function strewn(among: Step[], scenes: Step[][], { pick }: Dice): Step[] {
  const last = Math.max(0, among.length - LAST_STEPS)
  const places = among.flatMap((_, place) => (place > 0 && place < last && !among[place - 1]?.together ? [place] : []))
  const at = new Map<number, Step[]>()
  for (const steps of scenes) {
    const place = pick(places.length > 0 ? places : [among.length])
    at.set(place, [...(at.get(place) ?? []), ...steps])
  }
  return [...among.flatMap((step, place) => [...(at.get(place) ?? []), step]), ...(at.get(among.length) ?? [])]
}
