#!/usr/bin/env node
/** `npx outlast copy <dir>`: puts the worker and the script-tag build into a site. */

import { createHash } from 'node:crypto'
import { cp, readFile } from 'node:fs/promises'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { FOLDER, SITE } from './site-files'

const USAGE = `Usage: outlast copy <dir>

Copies the worker and the script-tag build into <dir>/${FOLDER}, which a site then serves as /${FOLDER}/.
<dir> is the folder of the files that your site serves as they are: public, static, dist, ...`

try {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { help: { type: 'boolean', short: 'h' } },
  })
  const [command, dir, ...more] = positionals
  if (values.help) console.log(USAGE)
  else if (command !== 'copy' || dir === undefined || more.length > 0) fail(USAGE, 2)
  else await copy(path.resolve(dir, FOLDER))
} catch (error) {
  fail(`outlast: ${error instanceof Error ? error.message : String(error)}`, 1)
}

async function copy(target: string): Promise<void> {
  await cp(SITE, target, { recursive: true })
  const script = await readFile(path.join(target, 'outlast.js'))
  const integrity = `sha384-${createHash('sha384').update(script).digest('base64')}`
  console.log(`Copied to ${target}

An app finds the worker at /${FOLDER}/worker.js by itself. A static site needs this one line:

  <script src="/${FOLDER}/outlast.js" integrity="${integrity}"
    data-key="phc_your_project_key" data-host="https://eu.i.posthog.com" data-pageviews defer></script>

Copy again after every update of the package, and renew the integrity with it.`)
}

function fail(message: string, code: number): void {
  console.error(message)
  process.exitCode = code
}
