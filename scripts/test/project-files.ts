/** The project's files, without what is installed or built. */

import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { globSync } from 'tinyglobby'
import { root } from '../paths'

/**
 * The files that match, relative to the folder, with forward slashes, sorted. Dot folders are left out.
 *
 * @param patterns those that start with `!` leave out
 */
export function projectFiles(patterns: string[], folder: string = root): string[] {
  return globSync(patterns, { cwd: folder, ignore: ignoredFolders(folder), expandDirectories: false }).sort()
}

/**
 * The folders that git ignores by name (lines such as `dist/`), so that there is one list of them. Read from the
 * file and not from git: the checks also run in a copy without a repository.
 *
 * @returns patterns
 */
function ignoredFolders(folder: string): string[] {
  const file = path.join(folder, '.gitignore')
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split(/\r?\n/) : []
  const names = lines.filter((line) => /^\/?[\w.-]+\/$/.test(line)).map((line) => line.replaceAll('/', ''))
  return ['node_modules', ...names].map((name) => `**/${name}/**`)
}
