import { expect, it } from 'vitest'
import { charactersOf, commentOf } from './module-sizes'

it('counts the characters of a built file that come from each source', () => {
  // "ab" is of one.ts and "cde" of two.ts.
  const map = { version: 3, file: 'built.js', sources: ['one.ts', 'two.ts'], names: [], mappings: 'AAAA,ECAA' }
  const payload = { ...map, sourcesContent: [], sourceRoot: '' }
  expect([...charactersOf('abcde', payload)]).toEqual([
    ['one.ts', 2],
    ['two.ts', 3],
  ])
})

it.each([
  ['/** Says one thing. And another. */\n', 'Says one thing.'],
  ['/**\n * Says one thing over\n * two lines: a.b, say. More.\n */', 'Says one thing over two lines: a.b, say.'],
  ["import { a } from './a'\n\n/** What it has first. */\nconst b = a", 'What it has first.'],
  ['const a = 1', ''],
])('takes what a module is for from %j', (source, purpose) => {
  expect(commentOf(source)).toBe(purpose)
})
