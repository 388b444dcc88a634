/** A run about events: some visits first, then whatever the run's profile makes likely. */

import { createRandom } from '../support/random'
import { diceOf } from './dice'
import { eventSteps } from './event-steps'
import { PROFILES } from './profiles'
import { randomWorld } from './random-world'
import { hesitation } from './scenes'
import type { Plan, Step } from './steps'
import { cutShort, onItsOwn } from './visits'

export function planOfEvents(seed: number, length: number): Plan {
  const dice = diceOf(createRandom(seed))
  const { chance, upTo, pick } = dice
  const profile = pick(PROFILES)
  // Senders that know nothing of each other meet over a batch only where they speak one version and answers are slow.
  const rivals = profile.rival > 0
  const world = randomWorld(profile, rivals, dice)
  const { open, visit, step, props } = eventSteps(profile, rivals, world, dice)
  const steps: Step[] = []
  if (profile.visit > 0) for (let visits = upTo(4); visits > 0; visits--) steps.push(...visit())
  steps.push(open(true))
  const last = world.lastWakeFails ? cutShort(open(true), dice) : chance(0.2) ? onItsOwn(open(true), dice) : []
  // Before there is any choice.
  if (profile.choice > 0 && chance(0.5)) steps.push(...hesitation(props))
  while (steps.length < length - last.length) steps.push(...[step()].flat())
  return { world, steps: [...steps.slice(0, Math.max(0, length - last.length)), ...last] }
}
