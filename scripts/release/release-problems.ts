/** What keeps a version from being released. */

export function releaseProblems({
  version,
  repository,
  changelog,
  changed,
  tags,
  publish,
  env,
}: {
  version: string
  /** The field of package.json. */
  repository: unknown
  changelog: string
  /** What `git status --porcelain` says. */
  changed: string
  /** The tags of this commit. */
  tags: string[]
  /** False for a rehearsal. */
  publish: boolean
  env: NodeJS.ProcessEnv
}): string[] {
  const problems = []
  if (!/^\d+\.\d+\.\d+(-[0-9a-z.-]+)?$/.test(version)) problems.push(`${version} is no version; set it in package.json`)
  if (!changelog.split('\n').includes(`## ${version}`)) {
    problems.push(`CHANGELOG.md has no heading "## ${version}"; give "Unreleased" that name`)
  }
  if (changed !== '') problems.push(`there are changes that are not committed:\n${changed}`)
  if (!tags.includes(`v${version}`)) problems.push(`this commit has no tag v${version}`)
  if (!publish) return problems
  if (!repository) problems.push('package.json names no "repository", which provenance is checked against')
  const canProve = env.ACTIONS_ID_TOKEN_REQUEST_URL || env.SIGSTORE_ID_TOKEN
  if (!canProve) problems.push('provenance needs a CI job that may ask for an identity token (id-token: write)')
  return problems
}
