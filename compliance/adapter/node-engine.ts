/** `outlast/node` in this process: one client for each test. */

import { existsSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { root } from '../../scripts/paths'
import { Problem } from '../../scripts/problem'
import { createDriver } from './driver'
import type { Engine, Instance } from './engine'
import { startSite } from './site'

export async function startNodeEngine(): Promise<Engine> {
  const file = path.join(root, 'dist/node.js')
  if (!existsSync(file)) throw new Problem('There is no dist/ yet. Run "npm run build", then try again.')
  const { init } = await import(pathToFileURL(file).href)
  const site = await startSite()
  return {
    name: 'node',
    async open({ apiKey, target, testId, options }) {
      const passage = site.gateway.open({ target, testId })
      const driver = createDriver(init)
      await driver.open({ apiKey, options: { ...options, host: site.url + passage.path } })
      const instance: Instance = {
        log: passage.log,
        async call(method, argument) {
          try {
            return await driver[method](argument as any)
          } catch (error) {
            return { ok: false, status: 500, reason: `${method}: ${String(error)}` }
          }
        },
        async discard() {
          passage.close()
          await driver.discard()
        },
      }
      return { ok: true, instance }
    },
    close: site.close,
  }
}
