/** Plain text tables. */

/**
 * Columns as wide as their widest cell: the first aligned left, the others right, unless told otherwise.
 *
 * @param options the columns aligned left
 */
export function table(head: string[], rows: string[][], { left = [0] }: { left?: number[] } = {}) {
  const all = [head, ...rows]
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)))
  const line = (row: string[]) =>
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
