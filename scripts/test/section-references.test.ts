/** Every `§` of the project leads to a section of docs/protocol.md, or names the RFC that it is of. */

import { readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { root } from '../paths'
import { projectFiles } from './project-files'

const PROTOCOL = 'docs/protocol.md'
const SECTION = /§(\d+(?:\.\d+)*)/g
const OF_RFC = /RFC \d+ §\d+(?:\.\d+)*/g
const OF_PROTOCOL = /docs\/protocol\.md §\d+(?:\.\d+)*(?:(?:,| and) §\d+(?:\.\d+)*)*/g

/** The numbers of the sections that a text refers to. */
const numbersIn = (text: string) => [...text.matchAll(SECTION)].map(([, number = '']) => number)

/** The headings of docs/protocol.md, such as `### §1.4 Body`. */
const headingsOf = (page: string) => numbersIn([...page.matchAll(/^#+ §.*$/gm)].join('\n'))

/** The lines of a file whose references lead nowhere. In docs/protocol.md itself a reference needs no name before it. */
function lostReferences(file: string, text: string, sections: readonly string[]): string[] {
  return text.split('\n').flatMap((line, index) => {
    const own = line.replace(OF_RFC, '')
    const named = file === PROTOCOL ? own : (own.match(OF_PROTOCOL) ?? []).join()
    const isBare = file !== PROTOCOL && own.replace(OF_PROTOCOL, '').includes('§')
    const isLost = isBare || numbersIn(named).some((number) => !sections.includes(number))
    return isLost ? [`${file}:${index + 1}: ${line.trim()}`] : []
  })
}

const page = readFileSync(path.join(root, PROTOCOL), 'utf8')
const sections = headingsOf(page)

it('no two sections of docs/protocol.md have the same number', () => {
  expect(sections.length).toBeGreaterThan(20)
  expect(new Set(sections).size).toBe(sections.length)
})

it('every section that is referred to exists', () => {
  const self = path.relative(root, fileURLToPath(import.meta.url)).replaceAll(path.sep, '/')
  const files = projectFiles(['**/*.{ts,js,mjs,md,html}']).filter((file) => file !== self)
  expect(files).toContain('src/core/protocol/wire-v1.ts')
  const lost = files.flatMap((file) => lostReferences(file, readFileSync(path.join(root, file), 'utf8'), sections))
  expect(lost).toEqual([])
})

it.each([
  ['a.ts', '// as docs/protocol.md §1.5 and §2.4 say'],
  ['a.ts', '// RFC 9110 §10.2.3; docs/protocol.md §2.4'],
  [PROTOCOL, 'as §1.5 says, and RFC 9562 §5.7'],
])('a reference that leads somewhere passes: %s, %s', (file, line) => {
  expect(lostReferences(file, line, ['1.5', '2.4'])).toEqual([])
})

it.each([
  ['a.ts', '// docs/protocol.md §9.9'],
  ['a.ts', '// docs/protocol.md §1.5 and §9.9'],
  ['a.ts', '// bare: §1.5'],
  ['a.ts', '// docs/protocol.md §1.5, but then §2.4'],
  ['a.ts', '// a page elsewhere: protocol.md §1.5'],
  ['a.ts', '// a table: § 4'],
  [PROTOCOL, 'see §9.9'],
])('a reference that leads nowhere is found: %s, %s', (file, line) => {
  expect(lostReferences(file, `\n${line}`, ['1.5', '2.4'])).toEqual([`${file}:2: ${line}`])
})
