/**
 * `npm run bridges`: plays what happens to visitors on pages with real SDKs whose requests go over a relay, and tells what
 * arrived.
 *
 *     npm run bridges                    six stories for each bridge, as a table
 *     npm run bridges -- --only sentry   those whose name contains it
 *     npm run bridges -- --alone         the SDKs alone too, which lose what they lose; writes the table of docs/bridges.md
 *     npm run bridges -- --json          for machines: only an array on standard output
 *
 * It fails when an event is lost with outlast, or arrives twice where no answer was lost.
 */

import { ensureBuild } from '../scripts/build/ensure-build'
import { commandLine } from '../scripts/command-line'
import { Problem, run } from '../scripts/problem'

await run(async () => {
  const values = commandLine(import.meta.url, {
    json: { type: 'boolean' },
    only: { type: 'string' },
    alone: { type: 'boolean' },
  })
  ensureBuild()
  const { ensureChromium } = await import('../scripts/browsers/browser')
  const { playBridges } = await import('./bridges/play')
  const { bridgeTable, writeTable } = await import('./bridges/table')
  ensureChromium()
  const results = await playBridges(values.only ?? '', values.alone ?? false, (line) => console.error(line))
  if (results.length === 0) throw new Problem(`No bridge's or story's name contains "${values.only}".`)
  if (values.json) console.log(JSON.stringify(results, null, 2))
  else console.log(bridgeTable(results))
  if (values.alone && !values.only) writeTable(results)
  if (results.some(({ failure }) => failure !== undefined)) process.exitCode = 1
})
