/** Under which path a site serves a folder, as far as the folder's name tells. */

/** Folders that sites serve as `/`, by the names that frameworks and servers give them. */
const ROOTS = new Set(['public', 'static', 'dist', 'build', 'out', 'www', 'wwwroot', 'htdocs', 'public_html', '_site'])

/**
 * The path with slashes at both ends. A folder below one that sites serve as `/` is served below that; any other folder
 * is taken to be the root itself.
 *
 * @param dir as it was given on the command line
 */
export function publicPath(dir: string): string {
  const parts = dir.split(/[\\/]+/).filter((part) => part !== '' && part !== '.')
  // After `..` the names say nothing of each other.
  const known = parts.slice(parts.lastIndexOf('..') + 1)
  const root = known.map((part) => ROOTS.has(part)).lastIndexOf(true)
  const below = root < 0 ? [] : known.slice(root + 1)
  return `/${below.map((part) => `${encodeURIComponent(part)}/`).join('')}`
}
