/** `npm start`: installs what is missing, builds, and serves the demo and its collector. */

import { serve } from '../demo/serve'
import { ensureBuild } from './ensure-build'
import { choosePort } from './ports'
import { run } from './problem'
import { onStopSignal } from './stop-signals'

// Only this machine: the collector keeps whatever is sent to it.
const HOST = '127.0.0.1'

await run(async () => {
  ensureBuild()
  const { port, moved } = await choosePort(process.env.PORT)
  const { url, close } = await serve({ port, host: HOST })
  onStopSignal(async () => close())
  if (moved) console.log('The usual port is in use by another program, so the demo is on another one.')
  console.log(`outlast demo: http://localhost:${new URL(url).port}/`)
  console.log('Press Ctrl-C to stop.')
})
