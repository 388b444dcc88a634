// @ts-check
/** Compares built files with the sizes that they may have. */

import { matchNames } from './glob.mjs'

/**
 * @typedef {object} Budget
 * @property {string} name
 * @property {string[]} files names and patterns, such as `dist/chunk-*.js`
 * @property {number} limit bytes, compressed with Brotli
 */

/** @typedef {{ brotli: number, gzip: number }} Sizes */

/**
 * @typedef {object} Group
 * @property {string} name
 * @property {(Sizes & { file: string })[]} files
 * @property {number} brotli
 * @property {number} gzip
 * @property {number} limit
 * @property {string[]} problems
 */

/**
 * @param {Budget[]} budgets
 * @param {string[]} names the built files
 * @param {(name: string) => Sizes} measure
 * @returns {Group[]}
 */
export function evaluateBudgets(budgets, names, measure) {
  return budgets.map(({ name, files: patterns, limit }) => {
    // Each file is compressed on its own, as a server would.
    const files = matchNames(patterns, names).map((file) => ({ file, ...measure(file) }))
    const brotli = sum(files.map((file) => file.brotli))
    const gzip = sum(files.map((file) => file.gzip))
    return { name, files, brotli, gzip, limit, problems: problemsOf(name, patterns, names, brotli, limit) }
  })
}

/**
 * @param {string} name
 * @param {string[]} patterns
 * @param {string[]} names
 * @param {number} brotli
 * @param {number} limit
 */
function problemsOf(name, patterns, names, brotli, limit) {
  // A pattern without a file would let a renamed chunk slip out of its budget.
  const problems = patterns
    .filter((pattern) => !pattern.startsWith('!') && matchNames([pattern], names).length === 0)
    .map((pattern) => `${name}: no built file matches "${pattern}"`)
  if (brotli > limit) problems.push(`${name}: ${brotli} B is ${brotli - limit} B over its budget of ${limit} B`)
  return problems
}

/** @param {number[]} numbers */
function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0)
}
