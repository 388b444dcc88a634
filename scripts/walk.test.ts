import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ignoredFolders, walk } from './walk'

let folder = ''

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'outlast-walk-'))
  for (const name of ['src/b.ts', 'src/a/c.ts', 'dist/b.js', 'node_modules/x/i.js', '.git/HEAD', 'z.json']) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true })
    writeFileSync(path.join(folder, name), '')
  }
  writeFileSync(path.join(folder, '.gitignore'), 'dist/\n/coverage/\n*.log\n# note/\nsome/path/\n')
})

afterAll(() => rmSync(folder, { recursive: true }))

it('reads the ignored folders', () => {
  expect([...ignoredFolders(folder)]).toEqual(['node_modules', 'dist', 'coverage'])
})

it('lists the files, without the folders left out', () => {
  expect(walk(folder, ignoredFolders(folder))).toEqual(['.gitignore', 'src/a/c.ts', 'src/b.ts', 'z.json'])
  expect(walk(path.join(folder, 'gone'))).toEqual([])
})
