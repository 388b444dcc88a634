import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { projectFiles } from './project-files'

let folder = ''

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'outlast-files-'))
  const names = [
    'src/b.ts',
    'src/a/c.ts',
    'dist/b.js',
    'src/coverage/i.js',
    'node_modules/x/i.js',
    '.git/HEAD',
    'z.json',
  ]
  for (const name of names) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true })
    writeFileSync(path.join(folder, name), '')
  }
  writeFileSync(path.join(folder, '.gitignore'), 'dist/\n/coverage/\n*.log\n# note/\nsome/path/\n')
})

afterAll(() => rmSync(folder, { recursive: true }))

it('lists the files, without what is installed or built', () => {
  expect(projectFiles(['**'], folder)).toEqual(['src/a/c.ts', 'src/b.ts', 'z.json'])
  expect(projectFiles(['**/*.ts', '!src/a/**'], folder)).toEqual(['src/b.ts'])
  expect(projectFiles(['**'], path.join(folder, 'gone'))).toEqual([])
})
