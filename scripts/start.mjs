// @ts-check
/** `npm start`: installs what is missing, builds, and serves the demo and its collector. */

import { existsSync } from 'node:fs'
import { ensureBuild } from './ensure-build.mjs'
import { ensureDependencies } from './ensure-dependencies.mjs'
import { choosePort } from './ports.mjs'
import { Problem, run } from './problem.mjs'
import { onStopSignal } from './stop-signals.mjs'

// Only this machine: the collector keeps whatever is sent to it.
const HOST = '127.0.0.1'

/** @typedef {{ url: string, close: () => Promise<void> | void }} Served */
/** @typedef {(options: { port: number, host: string }) => Promise<Served>} Serve */

await run(async () => {
  ensureDependencies()
  ensureBuild()
  const { port, moved } = await choosePort(process.env.PORT)
  const { url, close } = await (await loadServe())({ port, host: HOST })
  onStopSignal(async () => close())
  if (moved) console.log('The usual port is in use by another program, so the demo is on another one.')
  console.log(`outlast demo: http://localhost:${new URL(url).port}/`)
  console.log('Press Ctrl-C to stop.')
})

/**
 * Loaded late, and not by an import statement, because it needs the dependencies.
 *
 * @returns {Promise<Serve>}
 */
async function loadServe() {
  const file = new URL('../demo/serve.mjs', import.meta.url)
  if (!existsSync(file)) throw new Problem('demo/serve.mjs is missing, so there is no demo to serve.')
  return (await import(file.href)).serve
}
