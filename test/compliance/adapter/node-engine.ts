/** `outlast/node` in this process: one client for each test. */

import { existsSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { root } from '../../../scripts/paths'
import { Problem } from '../../../scripts/problem'
import { createDriver, type Init } from './driver'
import type { Engine, Instance, Method, Outcome } from './engine'
import { startSite } from './site'

export async function startNodeEngine(): Promise<Engine> {
  const file = path.join(root, 'dist/node.js')
  if (!existsSync(file)) throw new Problem('There is no dist/ yet. Run "npm run build", then try again.')
  const { init }: { init: Init } = await import(pathToFileURL(file).href)
  const site = await startSite()
  return {
    name: 'node',
    async open({ apiKey, target, testId, options }) {
      const passage = site.gateway.open({ target, testId })
      const driver = createDriver(init)
      await driver.open({ apiKey, options: { ...options, host: site.url + passage.path } })
      // What each is given has been checked by the adapter.
      const methods: Record<Method, (given: never) => Outcome | Promise<Outcome>> = driver
      const instance: Instance = {
        log: passage.log,
        async call(method, argument) {
          try {
            return await methods[method](argument as never)
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
