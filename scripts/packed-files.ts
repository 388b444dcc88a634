/** What may be in the published package. */

const ALLOWED = ['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json']
const ALLOWED_FOLDER = 'dist/'

/**
 * @param files the paths in the package
 * @returns what is wrong
 */
export function packedFileProblems(files: string[]): string[] {
  const unexpected = files.filter((file) => !ALLOWED.includes(file) && !file.startsWith(ALLOWED_FOLDER))
  const missing = ALLOWED.filter((file) => !files.includes(file))
  const problems = [
    ...unexpected.map((file) => `${file} is in the package; only ${ALLOWED_FOLDER} and ${ALLOWED.join(', ')} may be`),
    ...missing.map((file) => `${file} is not in the package`),
  ]
  if (!files.some((file) => file.startsWith(ALLOWED_FOLDER))) {
    problems.push(`nothing of ${ALLOWED_FOLDER} is in the package; run "npm run build" first`)
  }
  return problems
}
