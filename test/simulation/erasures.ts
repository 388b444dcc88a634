/** Scenes of one tab in which a person asks to be forgotten, or refuses, and of what another one has of that person then. */

import type { Random } from '../support/random'
import { type Answer, OK } from './answers'
import type { Fault } from './faults'
import { HAD_WITHIN_MS, HEARD_AFTER_MS } from './scenes'
import type { Plan, Step } from './steps'
import { strewn } from './strewn'

/** ms that pass between what belongs together. */
const SOON_MS = [0, 0, 1, 5, 60, 400]

/** Steps that a page's life may take here: a request's longest time, and some pauses. */
const LATER_MS = [2_000, 40_000]

/** Times in a row that a page and the host in it are refused their database, so that there is memory alone. */
const REFUSALS = 5

/** Scenes that a plan has room for, one for so many steps, */
const STEPS_FOR_EACH = 60

/** and as many steps as one has at most. */
const MOST_STEPS = 24

type Dice = Pick<Random, 'chance' | 'pick' | 'integer'>

/**
 * A plan of that length with such scenes among its steps.
 *
 * @param planOf the plan without them, of as many steps as are asked for
 */
export function withErasures(length: number, planOf: (length: number) => Plan, dice: Dice): Plan {
  const scenes: Step[][] = []
  for (let left = length / STEPS_FOR_EACH; left >= 1; left--) scenes.push(scene(dice))
  const { world, steps } = planOf(length - scenes.flat().length)
  return { world, steps: strewn(steps, scenes, dice.pick) }
}

/** The kinds of scenes, as often as they are here. */
const SCENES = [elsewhere, elsewhere, elsewhere, leftBehind, toldByDiskAlone, agreedElsewhere, erasedTwice]

function scene(dice: Dice): Step[] {
  const steps = dice.pick(SCENES)(dice)
  return steps.slice(0, MOST_STEPS)
}

/** The tab that chooses is the last but one, or now and then the other one, which is the last; while that is in the back/forward cache, the first is the last. */
function elsewhere({ chance, pick, integer }: Dice): Step[] {
  const other = -1
  const isAway = chance(0.3)
  const chooser = isAway ? -1 : chance(0.9) ? -2 : other
  const soon = () => pick(SOON_MS)
  const answer: Answer = pick([
    { kind: 'unreachable' },
    { kind: 'status', status: 503 },
    { kind: 'hang', takes: false },
    { kind: 'ok', afterMs: 8_000 },
  ] as const)
  const isOneTask = chance(0.2)
  const keeps = pick(['all', 'memory', 'memory', 'no disk'] as const)
  const steps: Step[] = [
    { ...open({ worker: chance(0.5) }), ms: HAD_WITHIN_MS },
    ...(keeps === 'no disk' ? Array<Step>(REFUSALS).fill(noDisk) : []),
    // Most have found a host by then, and some have not even their late code.
    {
      ...open({ worker: keeps === 'all' && chance(0.5), inMemory: keeps === 'memory' }),
      ms: chance(0.8) ? HAD_WITHIN_MS : integer(0, 600),
    },
    { do: 'consent', tab: chance(0.8) ? -2 : other, ms: HEARD_AFTER_MS },
    { do: 'weather', answer: chance(0.8) ? answer : OK, ms: 0 },
    capture(other, soon()),
  ]
  if (chance(0.3)) steps.push(capture(other, pick(LATER_MS)))
  if (chance(0.2)) steps.push({ do: 'hide', tab: other, ms: soon() })
  if (isAway) steps.push({ do: 'away', tab: other, ms: pick([0, 60, 400]) })
  steps.push({ do: 'erase', tab: chooser, ms: isOneTask ? 0 : soon(), together: isOneTask })
  if (!isOneTask && !isAway && chance(0.5)) steps.push(capture(other, soon()))
  steps.push({ do: 'consent', tab: chooser, ms: chance(0.7) ? soon() : pick(LATER_MS) })
  if (isAway) steps.push({ do: 'return', tab: 0, ms: soon() })
  if (chance(0.7)) steps.push(capture(other, soon()))
  if (chance(0.3)) steps.push({ do: pick(['hide', 'show'] as const), tab: other, ms: soon() })
  if (chance(0.3)) steps.push({ do: 'close', tab: other, ms: soon() })
  return [...steps, { do: 'weather', answer: OK, ms: 0 }, { do: 'wait', ms: pick(LATER_MS) }, close(other)]
}

/** A page that has to write down what it captured as it is left, and one that takes it up once the person has agreed again. */
function leftBehind({ chance, pick }: Dice): Step[] {
  const soon = () => pick(SOON_MS)
  const unheard: Fault = { at: 'tx.done', who: 'page', what: 'hang', skip: 0, ms: 0 }
  return [
    { ...open({ worker: chance(0.5) }), ms: HAD_WITHIN_MS },
    { do: 'consent', tab: -1, ms: HEARD_AFTER_MS },
    noCode,
    { ...open({ worker: chance(0.5) }), ms: 400 },
    ...(chance(0.7) ? [{ do: 'fault' as const, fault: unheard, ms: 0 }] : []),
    capture(-1, pick([0, 1, 5, 20])),
    { do: pick(['close', 'crash'] as const), tab: -1, ms: pick([0, 400, 10_000]) },
    { do: 'erase', tab: -1, ms: soon() },
    { do: 'consent', tab: -1, ms: soon() },
    { ...open({ worker: chance(0.5) }), ms: soon() },
    capture(-1, soon()),
    { do: 'wait', ms: pick(LATER_MS) },
  ]
}

/** A refusal of which the disk alone tells a deaf tab, while the host in that tab is in memory because the disk has failed it before. */
function toldByDiskAlone({ chance, pick }: Dice): Step[] {
  return [
    { ...open({ worker: chance(0.5) }), ms: HAD_WITHIN_MS },
    { do: 'consent', tab: -1, ms: HEARD_AFTER_MS },
    ...Array<Step>(REFUSALS).fill(noDisk),
    { ...open({ worker: false }), ms: HAD_WITHIN_MS },
    { do: 'local storage', full: true, ms: 0 },
    { do: 'refuse', tab: -2, ms: HEARD_AFTER_MS },
    capture(-1, pick(SOON_MS)),
    { do: 'consent', tab: -2, ms: pick([60, 400]) },
    { do: 'local storage', full: false, ms: 0 },
    { do: 'wait', ms: pick(LATER_MS) },
  ]
}

/** A tab that may not begin and never gets the code for that: it begins as the person agrees in another one, who is erased there later. */
function agreedElsewhere({ chance, pick }: Dice): Step[] {
  const [chooser, other] = [-2, -1]
  const soon = () => pick(SOON_MS)
  // The first file is the delivery's, which asks for the code for waiting.
  const late: Fault = { at: 'import', who: 'page', what: 'hang', skip: pick([1, 1, 1, 2]), ms: 0 }
  const isOneTask = chance(0.7)
  return [
    { ...open({ worker: chance(0.5) }), ms: HAD_WITHIN_MS },
    { do: 'refuse', tab: -1, ms: HEARD_AFTER_MS },
    { do: 'fault', fault: late, ms: 0 },
    { ...open({ worker: false, inMemory: chance(0.8), waits: true }), ms: HAD_WITHIN_MS },
    { do: 'consent', tab: chooser, ms: HAD_WITHIN_MS },
    { do: 'weather', answer: { kind: 'hang', takes: false }, ms: 0 },
    capture(other, soon()),
    { do: 'erase', tab: chooser, ms: isOneTask ? 0 : soon(), together: isOneTask },
    { do: 'consent', tab: chooser, ms: soon() },
    capture(other, soon()),
    { do: 'weather', answer: OK, ms: 0 },
    { do: 'wait', ms: pick(LATER_MS) },
  ]
}

/** A person who is erased in one tab and then in another one, of which the disk alone tells before the host hears of the first. */
function erasedTwice({ chance, pick }: Dice): Step[] {
  const [first, second] = [-2, -1]
  const soon = () => pick(SOON_MS)
  const lateWord: Fault = { at: 'post', who: 'page', what: 'slow', skip: 0, ms: 1_000 }
  return [
    { ...open({ worker: true }), ms: HAD_WITHIN_MS },
    noCode,
    { ...open({ worker: chance(0.5) }), ms: 400 },
    { do: 'consent', tab: first, ms: HEARD_AFTER_MS },
    { do: 'fault', fault: lateWord, ms: 0 },
    { do: 'erase', tab: first, ms: 1 },
    { do: 'consent', tab: first, ms: soon() },
    capture(first, pick([5, 60, 400])),
    { do: 'local storage', full: true, ms: 0 },
    { do: 'erase', tab: second, ms: soon() },
    { do: 'consent', tab: second, ms: soon() },
    { do: 'local storage', full: false, ms: 0 },
    { do: 'wait', ms: pick(LATER_MS) },
  ]
}

/** A page never gets its late code. */
const noCode: Step = { do: 'fault', fault: { at: 'import', who: 'page', what: 'hang', skip: 0, ms: 0 }, ms: 0 }

/** A page is refused its database. */
const noDisk: Step = { do: 'fault', fault: { at: 'open', who: 'page', what: 'fail', skip: 0, ms: 0 }, ms: 0 }

const close = (tab: number): Step => ({ do: 'close', tab, ms: 0 })

const capture = (tab: number, ms: number): Step => ({
  do: 'capture',
  ...{ tab, count: 2, kind: 'plain', unwanted: false, padding: 0, ms },
})

/** @param waits whether the page may not begin before the person has agreed */
const open = ({ worker, inMemory, waits }: { worker: boolean; inMemory?: boolean; waits?: boolean }) => ({
  do: 'open' as const,
  setup: {
    version: 0,
    worker,
    workerVersion: 0,
    options: {
      ...(inMemory ? { persistence: 'memory' as const } : {}),
      ...(waits ? { consent: 'pending' as const } : {}),
    },
  },
})
