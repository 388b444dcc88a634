/**
 * `npm start` installs what is missing, builds, and serves the demo and its collector on this machine alone. `PORT=8080
 * npm start` has it on that port, instead of the first free one from 4173 on. Options come after `--`: `npm start -- --help`.
 *
 *     -h, --help     shows this
 *     -v, --version  shows the version
 */

import { readFileSync } from 'node:fs'
import { serve } from '../demo/serve'
import { ensureBuild } from './build/ensure-build'
import { commandLine } from './command-line'
import { choosePort } from './ports'
import { Answer, run } from './problem'
import { onStopSignal } from './stop-signals'

// Only this machine: the collector keeps whatever is sent to it.
const HOST = '127.0.0.1'

await run(async () => {
  const asked = commandLine(import.meta.url, { version: { type: 'boolean', short: 'v' } })
  if (asked.version) throw new Answer(versionOfPackage())
  ensureBuild()
  const { port, moved } = await choosePort(process.env.PORT)
  const { url, close } = await serve({ port, host: HOST })
  onStopSignal(async () => close())
  if (moved) console.log('The usual port is in use by another program, so the demo is on another one.')
  // The port of http, 80, is not in a URL.
  console.log(`outlast demo: ${url.replace(HOST, 'localhost')}`)
  console.log('Press Ctrl-C to stop.')
})

function versionOfPackage(): string {
  return JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version
}
