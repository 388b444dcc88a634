/** Decides whether the build has to run again. */

import { readdirSync, statSync } from 'node:fs'
import path from 'node:path'
import { walk } from './walk'

/** What the build reads, and where it writes. */
const SOURCES = ['src', 'sw', 'demo']
const SOURCE_FILES = /^(package|package-lock|tsconfig.*)\.json$|\.config\.[cm]?[jt]s$|^index\.html$/
const OUTPUTS = ['dist', 'dist-demo']

/** @param folder the project */
export function needsBuild(folder: string) {
  const changed = newest(folder, sources(folder)) ?? 0
  return OUTPUTS.some((output) => (newest(folder, filesOf(folder, output)) ?? 0) < changed)
}

function sources(folder: string) {
  const inFolders = SOURCES.flatMap((source) => filesOf(folder, source))
  const atRoot = readdirSync(folder).filter((name) => SOURCE_FILES.test(name))
  return [...atRoot, ...inFolders.filter((name) => !/\.test\.\w+$/.test(name))]
}

/** @param part a folder in it */
function filesOf(folder: string, part: string) {
  return walk(path.join(folder, part)).map((name) => `${part}/${name}`)
}

/** @returns the latest change in ms, undefined for no files */
function newest(folder: string, names: string[]): number | undefined {
  const times = names.map((name) => statSync(path.join(folder, name)).mtimeMs)
  return times.length === 0 ? undefined : Math.max(...times)
}
