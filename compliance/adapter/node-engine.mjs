// @ts-check
/** `outlast/node` in this process: one client for each test. */

import { existsSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { root } from '../../scripts/paths.mjs'
import { Problem } from '../../scripts/problem.mjs'
import { createDriver } from './driver.mjs'
import { startSite } from './site.mjs'

/** @returns {Promise<import('./engine.mjs').Engine>} */
export async function startNodeEngine() {
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
      /** @type {import('./engine.mjs').Instance} */
      const instance = {
        log: passage.log,
        async call(method, argument) {
          try {
            return await driver[method](/** @type {any} */ (argument))
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
