// @ts-check
/** Replay results for people. */

/** @typedef {import('./play.mjs').Result} Result */

const COLUMNS = /** @type {(keyof Result)[]} */ ([
  'captured',
  'delivered',
  'duplicates',
  'altered',
  'lost',
  'dropped',
  'requests',
  'lastDeliveryMs',
])

/** @param {Result[]} results */
export function table(results) {
  const rows = [
    ['story', ...COLUMNS],
    ...results.map((result) =>
      result.skipped === undefined ? [result.name, ...COLUMNS.map((name) => show(result[name]))] : [result.name, '-'],
    ),
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
 * One line over all of them.
 *
 * @param {string} engine
 * @param {Result[]} results
 */
export function figures(engine, results) {
  const sum = (/** @type {'captured' | 'delivered' | 'lost' | 'duplicates'} */ key) =>
    results.reduce((total, result) => total + result[key], 0)
  const failed = results.filter(({ failure }) => failure !== undefined).length
  const skipped = results.filter(({ skipped }) => skipped !== undefined).length
  const events = `${sum('captured')} captured, ${sum('delivered')} delivered, ${sum('lost')} lost, ${sum('duplicates')} twice`
  return `${engine}: ${results.length - failed - skipped} passed, ${failed} failed, ${skipped} skipped; ${events}`
}
