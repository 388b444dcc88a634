/** What a soak has read of a client that works on and on, and whether any of it grows. */

import { markdownTable } from '../markdown'
import { figure, linesFromZero, type Series } from '../plot'
import { median } from '../stats'

/** Figures of one moment, by the name of what was read. */
export interface Reading {
  /** Minutes or days since the start. */
  at: number
  figures: Partial<Record<string, number>>
}

export interface Measure {
  /** In the words of the table. */
  name: string
  unit: 'kB' | ''
  /** What the last readings may have more than the first: a share of these, and at least so much. */
  slack: { share: number; least: number }
  /** Whether a reading has what is no longer held, and is not collected yet. */
  hasGarbage?: true
}

export interface Soak {
  /** The day it ended, as `2026-01-31`. */
  date: string
  /** What was soaked, in a sentence. */
  what: string
  captured: number
  delivered: number
  duplicates: number
  /** Minutes or days until caches, files of the database and what is remembered for some time have the size that they keep. */
  warmUp: number
  readings: Reading[]
}

interface Verdict {
  name: string
  first: number
  last: number
  flat: boolean
}

/** The share of the readings after the warm-up that is an end. */
const END = 0.25

/**
 * Compares the median of the first readings after the warm-up with that of the last; of what is read with garbage in it, which is
 * collected some time or other, the least: that is held.
 */
export function judge({ readings, warmUp }: Soak, measures: Record<string, Measure>): Verdict[] {
  const warm = readings.filter(({ at }) => at > warmUp)
  const size = Math.max(1, Math.floor(warm.length * END))
  return Object.entries(measures).map(([key, { name, slack, hasGarbage }]) => {
    const read = (some: Reading[]) => {
      const values = some.flatMap(({ figures }) => figures[key] ?? [])
      // Of no value the least is Infinity, and none is flat that was never read.
      return hasGarbage && values.length > 0 ? Math.min(...values) : median(values)
    }
    const first = read(warm.slice(0, size))
    const last = read(warm.slice(-size))
    return { name, first, last, flat: last <= first + Math.max(first * slack.share, slack.least) }
  })
}

/** @param of the unit in which time is told */
export function table(soak: Soak, measures: Record<string, Measure>, of: string): string {
  const units = Object.values(measures).map(({ unit }) => unit)
  const rows = judge(soak, measures).map(({ name, first, last, flat }, index) => {
    const unit = units[index] ? ` ${units[index]}` : ''
    return [name, `${figure(first)}${unit}`, `${figure(last)}${unit}`, flat ? 'flat' : '**grows**']
  })
  const count = (value: number) => value.toLocaleString('en')
  const { what, captured, delivered, duplicates, warmUp } = soak
  return [
    `${what} ${count(captured)} events, of which ${count(captured - delivered)} were lost and ${count(duplicates)} came twice.`,
    '',
    markdownTable(['', `first ${of} after ${warmUp}`, `last ${of}`, ''], rows),
  ].join('\n')
}

/** @param keys what is drawn, in one unit */
export function plot(title: string, x: string, { readings }: Soak, measures: Record<string, Measure>, keys: string[]) {
  const series: Series[] = keys.map((key) => ({
    name: measures[key]?.name ?? key,
    points: readings.flatMap(({ at, figures: { [key]: value } }) => (value === undefined ? [] : [[at, value]])),
  }))
  return linesFromZero({ title, x, y: 'kB', series })
}
