/** The entries of the package that have types, as its exports name them. */

export interface Entry {
  /** The name of the declaration file without its ending. */
  name: string
  /** The declaration file's path in the project. */
  types: string
}

/** @param exportsMap the `exports` of package.json */
export function typedEntries(exportsMap: unknown): Entry[] {
  const files = new Set(strings(exportsMap).filter((file) => /\.d\.[cm]?ts$/.test(file)))
  return [...files].sort().map((file) => {
    const types = file.replace(/^\.\//, '')
    return { name: types.replace(/^.*\//, '').replace(/\.d\.[cm]?ts$/, ''), types }
  })
}

/** Every path in the map, below whatever conditions. */
function strings(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return value && typeof value === 'object' ? Object.values(value).flatMap(strings) : []
}
