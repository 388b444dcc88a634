/**
 * npm runs this before it packs, and with `--undo` after it: the package gets a README whose links work on a registry's
 * page, and the project has its own again.
 */

import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { commandLine } from './command-line'
import { packageReadme } from './package-readme'
import { isPackedFile } from './packed-files'
import { root } from './paths'
import { run } from './problem'

const README = path.join(root, 'README.md')
const KEPT = path.join(root, '.cache/README.md')

await run(() => {
  const { undo } = commandLine(import.meta.url, { undo: { type: 'boolean', default: false } })
  // Also before packing: a run that was cut off has left it.
  if (existsSync(KEPT)) renameSync(KEPT, README)
  if (undo) return
  const { version, repository } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'))
  const own = readFileSync(README, 'utf8')
  mkdirSync(path.dirname(KEPT), { recursive: true })
  writeFileSync(KEPT, own)
  const url: string | undefined = repository?.url ?? repository
  writeFileSync(README, packageReadme(own, { version, repository: url, isPacked: isPackedFile }))
})
