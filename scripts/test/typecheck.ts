/** Type-checks every room. What a compiler has found in files that have not changed since it remembers in .cache/types. */

import { spawn } from 'node:child_process'
import { availableParallelism } from 'node:os'
import path from 'node:path'
import { localBin } from '../local-bin'
import { root } from '../paths'
import { Problem, run } from '../problem'
import { roomConfigs } from './rooms'

// A compiler takes some hundred MB, so no more of them than this at a time.
const MOST_AT_ONCE = 4

await run(async () => {
  const configs = roomConfigs()
  if (configs.length === 0) throw new Problem('No tsconfig.json found, so there is nothing to check.')
  const failed = await checkAll(configs)
  if (failed.length > 0) throw new Problem(`Type errors in: ${failed.join(', ')}`)
  console.log(`No type errors in ${configs.length} projects.`)
})

/** @returns those with errors */
async function checkAll(configs: string[]): Promise<string[]> {
  const waiting = [...configs]
  const failed: string[] = []
  const worker = async () => {
    for (let config = waiting.shift(); config !== undefined; config = waiting.shift()) {
      if (!(await check(config))) failed.push(config)
    }
  }
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), MOST_AT_ONCE) }, worker))
  return failed.sort()
}

/** Holds the output back until the end, because two compilers may be writing. */
function check(config: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const started = performance.now()
    const known = path.join(root, '.cache/types', `${config.replaceAll('/', '.')}.tsbuildinfo`)
    const args = ['--noEmit', '--incremental', '--tsBuildInfoFile', known, '-p', config]
    const child = spawn(process.execPath, [localBin('tsc'), ...args], { cwd: root })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        output += text
      })
    }
    child.once('error', reject)
    child.once('close', (code) => {
      const seconds = ((performance.now() - started) / 1000).toFixed(1)
      console.log(`${code === 0 ? 'ok  ' : 'FAIL'} ${config} (${seconds} s)${output ? `\n${output.trimEnd()}` : ''}`)
      resolve(code === 0)
    })
  })
}
