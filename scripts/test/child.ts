/** Runs a command to its end, or stops it with everything that it started. */

import { type ChildProcess, spawn } from 'node:child_process'

const KILL_AFTER_MS = 5_000

// A process group of its own makes it possible to stop browsers and servers along with the command. Not on Windows.
const GROUPS = process.platform !== 'win32'

interface ChildOptions {
  cwd: string
  env: NodeJS.ProcessEnv
  shell: boolean
  /** The output is kept instead of shown. */
  captureStdout: boolean
  /** All output, errors too, is kept in the order in which it came; but not what `captureStdout` keeps. */
  holdOutput: boolean
  limitMs: number
  stop: AbortSignal
}

interface ChildResult {
  exitCode: number
  stdout: string
  held: string
  stopped: '' | 'stopped' | 'timed out'
}

export function runChild(
  file: string,
  args: string[],
  { cwd, env, shell, captureStdout, holdOutput, limitMs, stop }: ChildOptions,
): Promise<ChildResult> {
  return new Promise((resolve, reject) => {
    const stdio = ['ignore', captureStdout || holdOutput ? 'pipe' : 'inherit', holdOutput ? 'pipe' : 'inherit'] as const
    const child = spawn(file, args, { cwd, env, shell, detached: GROUPS, stdio: [...stdio] })
    let stopped: ChildResult['stopped'] = ''
    let stdout = ''
    let held = ''
    child.stdout?.setEncoding('utf8').on('data', (text) => {
      if (captureStdout) stdout += text
      else held += text
    })
    child.stderr?.setEncoding('utf8').on('data', (text) => {
      held += text
    })

    const end = (why: 'stopped' | 'timed out') => {
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
      resolve({ exitCode: code ?? 1, stdout, held, stopped })
    })
  })
}

function kill(child: ChildProcess, signal: NodeJS.Signals) {
  if (child.pid === undefined) return
  try {
    process.kill(GROUPS ? -child.pid : child.pid, signal)
  } catch (error) {
    // ESRCH: it and all that it started have ended already, which is what was wanted.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
