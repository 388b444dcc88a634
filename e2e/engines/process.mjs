// @ts-check
/** A program that is ended with everything it started. */

import { spawn } from 'node:child_process'

/**
 * @param {string} file
 * @param {string[]} args
 * @param {Record<string, string>} [env] besides this process's own
 */
export function start(file, args, env = {}) {
  const child = spawn(file, args, {
    detached: true,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text) => {
      output += text
    })
  }
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.once('error', (error) => {
    output += error.message
  })
  const group = /** @type {number} */ (child.pid)
  const kill = async () => {
    if (!RUNNING.delete(group)) return
    killGroup(group)
    await ended
  }
  RUNNING.add(group)
  return {
    pid: group,
    /** What it said so far. */
    output: () => output,
    hasEnded: () => child.exitCode !== null || child.signalCode !== null || child.pid === undefined,
    /** Its fourth stream, for programs that are told to write there. */
    side: /** @type {import('node:stream').Readable} */ (child.stdio[3]),
    kill,
  }
}

/** @typedef {ReturnType<typeof start>} Process */

/** @type {Set<number>} */
const RUNNING = new Set()

// Groups of their own do not end with this process.
process.once('exit', () => {
  for (const group of RUNNING) killGroup(group)
})
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.once(signal, () => process.exit(130))

/** @param {number} group */
function killGroup(group) {
  try {
    process.kill(-group, 'SIGKILL')
  } catch (error) {
    // ESRCH: it has ended by itself.
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ESRCH') throw error
  }
}
