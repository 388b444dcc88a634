// @ts-check
/** Numbers of several repeats. */

/** @param {number[]} values */
export const median = (values) => percentile(values, 50)

/**
 * The value below which so many percent lie, between the two that are nearest.
 *
 * @param {number[]} values
 * @param {number} percent
 */
export function percentile(values, percent) {
  if (values.length === 0) return Number.NaN
  const sorted = [...values].sort((a, b) => a - b)
  const place = ((sorted.length - 1) * percent) / 100
  const below = sorted[Math.floor(place)] ?? Number.NaN
  const above = sorted[Math.ceil(place)] ?? Number.NaN
  return below + (above - below) * (place - Math.floor(place))
}

/**
 * The median of each number, over records that have the same ones.
 *
 * @template {Record<string, unknown>} T
 * @param {T[]} records
 * @returns {T}
 */
export function medians(records) {
  const [first] = records
  if (!first) throw new TypeError('no records')
  const entries = Object.entries(first).map(([key, value]) => {
    if (typeof value !== 'number') return [key, value]
    return [key, median(records.map((record) => Number(record[key])))]
  })
  return Object.fromEntries(entries)
}
