/** Compares built files with the sizes that they may have. */

import picomatch from 'picomatch'

export interface Budget {
  name: string
  /** Names and patterns, such as `dist/chunk-*.js`. */
  files: string[]
  /** In bytes, compressed with Brotli. */
  limit: number
}

interface Sizes {
  brotli: number
  gzip: number
}

export interface Group {
  name: string
  files: (Sizes & { file: string })[]
  brotli: number
  gzip: number
  limit: number
  problems: string[]
}

/** @param names the built files */
export function evaluateBudgets(budgets: Budget[], names: string[], measure: (name: string) => Sizes): Group[] {
  return budgets.map(({ name, files: patterns, limit }) => {
    // Each file is compressed on its own, as a server would.
    const files = matchNames(patterns, names).map((file) => ({ file, ...measure(file) }))
    const brotli = sum(files.map((file) => file.brotli))
    const gzip = sum(files.map((file) => file.gzip))
    return { name, files, brotli, gzip, limit, problems: problemsOf(name, patterns, names, brotli, limit) }
  })
}

function problemsOf(name: string, patterns: string[], names: string[], brotli: number, limit: number) {
  // A pattern without a file would let a renamed chunk slip out of its budget.
  const problems = patterns
    .filter((pattern) => !pattern.startsWith('!') && matchNames([pattern], names).length === 0)
    .map((pattern) => `${name}: no built file matches "${pattern}"`)
  if (brotli > limit) problems.push(`${name}: ${brotli} B is ${brotli - limit} B over its budget of ${limit} B`)
  return problems
}

/** The names that match any pattern and none that starts with `!`. */
function matchNames(patterns: string[], names: string[]) {
  const ignore = patterns.filter((pattern) => pattern.startsWith('!')).map((pattern) => pattern.slice(1))
  const wanted = patterns.filter((pattern) => !pattern.startsWith('!'))
  const matches = picomatch(wanted, { ignore })
  // Not handed over as it is: a matcher's second parameter is another one than that of a filter.
  return names.filter((name) => matches(name))
}

function sum(numbers: number[]) {
  return numbers.reduce((total, number) => total + number, 0)
}
