import { expect, it } from 'vitest'
import { packedFileProblems } from './packed-files'

const fine = ['CHANGELOG.md', 'LICENSE', 'README.md', 'SECURITY.md', 'dist/index.js', 'docs/options.md', 'package.json']

it('takes the package as it should be', () => {
  expect(packedFileProblems(fine)).toEqual([])
})

it('tells what is too much and what is missing', () => {
  expect(packedFileProblems([...fine, 'src/a.ts'])).toEqual([expect.stringContaining('src/a.ts is in the package')])
  expect(packedFileProblems(fine.slice(1))).toEqual(['CHANGELOG.md is not in the package'])
  expect(packedFileProblems(fine.filter((file) => !file.startsWith('dist/')))).toEqual([
    expect.stringContaining('nothing of dist/'),
  ])
  expect(packedFileProblems(fine.filter((file) => !file.startsWith('docs/')))).toEqual([
    'nothing of docs/ is in the package',
  ])
})
