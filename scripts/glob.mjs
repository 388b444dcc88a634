// @ts-check
/** Matches file names against patterns: `*` within a folder, `**` over folders, `!` in front to leave out. */

/**
 * The names that match any pattern and none that starts with `!`.
 *
 * @param {string[]} patterns
 * @param {string[]} names with forward slashes
 */
export function matchNames(patterns, names) {
  const wanted = patterns.filter((pattern) => !pattern.startsWith('!')).map(toRegExp)
  const unwanted = patterns.filter((pattern) => pattern.startsWith('!')).map((pattern) => toRegExp(pattern.slice(1)))
  return names.filter((name) => wanted.some((re) => re.test(name)) && !unwanted.some((re) => re.test(name)))
}

/** @param {string} pattern */
function toRegExp(pattern) {
  const source = pattern.replace(/\*\*\/|\*\*|\*|[^*]/g, (part) => {
    if (part === '**/') return '(?:.*/)?'
    if (part === '**') return '.*'
    if (part === '*') return '[^/]*'
    return part.replace(/[\\^$.|?+()[\]{}]/, '\\$&')
  })
  return new RegExp(`^${source}$`)
}
