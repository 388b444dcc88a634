// @ts-check
/**
 * `npm run compliance:adapter`: the SDK behind PostHog's SDK test harness, until Ctrl-C.
 *
 *     npm run compliance:adapter -- --wire v1             in real Chromium, on port 8080
 *     npm run compliance:adapter -- --wire v0 --engine node --port 9000
 *     npm run compliance:adapter -- --wire v1 --encoding deflate
 *     npm run compliance:adapter -- --wire v0 --host 0.0.0.0    for a harness in a container
 */

import { commandLine, oneOf, wholeNumber } from '../../scripts/command-line.mjs'
import { Problem, run } from '../../scripts/problem.mjs'
import { onStopSignal } from '../../scripts/stop-signals.mjs'
import { startAdapter } from './adapter.mjs'
import { startEngine } from './engine.mjs'

await run(async () => {
  const values = commandLine(import.meta.url, {
    wire: { type: 'string' },
    port: { type: 'string', default: '8080' },
    host: { type: 'string', default: '127.0.0.1' },
    engine: { type: 'string', default: 'chromium' },
    encoding: { type: 'string', default: 'gzip' },
  })
  const wire = oneOf('wire', values.wire, /** @type {const} */ (['v0', 'v1']))
  const engineName = oneOf('engine', values.engine, /** @type {const} */ (['chromium', 'node']))
  const encoding = oneOf('encoding', values.encoding, /** @type {const} */ (['gzip', 'deflate']))
  if (wire === 'v0' && encoding === 'deflate') throw new Problem('--encoding deflate exists with --wire v1 alone.')
  const port = wholeNumber('port', values.port, { most: 65_535 })

  const engine = await startEngine(engineName)
  const close = async () => {
    await adapter?.close()
    await engine.close()
  }
  /** @type {Awaited<ReturnType<typeof startAdapter>> | undefined} */
  let adapter
  try {
    const onShutdown = () => void close()
    adapter = await startAdapter({ engine, wire, encoding, port, host: values.host, onShutdown })
  } catch (error) {
    await engine.close()
    throw error
  }
  onStopSignal(close)
  console.log(`adapter: ${adapter.url} (${wire}, ${engineName}; ${adapter.health.capabilities.join(', ')})`)
  console.log('Press Ctrl-C to stop.')
})
