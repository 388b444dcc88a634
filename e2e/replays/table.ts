/** Replay results for people. */

import type { Result } from './play'

const COLUMNS: (keyof Result)[] = [
  'captured',
  'delivered',
  'duplicates',
  'altered',
  'lost',
  'dropped',
  'requests',
  'lastDeliveryMs',
]

export function table(results: Result[]) {
  const rows = [
    ['story', ...COLUMNS],
    ...results.map((result) =>
      result.skipped === undefined ? [result.name, ...COLUMNS.map((name) => show(result[name]))] : [result.name, '-'],
    ),
  ]
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? []
  const line = (row: string[]) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
  return rows.map(line).join('\n')
}

const show = (value: unknown) => (value === null || value === undefined ? '-' : String(value))

/** One line over all of them. */
export function figures(engine: string, results: Result[]) {
  const sum = (key: 'captured' | 'delivered' | 'lost' | 'duplicates') =>
    results.reduce((total, result) => total + result[key], 0)
  const failed = results.filter(({ failure }) => failure !== undefined).length
  const skipped = results.filter(({ skipped }) => skipped !== undefined).length
  const events = `${sum('captured')} captured, ${sum('delivered')} delivered, ${sum('lost')} lost, ${sum('duplicates')} twice`
  return `${engine}: ${results.length - failed - skipped} passed, ${failed} failed, ${skipped} skipped; ${events}`
}
