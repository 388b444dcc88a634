/** Numbers of several repeats. */

export const median = (values: number[]) => percentile(values, 50)

/** The value below which so many percent lie, between the two that are nearest. */
export function percentile(values: number[], percent: number) {
  if (values.length === 0) return Number.NaN
  const sorted = [...values].sort((a, b) => a - b)
  const place = ((sorted.length - 1) * percent) / 100
  const below = sorted[Math.floor(place)] ?? Number.NaN
  const above = sorted[Math.ceil(place)] ?? Number.NaN
  return below + (above - below) * (place - Math.floor(place))
}

/** The median of each number, over records that have the same ones. */
export function medians<T extends object>(records: T[]): T {
  const [first] = records
  if (!first) throw new TypeError('no records')
  const entries = Object.entries(first).map(([key, value]) => {
    if (typeof value !== 'number') return [key, value]
    return [key, median(records.map((record) => Number(record[key as keyof T])))]
  })
  return Object.fromEntries(entries)
}
