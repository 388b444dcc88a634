/**
 * `npm run replay`: plays what happens to visitors in real browsers against the built library, and tells what arrived.
 *
 *     npm run replay                      all stories, as a table
 *     npm run replay -- --only "429"      those whose name contains it
 *     npm run replay -- --engine firefox  in another engine: chromium (default), firefox or webkit
 *     npm run replay -- --endpoint own    to the reference receiver of captureMode 'json', examples/receiver
 *     npm run replay -- --json            for machines: only an array on standard output
 *
 * It fails when an event is lost, or arrives twice where no answer was lost.
 */

import { ensureBuild } from '../scripts/build/ensure-build'
import { commandLine, oneOf } from '../scripts/command-line'
import { Problem, run } from '../scripts/problem'

await run(async () => {
  const values = commandLine(import.meta.url, {
    json: { type: 'boolean' },
    only: { type: 'string' },
    engine: { type: 'string', default: 'chromium' },
    endpoint: { type: 'string', default: 'posthog' },
  })
  ensureBuild()
  const { ensureBrowser } = await import('../scripts/browsers/browser')
  const { engineNamed } = await import('./engines/engine')
  const { ENDPOINTS, playStories } = await import('./replays/play')
  const { figures, table } = await import('./replays/table')
  const { STORIES } = await import('./replays/stories')

  const endpoint = oneOf('endpoint', values.endpoint, ENDPOINTS)
  const engine = await engineNamed(values.engine)
  ensureBrowser(engine.name)
  const wanted = STORIES.filter(({ name }) => !values.only || name.toLowerCase().includes(values.only.toLowerCase()))
  if (wanted.length === 0) {
    const names = STORIES.map(({ name }) => `  ${name}`)
    throw new Problem(`No story's name contains "${values.only}". There are:\n${names.join('\n')}`)
  }
  const results = await playStories(engine, wanted, (line) => console.error(line), endpoint)
  if (values.json) console.log(JSON.stringify(results, null, 2))
  else console.log(table(results))
  console.error(figures(engine.name, results))
  if (results.some(({ failure }) => failure !== undefined)) process.exitCode = 1
})
