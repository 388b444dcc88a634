/** Decides whether the build has to run again. */

import { readdirSync, statSync } from 'node:fs'
import path from 'node:path'
import { globSync } from 'tinyglobby'

/** What the build reads, and where it writes. */
const SOURCES = ['src', 'sw', 'demo']
const SOURCE_FILES = /^(package|package-lock|tsconfig.*)\.json$|\.config\.[cm]?[jt]s$|^index\.html$/
const OUTPUTS = ['dist', 'dist-demo']

/** @param folder the project */
export function needsBuild(folder: string) {
  const changed = newest(folder, sources(folder)) ?? 0
  return OUTPUTS.some((output) => (newest(folder, filesOf(folder, [output])) ?? 0) < changed)
}

function sources(folder: string) {
  const inFolders = filesOf(folder, SOURCES).filter((name) => !/\.test\.\w+$/.test(name))
  const atRoot = readdirSync(folder).filter((name) => SOURCE_FILES.test(name))
  return [...atRoot, ...inFolders]
}

/** @param parts folders in it */
function filesOf(folder: string, parts: string[]) {
  return globSync(
    parts.map((part) => `${part}/**`),
    { cwd: folder },
  )
}

/** @returns the latest change in ms, undefined for no files */
function newest(folder: string, names: string[]): number | undefined {
  const times = names.map((name) => statSync(path.join(folder, name)).mtimeMs)
  return times.length === 0 ? undefined : Math.max(...times)
}
