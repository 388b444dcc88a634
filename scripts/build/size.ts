/**
 * Checks the built files against the budgets of budgets.json.
 *
 *     npm run size
 *     npm run size -- --modules    and names the ten largest modules of what a page loads, and of its worker
 */

import { readFileSync } from 'node:fs'
import path from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { globSync } from 'tinyglobby'
import { commandLine } from '../command-line'
import { root } from '../paths'
import { Problem, run } from '../problem'
import { table } from '../table'
import { type Budget, evaluateBudgets, type Group } from './budgets'
import { largestModules, MEASURED } from './module-sizes'

const OUTPUT = 'dist'

/** What a page has by the time it loads any other of the library's files. */
const BESIDE = [`${OUTPUT}/index.js`, `${OUTPUT}/chunks/delivery.js`]

await run(() => {
  const { modules } = commandLine(import.meta.url, { modules: { type: 'boolean' } })
  const budgets: Budget[] = JSON.parse(readFileSync(new URL('budgets.json', import.meta.url), 'utf8'))
  const names = globSync(`${OUTPUT}/**`, { cwd: root }).sort()
  if (names.length === 0) throw new Problem(`${OUTPUT} is missing or empty. Run "npm run build" first.`)

  const groups = evaluateBudgets(budgets, names, measure)
  console.log(table(['bytes', 'brotli', 'gzip', 'budget', 'left'], groups.flatMap(rows)))
  if (modules) for (const [name, file] of MEASURED) console.log(`\n${modulesOf(name, file)}`)
  const problems = groups.flatMap((group) => group.problems)
  problems.push(...groups.flatMap(uncounted))
  if (problems.length > 0) {
    throw new Problem(`${problems.join('\n')}\nMake it smaller, or change scripts/build/budgets.json and say why.`)
  }
})

/** The bundler may put what several files share into a file of its own, which no budget would count. */
function uncounted({ name, files }: Group): string[] {
  const counted = files.map(({ file }) => file)
  // What is beside `outlast` adds to what that loads.
  const known = new Set([...counted, ...BESIDE])
  return counted.flatMap((file) => {
    const code = readFileSync(path.join(root, file), 'utf8')
    const shared = [...code.matchAll(/(?:\bfrom|\bimport)\s*["'`](\.[^"'`]+)/g)]
    return shared
      .map(([, from = '']) => path.posix.join(path.posix.dirname(file), from))
      .filter((from) => path.posix.dirname(from).endsWith('/chunks') && !known.has(from))
      .map((from) => `${name}: ${file} loads ${from}, which is not counted: name it in the budget, or share nothing`)
  })
}

function measure(name: string) {
  const content = readFileSync(path.join(root, name))
  const params = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY }
  return { brotli: brotliCompressSync(content, { params }).length, gzip: gzipSync(content, { level: 9 }).length }
}

function modulesOf(name: string, file: string): string {
  const largest = largestModules(path.join(root, OUTPUT, file))
  return table(
    [name, 'brotli', 'for'],
    largest.map(({ module, brotli, purpose }) => [module, String(brotli), purpose]),
    { left: [0, 2] },
  )
}

function rows({ name, files, brotli, gzip, limit }: Group) {
  return [
    [name, String(brotli), String(gzip), String(limit), String(limit - brotli)],
    ...files.map((file) => [`  ${file.file}`, String(file.brotli), String(file.gzip)]),
  ]
}
