// @ts-check
/** Replay results for people, and what makes one a failure. */

/** @typedef {import('./play.mjs').Result} Result */

const COLUMNS = /** @type {(keyof Result)[]} */ ([
  'captured',
  'delivered',
  'duplicates',
  'lost',
  'dropped',
  'requests',
  'lastDeliveryMs',
])

/** @param {Result[]} results */
export function table(results) {
  const rows = [
    ['story', ...COLUMNS],
    ...results.map((result) => [result.name, ...COLUMNS.map((name) => show(result[name]))]),
  ]
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? []
  const line = (/** @type {string[]} */ row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
  return rows.map(line).join('\n')
}

/** @param {unknown} value */
const show = (value) => (value === null || value === undefined ? '-' : String(value))

/**
 * @param {import('./stories.mjs').Story} story
 * @param {Result | undefined} result
 * @returns {string | undefined} why the story fell short
 */
export function failure(story, result) {
  if (!result) return `${story.name}: was not played`
  const { name, error, lost, duplicates, captured, delivered, dropped } = result
  if (error) return `${name}: ${error}`
  if (lost > 0) return `${name}: ${lost} of ${captured} events were lost`
  if (dropped > 0) return `${name}: ${dropped} events were dropped`
  if (captured === 0) return `${name}: nothing was captured`
  if (duplicates > 0 && !story.mayDuplicate) return `${name}: ${duplicates} events arrived again`
  if (story.mayDuplicate && duplicates === 0) return `${name}: no answer was lost, so nothing was shown`
  return delivered === captured ? undefined : `${name}: ${delivered} of ${captured} events were delivered`
}
