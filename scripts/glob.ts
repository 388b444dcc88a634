/** Matches file names against patterns: `*` within a folder, `**` over folders, `!` in front to leave out. */

/**
 * The names that match any pattern and none that starts with `!`.
 *
 * @param names with forward slashes
 */
export function matchNames(patterns: string[], names: string[]) {
  const wanted = patterns.filter((pattern) => !pattern.startsWith('!')).map(toRegExp)
  const unwanted = patterns.filter((pattern) => pattern.startsWith('!')).map((pattern) => toRegExp(pattern.slice(1)))
  return names.filter((name) => wanted.some((re) => re.test(name)) && !unwanted.some((re) => re.test(name)))
}

function toRegExp(pattern: string) {
  const source = pattern.replace(/\*\*\/|\*\*|\*|[^*]/g, (part) => {
    if (part === '**/') return '(?:.*/)?'
    if (part === '**') return '.*'
    if (part === '*') return '[^/]*'
    return part.replace(/[\\^$.|?+()[\]{}]/, '\\$&')
  })
  return new RegExp(`^${source}$`)
}
