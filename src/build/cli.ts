#!/usr/bin/env node
/** `npx outlast copy <dir>`: puts the worker and the script-tag build into a site. */

import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { cp, readFile } from 'node:fs/promises'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { publicPath } from './public-path'
import { FOLDER, SITE } from './site-files'

const USAGE = `Usage: outlast copy <dir>

Copies the worker and the script-tag build into <dir>/${FOLDER}, which a site then serves as /${FOLDER}/.
<dir> is the folder of the files that your site serves as they are: public, static, dist, ...

  -h, --help     shows this
  -v, --version  shows the version of the package`

try {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { help: { type: 'boolean', short: 'h' }, version: { type: 'boolean', short: 'v' } },
  })
  const [command, dir, ...more] = positionals
  if (values.help || (command === 'help' && dir === undefined)) console.log(USAGE)
  else if (values.version) console.log(await versionOfPackage())
  else if (command !== 'copy' || !dir || more.length > 0) fail(USAGE, 2)
  else await copy(dir)
} catch (error) {
  const message = `outlast: ${error instanceof Error ? error.message : String(error)}`
  const isWrongOption = error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')
  if (isWrongOption) fail(`${message}\n\n${USAGE}`, 2)
  else fail(message, 1)
}

async function copy(dir: string): Promise<void> {
  const site = path.resolve(dir)
  const target = path.join(site, FOLDER)
  const isNew = !existsSync(site)
  await cp(SITE, target, { recursive: true })
  const script = await readFile(path.join(target, 'outlast.js'))
  const integrity = `sha384-${createHash('sha384').update(script).digest('base64')}`
  const served = publicPath(dir)
  const worker = `${served}${FOLDER}/worker.js`
  const found = served === '/' ? 'by itself' : `with worker: { url: '${worker}' }`
  const made = isNew ? `\nThe folder ${site} was not there, so it was made: is it the one that your site serves?\n` : ''
  console.log(`Copied to ${target}
${made}
An app finds the worker at ${worker} ${found}. A static site needs this one line:

  <script src="${served}${FOLDER}/outlast.js" integrity="${integrity}"
    data-key="phc_your_project_key" data-host="https://eu.i.posthog.com" data-pageviews defer></script>

It is for a site that serves ${rootOf(site, served)} as /. One below a path has that path before the src.

Copy again after every update of the package, and renew the integrity with it.`)
}

/** The folder that is served as `/` if `folder` is served as `served`. */
function rootOf(folder: string, served: string): string {
  const up = served
    .split('/')
    .filter(Boolean)
    .map(() => '..')
  return path.join(folder, ...up)
}

async function versionOfPackage(): Promise<string> {
  const { version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'))
  return String(version)
}

function fail(message: string, code: number): void {
  console.error(message)
  process.exitCode = code
}
