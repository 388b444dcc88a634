/** From what is known of a kill to how long before it an event had to be captured to survive. Pure. */

import { percentile } from '../../bench/stats'

/** Times are ms since the epoch, by the clock that all processes of a machine share. */
export interface Captured {
  /** 0 for the first of a kill. */
  index: number
  at: number
}

export interface KillFacts {
  killed: number
  /** By the page, right after each capture; the last ones may have died with it. */
  told: Captured[]
  /** What the next start delivered; an event may have come more than once. */
  arrived: Captured[]
}

export interface Loss {
  /** The time from the first capture to the kill. */
  afterMs: number
  /**
   * From the oldest event that did not survive to the kill. Where all survived, from the
   * newest: that one was old enough.
   */
  windowMs: number
  captured: number
  survived: number
}

export function lossOf({ killed, told, arrived }: KillFacts): Loss {
  const survivors = new Map(arrived.map(({ index, at }) => [index, at]))
  const known = new Map([...told.map(({ index, at }) => [index, at] as const), ...survivors])
  const captured = Math.max(...known.keys()) + 1
  const first = known.get(0)
  if (first === undefined) throw new TypeError('a kill is known by its first capture')
  // One that died with the page while a later one survived was captured no earlier than the one before it.
  let latest = first
  for (let index = 0; index < captured; index++) {
    latest = known.get(index) ?? latest
    if (!survivors.has(index)) break
  }
  // Clocks of two processes, read in whole ms by one of them.
  const since = (at: number) => Math.max(0, killed - at)
  return { afterMs: since(first), windowMs: since(latest), captured, survived: survivors.size }
}

export interface Summary {
  kills: number
  medianMs: number
  p90Ms: number
  worstMs: number
  /**
   * How long it takes until the first event is safe, half of the
   * time: more than the one and less than the other, which is infinite where no kill was late enough.
   */
  firstSafeMs: [least: number, most: number]
  /** Kills; their windows are as long as the captures went on, and may be longer. */
  nothingSurvived: number
  /** How many events were captured. */
  captured: number
  /** How many events survived. */
  survived: number
}

export function summaryOf(losses: Loss[]): Summary {
  const windows = losses.map(({ windowMs }) => windowMs)
  const sum = (of: (loss: Loss) => number) => losses.reduce((total, loss) => total + of(loss), 0)
  return {
    kills: losses.length,
    medianMs: percentile(windows, 50),
    p90Ms: percentile(windows, 90),
    worstMs: Math.max(...windows),
    firstSafeMs: firstSafe(losses),
    nothingSurvived: losses.filter(({ survived }) => survived === 0).length,
    captured: sum(({ captured }) => captured),
    survived: sum(({ survived }) => survived),
  }
}

/**
 * Between the two kills at which the first event's fate turns with the fewest exceptions. Other than the median of the
 * windows it does not depend on how many kills were early.
 */
function firstSafe(losses: Loss[]): [least: number, most: number] {
  const sorted = [...losses].sort((a, b) => a.afterMs - b.afterMs)
  const isLost = sorted.map(({ afterMs, windowMs, captured, survived }) => windowMs === afterMs && survived < captured)
  // All kills before the turn in which it was safe, and all after it in which it was lost.
  let exceptions = isLost.filter(Boolean).length
  let fewest = exceptions
  let turn = 0
  for (const [place, lost] of isLost.entries()) {
    exceptions += lost ? -1 : 1
    if (exceptions >= fewest) continue
    fewest = exceptions
    turn = place + 1
  }
  return [sorted[turn - 1]?.afterMs ?? 0, sorted[turn]?.afterMs ?? Number.POSITIVE_INFINITY]
}
