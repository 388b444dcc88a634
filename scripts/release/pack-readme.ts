/**
 * npm runs this before it packs, and with `--undo` after it: the package gets a README whose links work on a registry's
 * page, and the project has its own again. npm does not come to the second step if packing fails; so a process of its own
 * waits for npm to end, and has the README put back too.
 */

import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { commandLine } from '../command-line'
import { root } from '../paths'
import { run } from '../problem'
import { packageReadme } from './package-readme'
import { isPackedFile } from './packed-files'

const README = path.join(root, 'README.md')
const KEPT = path.join(root, '.cache/README.md')
/** Holds the id of the npm that the kept README is of, so that nothing is put back under a later one. */
const KEPT_FOR = path.join(root, '.cache/README.pid')

/** How often the waiting process looks whether npm has ended, in ms, and how long npm may take at most. */
const LOOK_MS = 50
const MOST_MS = 10 * 60_000

await run(async () => {
  const options = { undo: { type: 'boolean', default: false }, after: { type: 'string' } } as const
  const { undo, after } = commandLine(import.meta.url, options)
  if (after !== undefined) {
    await end(Number(after))
    if (!existsSync(KEPT) || readFileSync(KEPT_FOR, 'utf8') !== after) return
  }
  // Also before packing: a run that was cut off, with the process that waited for it, has left it.
  if (existsSync(KEPT)) renameSync(KEPT, README)
  if (undo || after !== undefined) return
  const { version, repository } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'))
  const own = readFileSync(README, 'utf8')
  mkdirSync(path.dirname(KEPT), { recursive: true })
  writeFileSync(KEPT, own)
  undoAfter(npmProcess())
  const url: string | undefined = repository?.url ?? repository
  writeFileSync(README, packageReadme(own, { version, repository: url, isPacked: isPackedFile }))
})

function undoAfter(npm: number | undefined): void {
  writeFileSync(KEPT_FOR, String(npm))
  if (npm === undefined) return
  const args = ['--import', 'tsx', fileURLToPath(import.meta.url), '--after', String(npm)]
  spawn(process.execPath, args, { cwd: root, detached: true, stdio: 'ignore' }).unref()
}

/**
 * The npm that runs this, which is the first process above this one that does not name this file: a shell may stand between
 * them. None where it was run by hand, or on a system without `ps`: there the next run puts the README back.
 */
function npmProcess(): number | undefined {
  if (process.env.npm_lifecycle_event !== 'prepack') return undefined
  let pid = process.ppid
  for (let above = 0; above < 4 && pid > 1; above++) {
    const { stdout } = spawnSync('ps', ['-o', 'ppid=,args=', '-p', String(pid)], { encoding: 'utf8' })
    const [, parent, args] = /^\s*(\d+)\s+(.*)/.exec(stdout ?? '') ?? []
    if (args === undefined) return undefined
    if (!args.includes(path.basename(import.meta.url))) return pid
    pid = Number(parent)
  }
  return undefined
}

async function end(pid: number): Promise<void> {
  for (let waited = 0; waited < MOST_MS && isRunning(pid); waited += LOOK_MS) await setTimeout(LOOK_MS)
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
