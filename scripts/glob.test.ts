import { expect, it } from 'vitest'
import { matchNames } from './glob'

const names = ['dist/a.js', 'dist/a.js.map', 'dist/x/b.js', 'dist/x/y/c.js']

it.each([
  [['dist/a.js'], ['dist/a.js']],
  [['dist/*.js'], ['dist/a.js']],
  [['dist/**/*.js'], ['dist/a.js', 'dist/x/b.js', 'dist/x/y/c.js']],
  [['dist/**'], names],
  [
    ['dist/**', '!**/*.map', '!dist/x/y/*'],
    ['dist/a.js', 'dist/x/b.js'],
  ],
  [['dist/a?js', 'a.js'], []],
])('%j', (patterns, expected) => {
  expect(matchNames(patterns, names)).toEqual(expected)
})
