/** First visits that come to nothing: a page that captures in its first task and is gone within seconds. */

import type { Dice } from './dice'
import type { Step } from './steps'

/** A page is gone at any ms up to this one: its files, its worker and its first answer are then on their way. */
const LONGEST_MS = 3_000

/** localStorage of the last that many ms is lost with a killed browser. */
const UNWRITTEN_MS = 30_000

export function visit(open: Step & { do: 'open' }, { chance, upTo, pick, pause }: Dice): Step[] {
  const tab = -1
  const first = { count: 1 + upTo(3), kind: 'plain' as const, padding: 0 }
  const steps: Step[] = [{ ...open, first, ms: stay() }]
  if (chance(0.3)) steps.push({ do: 'capture', tab, ...first, unwanted: false, ms: stay() })
  if (chance(0.2)) steps.push({ do: pick(['flush', 'stats', 'pending'] as const), tab, ms: stay() })
  if (chance(0.05)) steps.push({ do: 'shutdown', tab, timeoutMs: pick([0, 100, 1_000]), ms: stay() })
  const end = pick(['close', 'close', 'crash', 'away', 'kill browser'] as const)
  // The next page of the same tab is there at once.
  const ms = chance(0.5) ? 0 : pause()
  steps.push(end === 'kill browser' ? { do: end, unwrittenMs: UNWRITTEN_MS, ms } : { do: end, tab, ms })
  return steps

  function stay(): number {
    return upTo(chance(0.4) ? 100 : LONGEST_MS)
  }
}

/** One that keeps nothing on disk, and whose late code fails at first: nobody but this page can deliver what it captured. */
export function onItsOwn(open: Step & { do: 'open' }, { upTo }: Dice): Step[] {
  const first = { count: 1 + upTo(3), kind: 'plain' as const, padding: 0 }
  const options = { ...open.setup.options, persistence: 'memory' as const }
  return [
    { do: 'fault', fault: { at: 'import', who: 'page', what: 'fail', skip: 0, ms: 0 }, ms: 0 },
    { ...open, setup: { ...open.setup, options }, first, ms: 1 },
  ]
}

/** One that is gone before any host has heard of it: what it captured is in the journal, and waits for the next page. */
export function cutShort(open: Step & { do: 'open' }, { upTo, pick }: Dice): Step[] {
  const first = { count: 1 + upTo(3), kind: 'plain' as const, padding: 0 }
  const end = pick(['close', 'crash'] as const)
  return [
    { ...open, first, ms: pick([1, 3, 60]) },
    { do: end, tab: -1, ms: 0 },
  ]
}
