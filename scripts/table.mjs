// @ts-check
/** Plain text tables. */

/**
 * Columns as wide as their widest cell: the first aligned left, the others right, unless told otherwise.
 *
 * @param {string[]} head
 * @param {string[][]} rows
 * @param {{ left?: number[] }} [options] the columns aligned left
 */
export function table(head, rows, { left = [0] } = {}) {
  const all = [head, ...rows]
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)))
  const line = (/** @type {string[]} */ row) =>
    widths
      .map((width, column) => {
        const cell = row[column] ?? ''
        return left.includes(column) ? cell.padEnd(width) : cell.padStart(width)
      })
      .join('  ')
      .trimEnd()
  const rule = widths
    .map((width) => '-'.repeat(width))
    .join('  ')
    .trimEnd()
  return [line(head), rule, ...rows.map(line)].join('\n')
}
