/**
 * Every file that a document names is there. A name without a folder is, in a row of a table, in the folder of the path
 * before it; in prose it may be in any.
 */

import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from '../paths'
import { projectFiles } from './project-files'

const DOCUMENTS = ['ARCHITECTURE.md', 'docs/mechanisms.md']

const NAMED = /(?:`|<br>|: )((?:[\w-]+\/)*[\w.-]+\.(?:ts|grit))\b/g

/** Where a path may begin: the root, or what the documents leave out before the rooms of the library. */
const BASES = ['', 'src/']

function lostPaths(text: string, files: readonly string[]): string[] {
  return text.split('\n').flatMap((line) => {
    let folder = ''
    return [...line.matchAll(NAMED)].flatMap(([, name = '']) => {
      const isBare = !name.includes('/')
      const candidates = isBare ? [`${folder}/${name}`] : BASES.map((base) => base + name)
      const isNamed = (file: string) =>
        candidates.includes(file) || (isBare && isProse(line) && file.endsWith(`/${name}`))
      const found = files.find(isNamed)
      if (found) folder = path.posix.dirname(found)
      return found ? [] : [name]
    })
  })
}

const isProse = (line: string) => !line.startsWith('|')

const files = projectFiles(['**/*.ts', '**/*.grit'])

describe('the files that a document names are there', () => {
  it.each(DOCUMENTS)('%s', (document) => {
    const text = readFileSync(path.join(root, document), 'utf8')
    expect(lostPaths(text, files)).toEqual([])
    expect([...text.matchAll(NAMED)].length).toBeGreaterThan(10)
  })

  it('and a name that is not is found', () => {
    const there = ['src/core/a.ts', 'src/core/b.ts', 'src/page/d.ts']
    expect(lostPaths('| `src/core/a.ts`, `b.ts`, `c.ts`; `core/a.ts`, `d.ts`', there)).toEqual(['c.ts', 'd.ts'])
    expect(lostPaths('see `d.ts` and `e.ts`', there)).toEqual(['e.ts'])
  })
})
