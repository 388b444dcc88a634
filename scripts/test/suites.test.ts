/** The quick run of `npm test` is a part of the whole one, and leaves out no promise. */

import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { root } from '../paths'
import { projectFiles } from './project-files'
import { promisesOf } from './promise-table'
import { QUICK, SUITES, suitesOf, WHOLE } from './suites'

/** The title of an end-to-end test that is tagged. */
const TAGGED = /test\(\s*((['"`])(?:(?!\2)[^\\]|\\.)+\2),\s*\{\s*tag: '@quick',?\s*\}/g

it('every suite of the quick run is one of the whole run', () => {
  const names = suitesOf(QUICK).map(({ name }) => name)
  expect(names).toEqual(['types', 'lint', 'unit', 'build', 'built', 'browser', 'e2e'])
  expect(suitesOf(WHOLE).map(({ name }) => name)).toEqual(expect.arrayContaining(names))
})

it('the whole run has every suite once', () => {
  expect(
    suitesOf(WHOLE)
      .map(({ name }) => name)
      .sort(),
  ).toEqual(SUITES.map(({ name }) => name).sort())
})

it('the end-to-end tests of the quick run are few, and touch every promise', () => {
  const titles = projectFiles(['e2e/*.spec.ts', 'e2e/any-engine/*.spec.ts']).flatMap((file) =>
    [...readFileSync(path.join(root, file), 'utf8').matchAll(TAGGED)].map(([, title = '']) => ({ file, title })),
  )
  expect(titles.length).toBeLessThan(20)
  const promises = titles.flatMap(({ file, title }) => promisesOf(file, title)).map(({ promise }) => promise)
  expect([...new Set(promises)].sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
})
