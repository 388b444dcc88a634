/** What may be in the published package. */

const ALLOWED = ['CHANGELOG.md', 'LICENSE', 'README.md', 'SECURITY.md', 'package.json']
const ALLOWED_FOLDER = 'dist/'
/** What users read, the picture in the README, and the receiver that docs/own-endpoint.md has one begin with; other drawings are not among it. */
const DOCUMENT = /^(docs\/([^/]+\.md|demo-\w+\.png)|examples\/receiver\/(README\.md|package\.json|server\.js))$/

export const isPackedFile = (file: string) =>
  ALLOWED.includes(file) || file.startsWith(ALLOWED_FOLDER) || DOCUMENT.test(file)

/**
 * @param files the paths in the package
 * @returns what is wrong
 */
export function packedFileProblems(files: string[]): string[] {
  const unexpected = files.filter((file) => !isPackedFile(file))
  const missing = ALLOWED.filter((file) => !files.includes(file))
  const problems = [
    ...unexpected.map(
      (file) =>
        `${file} is in the package; only ${ALLOWED_FOLDER}, docs/, examples/receiver/ and ${ALLOWED.join(', ')} may be`,
    ),
    ...missing.map((file) => `${file} is not in the package`),
  ]
  if (!files.some((file) => file.startsWith(ALLOWED_FOLDER))) {
    problems.push(`nothing of ${ALLOWED_FOLDER} is in the package; run "npm run build" first`)
  }
  if (!files.some((file) => DOCUMENT.test(file))) problems.push('nothing of docs/ is in the package')
  return problems
}
