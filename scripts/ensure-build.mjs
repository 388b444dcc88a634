// @ts-check
/** What the library's users run against is built, and not older than its sources. */

import { spawnSync } from 'node:child_process'
import { needsBuild } from './freshness.mjs'
import { npmCommand } from './npm.mjs'
import { root } from './paths.mjs'
import { Problem } from './problem.mjs'

export function ensureBuild() {
  if (!needsBuild(root)) return
  // Not on standard output, which may be for a machine to read.
  console.error('Building.')
  const { file, args, shell } = npmCommand(['run', '--silent', 'build'])
  const { status } = spawnSync(file, args, { cwd: root, shell, stdio: ['ignore', 2, 2] })
  if (status !== 0) throw new Problem('The build failed; its message is above.')
}
