/** Every TypeScript file is in one room: in none its types would never be checked, in two it would have the globals of both. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, it } from 'vitest'
import { projectFiles } from './project-files'
import { filesOfRoom, roomConfigs } from './rooms'

/** Files that are in no room. */
const ELSEWHERE = [
  // Each example is checked with what it installs itself, when it is built.
  'examples/**',
]

/** The files that are not in one room, with those that they are in. Declarations of globals may be in several. */
function misplaced(files: readonly string[], rooms: ReadonlyMap<string, readonly string[]>): [string, string[]][] {
  return files
    .map((file): [string, string[]] => [file, [...rooms.keys()].filter((room) => rooms.get(room)?.includes(file))])
    .filter(([file, { length }]) => length === 0 || (length > 1 && !file.endsWith('.d.ts')))
}

it('every file is in one room', () => {
  const files = projectFiles(['**/*.{ts,tsx,mts,cts}', ...ELSEWHERE.map((pattern) => `!${pattern}`)])
  expect(files.length).toBeGreaterThan(1_000)
  expect(misplaced(files, new Map(roomConfigs().map((config) => [config, filesOfRoom(config)])))).toEqual([])
})

it('and a file that is in none or in two is found', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'outlast-rooms-'))
  try {
    const write = (name: string, content: object) => {
      mkdirSync(path.dirname(path.join(folder, name)), { recursive: true })
      writeFileSync(path.join(folder, name), JSON.stringify(content))
    }
    const files = ['a/a.d.ts', 'a/a.test.ts', 'a/a.ts', 'b/b.ts', 'b/c/c.tsx', 'd.ts']
    for (const file of files) write(file, {})
    write('a/tsconfig.json', { include: ['**/*.ts'], exclude: ['**/*.test.ts'] })
    write('b/tsconfig.json', { include: ['**/*', '../a/*.d.ts'] })
    write('b/c/tsconfig.json', { include: ['*.tsx'] })
    const configs = ['a/tsconfig.json', 'b/tsconfig.json', 'b/c/tsconfig.json']
    expect(misplaced(files, new Map(configs.map((config) => [config, filesOfRoom(config, folder)])))).toEqual([
      ['a/a.test.ts', []],
      ['b/c/c.tsx', ['b/tsconfig.json', 'b/c/tsconfig.json']],
      ['d.ts', []],
    ])
  } finally {
    rmSync(folder, { recursive: true })
  }
})
