// @ts-check
/** What the published declarations may refer to. */

/**
 * The package has no dependencies, so types of another package are there for nobody: only the platform's own are.
 *
 * @param {string} text a declaration file
 * @returns {string[]} the modules that it must not refer to
 */
export function foreignImports(text) {
  const names = [...text.matchAll(/(?:from|import\()\s*(['"])(.+?)\1/g)].map(([, , name]) => name ?? '')
  return names.filter((name) => !name.startsWith('.') && !name.startsWith('node:'))
}
