/** What takes several steps in a row, and would hardly ever come about by chance. */

import { LEASE_MS } from '../../src/core/base/limits'
import { type Answer, OK } from './answers'
import type { Dice } from './dice'
import type { Fault } from './faults'
import type { Step } from './steps'

export interface Props extends Dice {
  open(): Step & { do: 'open' }
  capture(tab: number, ms: number): Step & { do: 'capture' }
}

/** ms after which a choice may be asked of whoever could hear of it. */
export const HEARD_AFTER_MS = 100

/** A person who chooses again and again, with what is captured right before and after each choice. */
export function changeOfMind(tab: number, ms: number, { chance, upTo, pick, open, capture }: Props): Step[] {
  const soon = () => pick([0, 0, 1, 5, 60, 400])
  const steps: Step[] = [capture(tab, ms)]
  for (let times = 1 + upTo(4); times > 0; times--) {
    if (chance(0.3)) steps.push(...inOneTask(soon()))
    if (chance(0.7)) steps.push({ do: chance(0.5) ? 'refuse' : 'erase', tab, ms: soon() })
    if (chance(0.3)) steps.push({ do: 'close', tab, ms: soon() }, open())
    steps.push({ do: 'consent', tab, ms: soon() }, capture(tab, soon()))
  }
  return steps

  /** As where a site applies one stored choice after the other. */
  function inOneTask(ms: number): Step[] {
    const together = { ms: 0, together: true }
    return [
      { do: 'erase', tab, ...together },
      { do: 'consent', tab, ...together },
      { ...capture(tab, 0), ...together },
      { do: 'refuse', tab, ms },
    ]
  }
}

/** A page that waits for consent, in which the person refuses at first or agrees at once. */
export function hesitation({ chance, upTo, pick, open, capture }: Props): Step[] {
  const tab = -1
  const opened = open()
  const consent = chance(0.8) ? ('pending' as const) : ('denied' as const)
  const setup = { ...opened.setup, version: 0, options: { ...opened.setup.options, consent } }
  const refusals: Step[] = chance(0.7) ? [{ do: chance(0.5) ? 'refuse' : 'erase', tab, ms: upTo(200) }] : []
  return [
    { ...opened, setup, ms: upTo(400) },
    capture(tab, pick([0, 5, 400])),
    ...refusals,
    ...(chance(0.2) ? [{ do: 'close' as const, tab, ms: 0 }, open()] : []),
    { do: 'consent', tab, ms: upTo(60) },
    capture(tab, upTo(60)),
  ]
}

/** A choice as each of these finds a way to get it wrong. */
export function choice(props: Props): Step[] {
  return props.pick([revocation, unheard, wavering, unwritten, overheard, hesitation])(props)
}

/** A page that captures and is left at once, and the next one, in which the person refuses for a while. */
function revocation({ chance, upTo, open, capture }: Props): Step[] {
  const tab = -1
  return [
    // What follows holds for who agreed in this very page, and has had time to write that down.
    { do: 'consent', tab, ms: HEARD_AFTER_MS },
    { ...capture(tab, 0), together: chance(0.7) },
    { do: 'close', tab, ms: 0 },
    { ...open(), ms: 0, together: chance(0.5) },
    { do: 'refuse', tab, ms: upTo(5_000) },
    { do: 'consent', tab, ms: upTo(60) },
  ]
}

/** A refusal that no other tab can hear of, unless it asks the disk, and that is not the last. */
function unheard({ chance, upTo, pick, open, capture }: Props): Step[] {
  const [tab, other] = [-1, -2]
  const steps: Step[] = [
    { ...open(), ms: upTo(5_000) },
    { do: 'local storage', full: true, ms: 0 },
    { do: 'refuse', tab, ms: HEARD_AFTER_MS + upTo(400) },
    capture(other, pick([0, 0, 5, 400])),
    capture(0, 0),
    { do: 'local storage', full: false, ms: 0 },
  ]
  if (chance(0.5)) steps.push({ do: 'consent', tab, ms: upTo(10) }, { do: 'refuse', tab, ms: upTo(10) })
  return [...steps, { do: 'consent', tab, ms: upTo(60) }]
}

/** A new page, in which the person has chosen several times before a host has heard of what was captured first. */
function wavering({ upTo, pick, open, capture }: Props): Step[] {
  const tab = -1
  const soon = () => pick([0, 0, 1, 5, 20])
  return [
    { do: 'kill worker', ms: 0 },
    { ...open(), ms: 0, together: true },
    { do: 'consent', tab, ms: soon() },
    capture(tab, soon()),
    { do: 'refuse', tab, ms: soon() },
    { do: 'consent', tab, ms: soon() },
    { do: 'refuse', tab, ms: upTo(3_000) },
    { do: 'consent', tab, ms: soon() },
  ]
}

/** A tab that is closed while the disk has not taken its choice yet, and another one in which the person chooses later. */
function unwritten({ upTo, pick, open, capture }: Props): Step[] {
  const [tab, other] = [-1, -2]
  const slow: Fault = { at: 'tx.request', who: 'worker', what: 'slow', skip: 0, ms: 5_000 + upTo(15_000) }
  return [
    { ...open(), ms: HAD_WITHIN_MS },
    { ...open(), ms: HAD_WITHIN_MS },
    { do: 'fault', fault: slow, ms: 0 },
    { do: 'erase', tab: other, ms: 400 },
    { do: 'consent', tab, ms: 400 },
    capture(tab, pick([0, 5, 400])),
    { do: 'close', tab, ms: 0 },
    { do: 'wait', ms: 60_000 },
    // The other one is the last by now.
    { do: 'refuse', tab, ms: 400 },
    { ...open(), ms: HAD_WITHIN_MS },
    { do: 'consent', tab, ms: HEARD_AFTER_MS },
  ]
}

/** A tab that is closed right after its refusal, and another one that hears of it and is killed with the browser. */
function overheard({ pick, open, capture }: Props): Step[] {
  return [
    { ...open(), ms: HAD_WITHIN_MS },
    { ...open(), ms: HAD_WITHIN_MS },
    { do: 'consent', tab: -1, ms: HEARD_AFTER_MS },
    { do: 'refuse', tab: -1, ms: pick([0, 0, 1, 5]) },
    { do: 'close', tab: -1, ms: HEARD_AFTER_MS },
    { do: 'kill browser', unwrittenMs: HAD_WITHIN_MS, ms: 0 },
    { ...open(), ms: HAD_WITHIN_MS },
    capture(-1, HEARD_AFTER_MS),
  ]
}

/** ms in which a worker that can be had has been had. */
export const HAD_WITHIN_MS = 10_000

/** After this many ms another host has been found, and what befell the worker is no excuse any more. */
const LEFT_WITHIN_MS = 31_000

/** The `maxEventAge` of some worlds, in ms: short enough that a scene can outlast it. */
export const SHORT_AGE_MS = 1_800_000

/** What a page waits for, and is not to wait for long. */
export function silence(props: Props): Step[] {
  return props.pick([silentWorker, lostWord, lateFile, muteLocks, muteDisk])(props)
}

/** A worker has answered, and hangs: it is there, and says nothing until its browser ends it. */
function silentWorker(props: Props): Step[] {
  return afterFault(props, { at: 'message', who: 'worker', what: 'hang', skip: 0, ms: 0 })
}

/** What a page hands over is lost, or what its worker answers. */
function lostWord(props: Props): Step[] {
  const lost = { what: 'lost', skip: 0, ms: 0 } as const
  const way = props.pick([{ at: 'post', who: 'page' } as const, { at: 'reply', who: 'worker' } as const])
  return afterFault(props, { ...way, ...lost })
}

/** A page that has a worker meets it as it captures, and asks something when it has long been over. */
function afterFault({ upTo, pick, open, capture }: Props, fault: Fault): Step[] {
  const tab = -1
  const { setup } = open()
  return [
    { do: 'open', setup: { ...setup, worker: true }, ms: HAD_WITHIN_MS },
    capture(tab, 1_000),
    { do: 'fault', fault, ms: 0 },
    capture(tab, LEFT_WITHIN_MS + upTo(10_000)),
    { do: pick(['stats', 'pending'] as const), tab, ms: 16_000 },
  ]
}

/**
 * A page that sends its events itself, where a lock is granted never or far too late, or locks are never listed: it goes on as
 * where there are none, and has that much time for it.
 */
function muteLocks({ chance, pick, open, capture }: Props): Step[] {
  const tab = -1
  const { setup } = open()
  const slow = { at: 'lock', what: 'slow', ms: 20_000 } as const
  const fault = chance(0.3) ? slow : ({ at: pick(['lock', 'query'] as const), what: 'hang', ms: 0 } as const)
  return [
    { do: 'open', setup: { ...setup, worker: false }, ms: HAD_WITHIN_MS },
    { do: 'weather', answer: OK, ms: 0 },
    { do: 'fault', fault: { who: 'page', skip: 0, ...fault }, ms: 0 },
    capture(tab, 0),
    { do: 'flush', tab, ms: LEFT_WITHIN_MS },
    { do: 'wait', ms: chance(0.5) ? 0 : 2 * LEASE_MS },
  ]
}

/** A new page of which a transaction gets no answer: one of its first code, or that in which it looks at the project's other queues. */
function muteDisk({ upTo, open }: Props): Step[] {
  return [
    { do: 'fault', fault: { at: 'tx.request', who: 'page', what: 'hang', skip: upTo(8), ms: 0 }, ms: 0 },
    { ...open(), ms: LEFT_WITHIN_MS },
  ]
}

/** A file of the library that does not come, or far too late. */
function lateFile({ chance, upTo, pick, open }: Props): Step[] {
  const late = { at: 'import', who: 'page', skip: pick([0, 0, 1]) } as const
  return [
    { do: 'wait', ms: LEFT_WITHIN_MS },
    {
      do: 'fault',
      fault: { ...late, ...(chance(0.5) ? { what: 'hang', ms: 0 } : { what: 'slow', ms: 60_000 }) },
      ms: 0,
    },
    { ...open(), first: { count: 1, kind: 'plain', padding: 0 }, ms: upTo(2_000) },
    { do: pick(['stats', 'pending'] as const), tab: -1, ms: 16_000 },
  ]
}

/**
 * A page without its late code that is left before it hears that its first event is on disk, and another one when what the first wrote
 * to localStorage is too old.
 */
export function oldBackup({ chance, pick, open, capture }: Props): Step[] {
  const unheard: Fault = { at: 'tx.done', who: 'page', what: 'hang', skip: 0, ms: 0 }
  return [
    { do: 'wait', ms: LEFT_WITHIN_MS },
    { do: 'fault', fault: { at: 'import', who: 'page', what: 'hang', skip: 0, ms: 0 }, ms: 0 },
    { ...open(), ms: 400 },
    ...(chance(0.7) ? [{ do: 'fault' as const, fault: unheard, ms: 0 }] : []),
    capture(-1, pick([0, 1, 5, 20])),
    { do: 'close', tab: -1, ms: 400 },
    { do: 'wait', ms: 2 * SHORT_AGE_MS },
    { ...open(), ms: HAD_WITHIN_MS },
  ]
}

/** A server that refuses a batch for one event, or for each event, or that a page or a blocker stands before, for a while. */
export function refusals({ upTo, pick, capture }: Props): Step[] {
  const answer: Answer = pick([
    { kind: 'culprit', oneIn: pick([1, 3, 7, 30]) },
    { kind: 'page', named: true },
    { kind: 'unreachable', afterMs: 1 },
  ] as const)
  const captures = Array.from({ length: 2 + upTo(3) }, () => ({ ...capture(-1, upTo(5_000)), count: 40, padding: 0 }))
  return [
    { do: 'weather', answer, ms: 0 },
    ...captures,
    { do: 'wait', ms: pick([1_000, 20_000, 600_000]) },
    { do: 'weather', answer: OK, ms: 0 },
  ]
}
