import path from 'node:path'
import { expect, test } from 'vitest'
import { type Folders, locate } from './static-files'

const base = path.resolve('/srv')
const folders: Folders = [
  ['/__outlast/', path.join(base, 'site') + path.sep],
  ['/', path.join(base, 'page') + path.sep],
]

test.each([
  ['/', 'page/index.html'],
  ['/assets/index.js', 'page/assets/index.js'],
  ['/__outlast/worker.js', 'site/worker.js'],
  ['//worker.js', 'page/worker.js'],
])('%s is %s', (pathname, file) => {
  expect(locate(pathname, folders)).toBe(path.join(base, file))
})

test.each([
  '/../secret',
  '/assets/../../secret',
  '/__outlast/../page/index.html',
  '/../page-of-another/index.html',
  '/index.html\0.js',
  '/..',
])('%s is nothing', (pathname) => {
  expect(locate(pathname, folders)).toBeUndefined()
})
