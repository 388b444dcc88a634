/** The demo's collector as a process that can be killed and started again on what it had. */

import { type ChildProcess, spawn } from 'node:child_process'
import path from 'node:path'
import { root } from '../../scripts/paths'
import { Problem } from '../../scripts/problem'
import { TSX } from '../../scripts/tsx'
import type { ReceivedEvent } from './account'

const MAIN = path.join(root, 'demo', 'collector', 'main.ts')

export function createCollectorProcess(dataDir: string) {
  let child: ChildProcess | undefined
  let url = ''

  async function control<T>(name: string, init?: RequestInit): Promise<T> {
    const response = await fetch(`${url}/_control/${name}`, init)
    if (!response.ok) throw new Problem(`The collector answered ${response.status} to ${name}.`)
    return (await response.json()) as T
  }

  return {
    get url() {
      return url
    },
    async start() {
      // Its own folder alone, whatever database the surroundings name.
      const { DATABASE_URL: _, ...env } = process.env
      const started = spawn(process.execPath, [...TSX, MAIN], {
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
    async end(signal: NodeJS.Signals) {
      const ending = child
      child = undefined
      if (!ending || ending.exitCode !== null || ending.signalCode !== null) return
      const ended = new Promise((resolve) => ending.once('exit', resolve))
      ending.kill(signal)
      await ended
    },
    reset: () => control('reset', { method: 'POST' }),
    async events(): Promise<ReceivedEvent[]> {
      const { events }: { events: ReceivedEvent[] } = await control('events')
      return events
    },
  }
}
