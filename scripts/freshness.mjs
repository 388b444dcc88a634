// @ts-check
/** Decides whether the build has to run again. */

import { readdirSync, statSync } from 'node:fs'
import path from 'node:path'
import { walk } from './walk.mjs'

/** What the build reads, and where it writes. */
const SOURCES = ['src', 'sw', 'demo']
const SOURCE_FILES = /^(package|package-lock|tsconfig.*)\.json$|\.config\.[cm]?[jt]s$|^index\.html$/
const OUTPUTS = ['dist', 'dist-demo']

/** @param {string} folder the project */
export function needsBuild(folder) {
  const changed = newest(folder, sources(folder)) ?? 0
  return OUTPUTS.some((output) => (newest(folder, filesOf(folder, output)) ?? 0) < changed)
}

/** @param {string} folder */
function sources(folder) {
  const inFolders = SOURCES.flatMap((source) => filesOf(folder, source))
  const atRoot = readdirSync(folder).filter((name) => SOURCE_FILES.test(name))
  return [...atRoot, ...inFolders.filter((name) => !/\.test\.\w+$/.test(name))]
}

/**
 * @param {string} folder
 * @param {string} part a folder in it
 */
function filesOf(folder, part) {
  return walk(path.join(folder, part)).map((name) => `${part}/${name}`)
}

/**
 * @param {string} folder
 * @param {string[]} names
 * @returns {number | undefined} the latest change in ms, undefined for no files
 */
function newest(folder, names) {
  const times = names.map((name) => statSync(path.join(folder, name)).mtimeMs)
  return times.length === 0 ? undefined : Math.max(...times)
}
