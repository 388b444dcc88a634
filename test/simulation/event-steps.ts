/** Steps about events, of kinds that a run's profile makes likely or not. */

import { OK } from './answers'
import { between, type Dice, weighed } from './dice'
import { PERSON_STEPS } from './persons'
import type { Profile } from './profiles'
import { randomAnswer } from './random-answers'
import { randomFault, randomLateFault } from './random-faults'
import { changeOfMind, choice, oldBackup, type Props, refusals, SHORT_AGE_MS, silence } from './scenes'
import type { PageSetup, Step, World } from './steps'
import { visit } from './visits'

/** How late a browser writes localStorage to the disk, in ms: Chromium's spread of commits. */
const UNWRITTEN_MS = [10_000, 60_000] as const

/** Times in a row that a page and the host in it are refused their database, so that there is memory alone, */
const REFUSALS = 4
/** and that the host is when its page has the database already. */
const REFUSALS_OF_HOST = 2

const HOUR = 3_600_000

export interface EventSteps {
  /** @param first whether the page is of this version */
  open(first?: boolean): Step & { do: 'open' }
  visit(): Step[]
  /** The next step, of a kind that the profile makes likely, or several that belong together. */
  step(): Step | Step[]
  /** What scenes are made of. */
  props: Props
}

/** @param rivals whether the run is about senders that know nothing of each other */
export function eventSteps(profile: Profile, rivals: boolean, world: World, dice: Dice): EventSteps {
  const { next, chance, upTo, pick, pause } = dice
  const props: Props = { ...dice, open: openStep, capture: captureStep }
  return { open: openStep, visit: nextVisit, step: nextStep, props }

  function nextVisit(): Step[] {
    const open = openStep(true)
    const steps = visit(open, dice)
    if (profile.fault > 0 && chance(0.3)) {
      open.setup.worker = false
      const isJournaled = chance(0.5)
      const refusals = Array.from({ length: isJournaled ? REFUSALS_OF_HOST : REFUSALS }, () =>
        noDisk(isJournaled ? 1 : 0),
      )
      return [...refusals, ...steps]
    }
    return profile.late > 0 && chance(0.3) ? [{ do: 'fault', fault: randomLateFault(dice), ms: 0 }, ...steps] : steps
  }

  function openStep(first = false): Step & { do: 'open' } {
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

  function nextStep(): Step | Step[] {
    const ms = pause()
    const tab = upTo(4)
    const kinds: [weight: number, make: () => Step | Step[]][] = [
      [30, () => captureStep(tab, ms)],
      [12, () => ({ do: 'wait', ms: upTo(chance(0.2) ? 60_000 : 2_000) })],
      [4, () => ({ do: 'flush', tab, ms })],
      [1, () => ({ do: pick(['stats', 'pending'] as const), tab, ms })],
      [3, openStep],
      [2, () => ({ do: pick(['hide', 'show'] as const), tab, ms })],
      [2, () => ({ do: pick(['close', 'away', 'return', 'return'] as const), tab, ms })],
      [0.5, () => ({ do: 'shutdown', tab, timeoutMs: pick([0, 10, 1_000, 30_000]), ms })],
      [3, () => ({ do: pick(PERSON_STEPS), tab, ms })],
      [profile.erase, () => ({ do: 'erase', tab, ms })],
      [profile.erase * 4, () => ({ do: 'consent', tab, ms })],
      [profile.erase * 5, () => changeOfMind(tab, ms, props)],
      [1, () => ({ do: 'network', online: chance(0.6), ms })],
      [profile.visit, nextVisit],
      [profile.late, () => ({ do: 'fault', fault: randomLateFault(dice), ms })],
      [profile.silence, () => silence(props)],
      // Few worlds have such an age, so these have the scene often.
      [world.options.maxEventAge === SHORT_AGE_MS ? profile.silence * 4 : 0, () => oldBackup(props)],
      [profile.answer / 40, () => refusals(props)],
      [profile.choice, () => choice(props)],
      [profile.death, () => (chance(0.7) ? { do: 'kill worker', ms } : { do: 'crash', tab, ms })],
      [profile.death / 5, () => ({ do: 'kill browser', unwrittenMs: between(dice, ...UNWRITTEN_MS), ms })],
      [profile.version, () => ({ do: 'update', version: rivals || chance(0.7) ? 0 : upTo(3), ms })],
      [
        profile.jump,
        () => ({ do: 'jump', by: Math.round((next() - 0.5) * pick([1_000, 60_000, 8 * HOUR, 48 * HOUR])), ms }),
      ],
      [profile.answer, () => ({ do: 'answer', answer: randomAnswer(dice, rivals), ms })],
      [profile.answer / 10, () => ({ do: 'weather', answer: chance(0.6) ? OK : randomAnswer(dice, rivals), ms })],
      [profile.rival, () => ({ do: 'break lock', lock: upTo(4), ms })],
      [profile.quota, () => ({ do: 'disk', full: chance(0.4), ms })],
      [profile.quota, () => ({ do: 'local storage', full: chance(0.4), ms })],
      [profile.fault, () => ({ do: 'fault', fault: randomFault(dice), ms })],
    ]
    return weighed(dice, kinds)?.() ?? { do: 'wait', ms }
  }

  function captureStep(tab: number, ms: number): Step & { do: 'capture' } {
    const kind = chance(0.8) ? 'plain' : pick(['history', 'ai'] as const)
    const count = chance(0.03) ? 60 : 1 + upTo(5)
    const padding = chance(0.05) ? upTo(3_000) : 0
    return { do: 'capture', tab, count, kind, unwanted: world.hook && chance(0.05), padding, ms }
  }
}

/** A page is refused its database. */
function noDisk(skip: number): Step {
  return { do: 'fault', fault: { at: 'open', who: 'page', what: 'fail', skip, ms: 0 }, ms: 0 }
}
