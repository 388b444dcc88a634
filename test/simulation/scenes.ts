/** What takes several steps in a row, and would hardly ever come about by chance. */

import type { Step } from './steps'
import type { Dice } from './visits'

export interface Props extends Dice {
  open(): Step & { do: 'open' }
  capture(tab: number, ms: number): Step & { do: 'capture' }
}

/** A person who chooses again and again, with what is captured right before and after each choice. */
export function changeOfMind(tab: number, ms: number, { chance, upTo, pick, open, capture }: Props): Step[] {
  const soon = () => pick([0, 0, 1, 5, 60, 400])
  const steps: Step[] = [capture(tab, ms)]
  // A refusal that no other tab can hear of, unless it asks the disk.
  if (chance(0.2)) {
    steps.push({ do: 'local storage', full: true, ms: 0 }, { do: 'refuse', tab, ms: 100 + upTo(400) })
    for (const other of [tab + 1, tab + 2]) steps.push(capture(other, soon()))
    steps.push({ do: 'local storage', full: false, ms: soon() })
  }
  for (let times = 1 + upTo(4); times > 0; times--) {
    if (chance(0.3)) steps.push(...inOneTask(soon()))
    if (chance(0.7)) steps.push({ do: chance(0.5) ? 'refuse' : 'forget', tab, ms: soon() })
    if (chance(0.3)) steps.push({ do: 'close', tab, ms: soon() }, open())
    steps.push({ do: 'consent', tab, ms: soon() }, capture(tab, soon()))
  }
  return steps

  /** As where a site applies one stored choice after the other. */
  function inOneTask(ms: number): Step[] {
    const together = { ms: 0, together: true }
    return [
      { do: 'forget', tab, ...together },
      { do: 'consent', tab, ...together },
      { ...capture(tab, 0), ...together },
      { do: 'refuse', tab, ms },
    ]
  }
}

/** A page that captures and is left at once, and the next one, in which the person refuses for a while. */
export function revocation({ chance, upTo, open, capture }: Props): Step[] {
  const tab = -1
  return [
    { ...capture(tab, 0), together: chance(0.7) },
    { do: 'close', tab, ms: 0 },
    { ...open(), ms: 0, together: chance(0.5) },
    { do: 'refuse', tab, ms: upTo(5_000) },
    { do: 'consent', tab, ms: upTo(60) },
  ]
}

/** ms in which a worker that can be had has been had. */
const HAD_WITHIN_MS = 10_000

/** After this many ms another host has been found, and what befell the worker is no excuse any more. */
const LEFT_WITHIN_MS = 31_000

/** A worker has answered, and hangs: it is there, and says nothing until its browser ends it. */
export function silentWorker({ upTo, pick, open, capture }: Props): Step[] {
  const tab = -1
  const { setup } = open()
  return [
    { do: 'open', setup: { ...setup, worker: true }, ms: HAD_WITHIN_MS },
    capture(tab, 1_000),
    { do: 'fault', fault: { at: 'message', who: 'worker', what: 'hang', skip: 0, ms: 0 }, ms: 0 },
    capture(tab, LEFT_WITHIN_MS + upTo(10_000)),
    { do: pick(['stats', 'pending'] as const), tab, ms: 16_000 },
  ]
}
