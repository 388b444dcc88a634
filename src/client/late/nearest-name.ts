/** Finds the name that was probably meant by a misspelt one. */

/** A name is taken for a misspelt one if no more than one letter in this many is wrong. */
const LETTERS_PER_SLIP = 4

/** The name without what spellings of one name differ in. */
export const plain = (name: string) => name.replace(/^data-|[-_]/g, '').toLowerCase()

/** The one of `known` that differs from the name in the fewest letters, if these are few enough. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const asked = plain(name)
  let nearest: string | undefined
  let fewest = Math.max(1, Math.floor(asked.length / LETTERS_PER_SLIP))
  for (const option of known) {
    const slips = slipsBetween(asked, plain(option))
    if (slips > fewest || (slips === fewest && nearest !== undefined)) continue
    nearest = option
    fewest = slips
  }
  return nearest
}

/** Letters that were left out, added or exchanged, and neighbours that changed places: each counts one. */
function slipsBetween(one: string, other: string): number {
  const rows: number[][] = [Array.from({ length: other.length + 1 }, (_, at) => at)]
  for (let i = 1; i <= one.length; i++) {
    const row = [i]
    for (let j = 1; j <= other.length; j++) {
      const at = (back: number, left: number) => rows[i - back]?.[j - left] ?? i + j
      const isSame = one[i - 1] === other[j - 1]
      const hasSwapped = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1]
      row[j] = Math.min(
        at(1, 0) + 1,
        (row[j - 1] ?? 0) + 1,
        at(1, 1) + (isSame ? 0 : 1),
        hasSwapped ? at(2, 2) + 1 : i + j,
      )
    }
    rows.push(row)
  }
  return rows[one.length]?.[other.length] ?? 0
}
