/** What the library's users run against is built, and not older than its sources. */

import { spawnSync } from 'node:child_process'
import { npmCommand } from '../bootstrap/npm.mjs'
import { root } from '../paths'
import { Problem } from '../problem'
import { needsBuild } from './freshness'

export function ensureBuild() {
  if (!needsBuild(root)) return
  // Not on standard output, which may be for a machine to read.
  console.error('Building.')
  const { file, args, shell } = npmCommand(['run', '--silent', 'build'])
  const { status } = spawnSync(file, args, { cwd: root, shell, stdio: ['ignore', 2, 2] })
  if (status !== 0) throw new Problem('The build failed; its message is above.')
}
