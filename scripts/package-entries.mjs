// @ts-check
/** The entries of the package that have types, as its exports name them. */

/**
 * @typedef {object} Entry
 * @property {string} name the name of the declaration file without its ending
 * @property {string} types its path in the project
 */

/**
 * @param {unknown} exportsMap the `exports` of package.json
 * @returns {Entry[]}
 */
export function typedEntries(exportsMap) {
  const files = new Set(strings(exportsMap).filter((file) => /\.d\.[cm]?ts$/.test(file)))
  return [...files].sort().map((file) => {
    const types = file.replace(/^\.\//, '')
    return { name: types.replace(/^.*\//, '').replace(/\.d\.[cm]?ts$/, ''), types }
  })
}

/**
 * Every path in the map, below whatever conditions.
 *
 * @param {unknown} value
 * @returns {string[]}
 */
function strings(value) {
  if (typeof value === 'string') return [value]
  return value && typeof value === 'object' ? Object.values(value).flatMap(strings) : []
}
