/** Numbers that a caller may set, within bounds. */

import { INTAKE } from './intake'

/** The default of a number, its minimum and its maximum. */
export type Bounds = readonly [otherwise: number, min: number, max: number]

export const MIB = 1_048_576

const DAY = 86_400_000

/** In ms. By default 7 days, because Safari keeps what a script has stored no longer. */
export const EVENT_AGE = [7 * DAY, 0, 365 * DAY] as const satisfies Bounds

/** The bounds of what a queue takes in. */
export const INTAKE_BOUNDS = {
  maxEventBytes: [INTAKE.maxEventBytes, 1, 20 * MIB],
  maxQueueSize: [INTAKE.maxQueueSize, 0, 10_000_000],
  maxQueueBytes: [INTAKE.maxQueueBytes, 0, 1024 * MIB],
} as const satisfies Record<string, Bounds>

/** The value as a whole number within its bounds; the default for no value, `undefined` for an unusable one. */
export function bounded(value: unknown, [otherwise, min, max]: Bounds): number | undefined {
  if (value === undefined || value === null) return otherwise
  if (typeof value !== 'number' || !(value >= 0) || (value === Number.POSITIVE_INFINITY && max !== value))
    return undefined
  return Math.min(Math.max(Math.floor(value), min), max)
}
