// @ts-check
/**
 * What every npm command begins with: installs the dependencies where they are missing or old, and then runs a file of the
 * project in this very process, so that its exit code and its signals are its own.
 *
 *     node scripts/bootstrap/run.mjs scripts/build/size.ts --help
 */

import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { ensureDependencies } from './ensure-dependencies.mjs'
import { Problem } from './problem.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))
const [name = '', ...args] = process.argv.slice(2)

try {
  ensureDependencies(root)
} catch (error) {
  if (!(error instanceof Problem)) throw error
  console.error(`\n${error.message}`)
  process.exit(1)
}

const file = path.join(root, name)
process.argv.splice(1, process.argv.length, file, ...args)
if (file.endsWith('.ts')) {
  // Not an import statement: there may have been nothing to import when this file was read.
  const { register } = await import('tsx/esm/api')
  register()
}
await import(pathToFileURL(file).href)
