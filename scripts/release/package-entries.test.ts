import { expect, it } from 'vitest'
import { typedEntries } from './package-entries'

it('finds the types below any condition, each once', () => {
  const exportsMap = {
    '.': { types: './dist/index.d.ts', default: './dist/index.js' },
    './node': { node: { import: { types: './dist/node.d.ts' } }, types: './dist/node.d.ts' },
    './sw.js': './dist/sw.js',
    './package.json': './package.json',
    './internal': null,
  }
  expect(typedEntries(exportsMap)).toEqual([
    { name: 'index', types: 'dist/index.d.ts' },
    { name: 'node', types: 'dist/node.d.ts' },
  ])
  expect(typedEntries(undefined)).toEqual([])
})
