/** The run of a seed: events alone, with requests of a relay among them, or events for an endpoint of the site's own. */

import { createRandom } from '../support/random'
import { withErasures } from './erasures'
import { planOfEvents } from './plan-of-events'
import { withRequests } from './plan-with-requests'
import type { Plan, Step } from './steps'

/** Of a hundred worlds, so many have a relay, */
const WITH_REQUESTS = 0.35
/** and so many others a site that receives its events itself. */
const OWN_ENDPOINT = 0.12

/** Of the steps of a world with requests, so many are about events. */
const ABOUT_EVENTS = 0.6

/** Of all others, so many have scenes of erasures. */
const WITH_ERASURES = 0.35

/** What the dice of `planOfEvents` do not begin with, so that they fall in all other worlds as they would without requests. */
const OTHER_DICE = 1_000_000_007

export function planOf(seed: number, length: number): Plan {
  const dice = createRandom(seed + OTHER_DICE)
  const kind = dice.next()
  if (kind < WITH_REQUESTS) return withRequests(planOfEvents(seed, Math.ceil(length * ABOUT_EVENTS)), length, dice)
  const planOfSeed = (most: number) => planOfEvents(seed, most)
  const plan = dice.chance(WITH_ERASURES) ? withErasures(length, planOfSeed, dice) : planOfSeed(length)
  if (kind >= WITH_REQUESTS + OWN_ENDPOINT) return plan
  const { world } = plan
  const options = {
    ...world.options,
    captureMode: 'json' as const,
    endpoint: '/events?from=site',
    bodyFormat: dice.pick(['json', 'ndjson'] as const),
  }
  return { world: { ...world, options }, steps: plan.steps.map(withoutMode) }
}

/** All pages of a site send to the same place. */
function withoutMode(step: Step): Step {
  if (step.do !== 'open') return step
  const { captureMode: _, ...options } = step.setup.options
  return { ...step, setup: { ...step.setup, options } }
}
