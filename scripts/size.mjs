// @ts-check
/** Checks the built files against the budgets of budgets.json. */

import { readFileSync } from 'node:fs'
import path from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { evaluateBudgets } from './budgets.mjs'
import { root } from './paths.mjs'
import { Problem, run } from './problem.mjs'
import { table } from './table.mjs'
import { walk } from './walk.mjs'

/** @typedef {import('./budgets.mjs').Group} Group */

const OUTPUT = 'dist'

await run(() => {
  /** @type {import('./budgets.mjs').Budget[]} */
  const budgets = JSON.parse(readFileSync(new URL('budgets.json', import.meta.url), 'utf8'))
  const names = walk(path.join(root, OUTPUT)).map((name) => `${OUTPUT}/${name}`)
  if (names.length === 0) throw new Problem(`${OUTPUT} is missing or empty. Run "npm run build" first.`)

  const groups = evaluateBudgets(budgets, names, measure)
  console.log(table(['bytes', 'brotli', 'gzip', 'budget', 'left'], groups.flatMap(rows)))
  const problems = groups.flatMap((group) => group.problems)
  if (problems.length > 0) {
    throw new Problem(`${problems.join('\n')}\nMake it smaller, or change scripts/budgets.json and say why.`)
  }
})

/** @param {string} name */
function measure(name) {
  const content = readFileSync(path.join(root, name))
  const params = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY }
  return { brotli: brotliCompressSync(content, { params }).length, gzip: gzipSync(content, { level: 9 }).length }
}

/** @param {Group} group */
function rows({ name, files, brotli, gzip, limit }) {
  return [
    [name, String(brotli), String(gzip), String(limit), String(limit - brotli)],
    ...files.map((file) => [`  ${file.file}`, String(file.brotli), String(file.gzip)]),
  ]
}
