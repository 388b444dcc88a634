import { expect, it } from 'vitest'
import { releaseProblems } from './release-problems'

const fine = {
  version: '1.2.3',
  repository: { type: 'git', url: 'git+https://git.example/outlast.git' },
  changelog: '# Changelog\n\n## 1.2.3\n\n- Something.\n',
  changed: '',
  tags: ['v1.2.3'],
  publish: true,
  env: { ACTIONS_ID_TOKEN_REQUEST_URL: 'https://ci.example/token' },
}

it('releases what is tagged, described and committed', () => {
  expect(releaseProblems(fine)).toEqual([])
})

it.each([
  ['a version that is none', { version: '1.2' }, '1.2 is no version'],
  ['a changelog without it', { changelog: '## Unreleased' }, 'no heading "## 1.2.3"'],
  ['changes', { changed: ' M README.md' }, 'README.md'],
  ['a commit without its tag', { tags: ['v1.2.2'] }, 'no tag v1.2.3'],
  ['a package without a repository', { repository: undefined }, 'repository'],
  ['a place that cannot prove what it is', { env: {} }, 'id-token: write'],
])('refuses %s', (_, change, problem) => {
  expect(releaseProblems({ ...fine, ...change }).join()).toContain(problem)
})

it('rehearses anywhere', () => {
  expect(releaseProblems({ ...fine, publish: false, repository: undefined, env: {} })).toEqual([])
})
