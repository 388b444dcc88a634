/** What the published declarations may refer to. */

/**
 * The package has no dependencies, so types of another package are there for nobody: only the platform's own are.
 *
 * @param text a declaration file
 * @returns the modules that it must not refer to
 */
export function foreignImports(text: string): string[] {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, '')
  const names = [...code.matchAll(/(?:from|import\()\s*(['"])(.+?)\1/g)].map(([, , name]) => name ?? '')
  return names.filter((name) => !name.startsWith('.') && !name.startsWith('node:'))
}
