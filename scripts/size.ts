/** Checks the built files against the budgets of budgets.json. */

import { readFileSync } from 'node:fs'
import path from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { globSync } from 'tinyglobby'
import { type Budget, evaluateBudgets, type Group } from './budgets'
import { root } from './paths'
import { Problem, run } from './problem'
import { table } from './table'

const OUTPUT = 'dist'

/** What a page loads at first. */
const FIRST = `${OUTPUT}/index.js`

await run(() => {
  const budgets: Budget[] = JSON.parse(readFileSync(new URL('budgets.json', import.meta.url), 'utf8'))
  const names = globSync(`${OUTPUT}/**`, { cwd: root }).sort()
  if (names.length === 0) throw new Problem(`${OUTPUT} is missing or empty. Run "npm run build" first.`)

  const groups = evaluateBudgets(budgets, names, measure)
  console.log(table(['bytes', 'brotli', 'gzip', 'budget', 'left'], groups.flatMap(rows)))
  const problems = groups.flatMap((group) => group.problems)
  // The bundler may put what the first file shares with late ones into a file of its own, which no budget would count.
  const [shared] = /(?<=\bfrom\s*["'`])\.[^"'`]+/.exec(readFileSync(path.join(root, FIRST), 'utf8')) ?? []
  if (shared)
    problems.push(`${FIRST} loads ${shared} at first, which is not counted: have no late file share what is in it.`)
  if (problems.length > 0) {
    throw new Problem(`${problems.join('\n')}\nMake it smaller, or change scripts/budgets.json and say why.`)
  }
})

function measure(name: string) {
  const content = readFileSync(path.join(root, name))
  const params = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY }
  return { brotli: brotliCompressSync(content, { params }).length, gzip: gzipSync(content, { level: 9 }).length }
}

function rows({ name, files, brotli, gzip, limit }: Group) {
  return [
    [name, String(brotli), String(gzip), String(limit), String(limit - brotli)],
    ...files.map((file) => [`  ${file.file}`, String(file.brotli), String(file.gzip)]),
  ]
}
