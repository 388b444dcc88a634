/** The command-line tools in node_modules, as files for `node`: no PATH, no `.cmd` wrappers, no `npx`. */

import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { root } from './paths'
import { Problem } from './problem'

/** The package that each command is from. */
const PACKAGES = {
  attw: '@arethetypeswrong/cli',
  biome: '@biomejs/biome',
  knip: 'knip',
  playwright: '@playwright/test',
  // The compiler as a program is ten times as fast as the one that scripts can call, which is in the package `typescript`.
  tsc: 'typescript-native',
  vitest: 'vitest',
}

type LocalBin = keyof typeof PACKAGES

export function isLocalBin(name: string): name is LocalBin {
  return Object.hasOwn(PACKAGES, name)
}

/** The command's script, to be run with `node`. */
export function localBin(name: LocalBin) {
  const folder = path.join(root, 'node_modules', PACKAGES[name])
  const manifest = path.join(folder, 'package.json')
  if (!existsSync(manifest)) throw new Problem(`${PACKAGES[name]} is not installed. Run "npm ci", then try again.`)
  const { bin }: { bin: string | Record<string, string> } = JSON.parse(readFileSync(manifest, 'utf8'))
  const script = typeof bin === 'string' ? bin : bin[name]
  if (!script) throw new Problem(`${PACKAGES[name]} has no command "${name}".`)
  return path.join(folder, script)
}
