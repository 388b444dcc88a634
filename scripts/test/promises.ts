/**
 * Which tests keep which promise, written into docs/reliability.md from the tests' own titles. Without `--update` it
 * only compares.
 */

import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { root } from '../paths'
import { Problem, run } from '../problem'
import { projectFiles } from './project-files'
import { promisesOf, promiseTable, withTable } from './promise-table'

const PAGE = path.join(root, 'docs/reliability.md')
const TESTS = ['**/*.{test,spec}.ts', '**/{queue,database}.contract.ts']

await run(() => {
  const found = projectFiles(TESTS).flatMap((file) => promisesOf(file, readFileSync(path.join(root, file), 'utf8')))
  const before = readFileSync(PAGE, 'utf8')
  const after = withTable(before, promiseTable(found))
  if (process.argv.includes('--update')) writeFileSync(PAGE, after)
  else if (after !== before)
    throw new Problem('docs/reliability.md is behind the tests. Run "npm run promises -- --update".')
  console.log(`${found.length} tests keep the promises.`)
})
