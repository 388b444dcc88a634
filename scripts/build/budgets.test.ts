import { expect, it } from 'vitest'
import { evaluateBudgets } from './budgets'

const names = ['dist/index.js', 'dist/chunks/core-1a2b.js', 'dist/worker.js']
const measure = (name: string) => ({ brotli: name.length, gzip: 2 * name.length })

it('adds up the files of a group', () => {
  const budgets = [{ name: 'page', files: ['dist/index.js', 'dist/chunks/core-*.js'], limit: 37 }]
  const [group] = evaluateBudgets(budgets, names, measure)
  expect(group).toMatchObject({ brotli: 37, gzip: 74, problems: [] })
  expect(group?.files.map(({ file }) => file)).toEqual(['dist/index.js', 'dist/chunks/core-1a2b.js'])
})

it('tells by how much a group is over', () => {
  const [group] = evaluateBudgets([{ name: 'page', files: ['dist/index.js'], limit: 10 }], names, measure)
  expect(group?.problems).toEqual(['page: 13 B is 3 B over its budget of 10 B'])
})

it('does not pass a group whose file is gone', () => {
  const [group] = evaluateBudgets([{ name: 'page', files: ['dist/index.js', 'dist/a*.js'], limit: 99 }], names, measure)
  expect(group?.problems).toEqual(['page: no built file matches "dist/a*.js"'])
})

it('leaves out what a pattern with ! in front names', () => {
  const budgets = [{ name: 'all', files: ['dist/**', '!**/core-*'], limit: 99 }]
  const [group] = evaluateBudgets(budgets, names, measure)
  expect(group?.files.map(({ file }) => file)).toEqual(['dist/index.js', 'dist/worker.js'])
})
