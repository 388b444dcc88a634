/** Code that runs in every page of a site and in its worker before anything else there. */

import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { BrowserContext } from 'playwright'
import { root } from '../scripts/paths'
import type { Site } from './site'

/**
 * From now on, in every page that is opened and in the worker of the site.
 *
 * @param code without anything around it, since it is posted as text
 */
export async function runBeforeAllElse(code: () => void, context: BrowserContext, site: Site): Promise<void> {
  const text = `(function ${code})();\n`.replace(/function \w+/, 'function ')
  await context.addInitScript(text)
  const worker = await readFile(path.join(root, 'dist/site/worker.js'), 'utf8')
  const headers = { 'Content-Type': 'text/javascript; charset=utf-8' }
  site.answer('/__outlast/worker.js', { status: 200, headers, body: text + worker })
}
