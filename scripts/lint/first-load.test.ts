/** What a page loads at first names late code only as a type or in `import()`: the lint sees to it in every such file. */

import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import ts from 'typescript'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { localBin } from '../local-bin'
import { root } from '../paths'

/** What a page loads at first, from the package and by the script tag; and a relay beside it. */
const ENTRIES = ['src/index.ts', 'src/script.ts', 'src/relay.ts']

let folder = ''

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'outlast-lint-'))
  const { vcs, ...config } = JSON.parse(readFileSync(path.join(root, 'biome.json'), 'utf8'))
  writeFileSync(path.join(folder, 'biome.json'), JSON.stringify(config))
  cpSync(path.join(root, 'scripts/lint'), path.join(folder, 'scripts/lint'), { recursive: true })
})

afterEach(() => rmSync(folder, { recursive: true }))

function write(file: string, text: string): void {
  mkdirSync(path.dirname(path.join(folder, file)), { recursive: true })
  writeFileSync(path.join(folder, file), text)
}

/** @returns where the lint finds imports that are errors, as `file:line`, sorted */
function lintErrors(): string[] {
  const only = ['--only=plugin', '--only=style/noRestrictedImports']
  const options = ['--reporter=github', '--max-diagnostics=none', '--diagnostic-level=error']
  const args = [localBin('biome'), 'lint', 'src', ...only, ...options]
  const { stdout } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' })
  const found = stdout.matchAll(/^::error .*?file=([^,]+),line=(\d+)/gm)
  return [...found].map(([, file = '', line]) => `${file.slice(file.lastIndexOf('src/'))}:${line}`).sort()
}

/** The file that a statement loads, as it names it. */
function namedIn(statement: ts.Statement): string | undefined {
  if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) return undefined
  const isType = ts.isExportDeclaration(statement)
    ? statement.isTypeOnly
    : statement.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword
  const from = statement.moduleSpecifier
  return from && ts.isStringLiteral(from) && !isType ? from.text : undefined
}

/** The files of the library that a page has once it has loaded these, types aside. */
function loadedWith(entries: readonly string[]): string[] {
  const files = new Set(entries)
  for (const file of files) {
    const text = readFileSync(path.join(root, file), 'utf8')
    for (const statement of ts.createSourceFile(file, text, ts.ScriptTarget.Latest).statements) {
      const from = namedIn(statement)
      if (from?.startsWith('.')) files.add(`${path.posix.join(path.posix.dirname(file), from)}.ts`)
    }
  }
  return [...files].sort()
}

it('a type and an `import()` may name late code, and nothing else', () => {
  const refused = [
    "import '../late/a'",
    "import { a } from '../late/a'",
    "import { type A } from '../../client/late/a'",
    "import {\n  a,\n  b,\n} from '../../client/flags/a'",
    "export * from '../late/a'",
    "export * as a from '../late/a'",
    "export { a } from '../late/a'",
  ]
  const allowed = [
    "import type { A } from '../late/a'",
    "export type { A } from '../late/a'",
    "export type * from '../late/a'",
    "export const a = () => import('../late/a')",
    "export { late } from './late'",
  ]
  const fileOf = (index: number) => `src/page/first/${index + 10}.ts`
  for (const [index, statement] of [...refused, ...allowed].entries()) write(fileOf(index), `${statement}\n`)
  expect(lintErrors()).toEqual(refused.map((_, index) => `${fileOf(index)}:1`))
})

it('every file of the first load is told so', () => {
  const files = loadedWith(ENTRIES)
  expect(files.length).toBeGreaterThan(50)
  for (const file of files) {
    const late = path.posix.relative(path.posix.dirname(file), 'src/client/late/a')
    write(file, `import '${late.startsWith('.') ? late : `./${late}`}'\n`)
  }
  expect(lintErrors()).toEqual(files.map((file) => `${file}:1`))
})
