// @ts-check
/** Runs a command to its end, or stops it with everything that it started. */

import { spawn } from 'node:child_process'

const KILL_AFTER_MS = 5_000

// A process group of its own makes it possible to stop browsers and servers along with the command. Not on Windows.
const GROUPS = process.platform !== 'win32'

/**
 * @typedef {object} ChildOptions
 * @property {string} cwd
 * @property {NodeJS.ProcessEnv} env
 * @property {boolean} shell
 * @property {boolean} captureStdout keep the output instead of showing it
 * @property {number} limitMs
 * @property {AbortSignal} stop
 */

/** @typedef {{ exitCode: number, stdout: string, stopped: '' | 'stopped' | 'timed out' }} ChildResult */

/**
 * @param {string} file
 * @param {string[]} args
 * @param {ChildOptions} options
 * @returns {Promise<ChildResult>}
 */
export function runChild(file, args, { cwd, env, shell, captureStdout, limitMs, stop }) {
  return new Promise((resolve, reject) => {
    const stdio = /** @type {const} */ (['ignore', captureStdout ? 'pipe' : 'inherit', 'inherit'])
    const child = spawn(file, args, { cwd, env, shell, detached: GROUPS, stdio: [...stdio] })
    /** @type {ChildResult['stopped']} */
    let stopped = ''
    let stdout = ''
    child.stdout?.setEncoding('utf8').on('data', (text) => {
      stdout += text
    })

    const end = (/** @type {'stopped' | 'timed out'} */ why) => {
      if (stopped) return
      stopped = why
      kill(child, 'SIGTERM')
      setTimeout(() => kill(child, 'SIGKILL'), KILL_AFTER_MS).unref()
    }
    const onStop = () => end('stopped')
    const limit = setTimeout(() => end('timed out'), limitMs)
    stop.addEventListener('abort', onStop, { once: true })

    const settle = () => {
      clearTimeout(limit)
      stop.removeEventListener('abort', onStop)
    }
    child.once('error', (error) => {
      settle()
      reject(error)
    })
    child.once('close', (code) => {
      settle()
      if (stopped) kill(child, 'SIGKILL') // What outlived the command itself.
      resolve({ exitCode: code ?? 1, stdout, stopped })
    })
  })
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {NodeJS.Signals} signal
 */
function kill(child, signal) {
  if (child.pid === undefined) return
  try {
    process.kill(GROUPS ? -child.pid : child.pid, signal)
  } catch (error) {
    // ESRCH: it and all that it started have ended already, which is what was wanted.
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ESRCH') throw error
  }
}
