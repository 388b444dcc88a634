// @ts-check
/**
 * `npm run replay`: plays what happens to visitors in real Chromium against the built library, and tells what arrived.
 *
 *     npm run replay                      all stories, as a table
 *     npm run replay -- --only "429"      those whose name contains it
 *     npm run replay -- --json            for machines: only an array on standard output
 *
 * It fails when an event is lost, or arrives twice where no answer was lost.
 */

import { parseArgs } from 'node:util'
import { ensureBuild } from '../scripts/ensure-build.mjs'
import { ensureDependencies } from '../scripts/ensure-dependencies.mjs'

const { values } = parseArgs({ options: { json: { type: 'boolean' }, only: { type: 'string' } } })

ensureDependencies()
ensureBuild()
const { ensureChromium } = await import('../scripts/browser.mjs')
const { playStories } = await import('./replays/play.mjs')
const { failure, table } = await import('./replays/table.mjs')
const { STORIES } = await import('./replays/stories.mjs')

ensureChromium()
const stories = STORIES.filter(({ name }) => !values.only || name.toLowerCase().includes(values.only.toLowerCase()))
if (stories.length === 0) {
  console.error(
    `No story's name contains "${values.only}". There are:\n${STORIES.map(({ name }) => `  ${name}`).join('\n')}`,
  )
  process.exit(1)
}
const results = await playStories(stories, (line) => console.error(line))
if (values.json) console.log(JSON.stringify(results, null, 2))
else console.log(table(results))
const failures = stories.flatMap((story, index) => failure(story, results[index]) ?? [])
for (const line of failures) console.error(line)
process.exit(failures.length > 0 ? 1 : 0)
