/** Faults as the dice have them: of workers, of pages, and of the files and registrations of pages. */

import type { Dice } from './dice'
import { type Fault, LATE_POINTS, POINTS, type Point, type What } from './faults'

const WHATS: Record<Point, What[]> = {
  open: ['kill', 'slow', 'fail', 'hang'],
  'tx.start': ['kill', 'slow', 'fail', 'hang'],
  'tx.request': ['kill', 'slow', 'fail', 'hang'],
  'tx.commit': ['kill', 'slow', 'fail', 'quota', 'lost'],
  'tx.done': ['kill', 'slow', 'hang'],
  timer: ['kill', 'slow'],
  fetch: ['kill', 'slow', 'fail'],
  fetched: ['kill', 'slow', 'fail'],
  compress: ['kill', 'slow', 'fail'],
  lock: ['kill', 'slow', 'fail', 'hang'],
  query: ['kill', 'slow', 'fail', 'hang'],
  clients: ['kill', 'slow'],
  post: ['kill', 'slow', 'lost', 'twice'],
  reply: ['kill', 'slow', 'lost', 'twice'],
  message: ['kill', 'slow', 'hang'],
  beacon: ['kill', 'fail', 'lost'],
  backup: ['fail'],
  import: ['kill', 'slow', 'fail', 'hang'],
  register: ['kill', 'slow', 'fail', 'hang'],
  registration: ['kill', 'slow', 'fail', 'hang'],
}

/** When a registration that hangs fails at last, in ms. */
const HANG_MS = [20_000, 120_000, 300_000]

export function randomFault(dice: Dice): Fault {
  const { chance, pick, upTo } = dice
  const at = pick(POINTS)
  if (LATE_POINTS.has(at)) return randomLateFault(dice)
  const what = pick(WHATS[at])
  const who = chance(0.75) ? 'worker' : 'page'
  return { at, who, what, skip: chance(0.6) ? 0 : upTo(8), ms: upTo(chance(0.3) ? 20_000 : 300) }
}

/** Only pages meet these, and seldom. */
export function randomLateFault({ chance, pick, upTo }: Dice): Fault {
  const at = pick([...LATE_POINTS])
  const what = pick(WHATS[at])
  const ms = what === 'hang' ? pick(HANG_MS) : upTo(chance(0.3) ? 20_000 : 2_000)
  return { at, who: 'page', what, skip: chance(0.6) ? 0 : upTo(3), ms }
}
