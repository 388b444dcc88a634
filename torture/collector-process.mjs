// @ts-check
/** The demo's collector as a process that can be killed and started again on what it had. */

import { spawn } from 'node:child_process'
import path from 'node:path'
import { root } from '../scripts/paths.mjs'
import { Problem } from '../scripts/problem.mjs'

const MAIN = path.join(root, 'demo', 'collector', 'main.mjs')

/** @param {string} dataDir */
export function createCollectorProcess(dataDir) {
  /** @type {import('node:child_process').ChildProcess | undefined} */
  let child
  let url = ''

  /** @template T @param {string} name @param {RequestInit} [init] @returns {Promise<T>} */
  async function control(name, init) {
    const response = await fetch(`${url}/_control/${name}`, init)
    if (!response.ok) throw new Problem(`The collector answered ${response.status} to ${name}.`)
    return /** @type {T} */ (await response.json())
  }

  return {
    get url() {
      return url
    },
    async start() {
      // Its own folder alone, whatever database the surroundings name.
      const { DATABASE_URL: _, ...env } = process.env
      const started = spawn(process.execPath, [MAIN], {
        env: { ...env, PORT: '0', DATA_DIR: dataDir },
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      child = started
      url = await new Promise((resolve, reject) => {
        started.once('exit', (code) => reject(new Problem(`The collector ended with ${code}; see above.`)))
        started.stdout.setEncoding('utf8').on('data', (text) => {
          const found = /collector on (\S+)/.exec(text)
          if (found?.[1]) resolve(found[1])
        })
      })
    },
    /** @param {NodeJS.Signals} signal */
    async end(signal) {
      const ending = child
      child = undefined
      if (!ending || ending.exitCode !== null || ending.signalCode !== null) return
      const ended = new Promise((resolve) => ending.once('exit', resolve))
      ending.kill(signal)
      await ended
    },
    reset: () => control('reset', { method: 'POST' }),
    /** @returns {Promise<import('./account.mjs').ReceivedEvent[]>} */
    async events() {
      /** @type {{ events: import('./account.mjs').ReceivedEvent[] }} */
      const { events } = await control('events')
      return events
    },
  }
}

/** @typedef {ReturnType<typeof createCollectorProcess>} CollectorProcess */
