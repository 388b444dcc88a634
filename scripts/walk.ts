/** The project's files, without what is installed or built. */

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

/**
 * Every file below a folder, relative to it, with forward slashes, sorted. Dot folders are left out.
 *
 * @param without names of folders to leave out
 */
export function walk(folder: string, without: Set<string> = new Set()): string[] {
  if (!existsSync(folder)) return []
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
  return entries.flatMap((entry) => {
    if (!entry.isDirectory()) return [entry.name]
    if (entry.name.startsWith('.') || without.has(entry.name)) return []
    return walk(path.join(folder, entry.name), without).map((name) => `${entry.name}/${name}`)
  })
}

/**
 * The folders that git ignores by name (lines such as `dist/`), so that there is one list of them. Read from the
 * file and not from git: the checks also run in a copy without a repository.
 */
export function ignoredFolders(folder: string) {
  const file = path.join(folder, '.gitignore')
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split(/\r?\n/) : []
  const names = lines.filter((line) => /^\/?[\w.-]+\/$/.test(line)).map((line) => line.replaceAll('/', ''))
  return new Set(['node_modules', ...names])
}
