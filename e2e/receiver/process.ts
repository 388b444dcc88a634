/** The reference receiver of examples/receiver, as a process of its own. */

import { spawn } from 'node:child_process'
import path from 'node:path'
import { root } from '../../scripts/paths'

/** The longest that the receiver may take to listen, in ms: PGlite begins in seconds on a busy machine. */
const START_MS = 60_000

/** @param environment in place of its defaults */
export async function startReceiverProcess(environment: Record<string, string>) {
  const file = path.join(root, 'examples/receiver/server.js')
  const { DATABASE_URL: _, ...own } = process.env
  const child = spawn(process.execPath, [file], {
    env: { ...own, PORT: '0', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  // What began it may end by an error, and would leave it behind.
  const end = () => void child.kill('SIGKILL')
  process.once('exit', end)
  let said = ''
  let errors = ''
  child.stderr.setEncoding('utf8').on('data', (text) => {
    errors += text
  })
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => {
      process.off('exit', end)
      resolve()
    })
  })
  const url = await new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`the receiver does not listen: ${said}${errors}`)), START_MS)
    child.stdout.setEncoding('utf8').on('data', (text) => {
      said += text
      const [, origin] = /listening on (http:\/\/localhost:\d+)/.exec(said) ?? []
      if (origin === undefined) return
      clearTimeout(timer)
      resolve(origin.replace('localhost', '127.0.0.1'))
    })
    void ended.then(() => {
      clearTimeout(timer)
      reject(new Error(`the receiver has ended: ${said}${errors}`))
    })
  }).catch((error) => {
    end()
    throw error
  })
  return {
    url,
    /** What it has complained of. */
    errors: () => errors,
    /** Ends it without a warning, as a crash does. */
    async kill() {
      end()
      await ended
    },
  }
}
