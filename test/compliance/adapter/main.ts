/**
 * `npm run compliance:adapter`: the SDK behind PostHog's SDK test harness, until Ctrl-C.
 *
 *     npm run compliance:adapter -- --wire v1             in real Chromium, on port 8080
 *     npm run compliance:adapter -- --wire v0 --engine node --port 9000
 *     npm run compliance:adapter -- --wire v1 --encoding deflate
 *     npm run compliance:adapter -- --wire v0 --host 0.0.0.0    for a harness in a container
 */

import { commandLine, oneOf, wholeNumber } from '../../../scripts/command-line'
import { Problem, run } from '../../../scripts/problem'
import { onStopSignal } from '../../../scripts/stop-signals'
import { startAdapter } from './adapter'
import { startEngine } from './engine'

await run(async () => {
  const values = commandLine(import.meta.url, {
    wire: { type: 'string' },
    port: { type: 'string', default: '8080' },
    host: { type: 'string', default: '127.0.0.1' },
    engine: { type: 'string', default: 'chromium' },
    encoding: { type: 'string', default: 'gzip' },
  })
  const wire = oneOf('wire', values.wire, ['v0', 'v1'] as const)
  const engineName = oneOf('engine', values.engine, ['chromium', 'node'] as const)
  const encoding = oneOf('encoding', values.encoding, ['gzip', 'deflate'] as const)
  if (wire === 'v0' && encoding === 'deflate') throw new Problem('--encoding deflate exists with --wire v1 alone.')
  const port = wholeNumber('port', values.port, { most: 65_535 })

  const engine = await startEngine(engineName)
  const close = async () => {
    await adapter?.close()
    await engine.close()
  }
  let adapter: Awaited<ReturnType<typeof startAdapter>> | undefined
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
