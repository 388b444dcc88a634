import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { SourceMap } from 'node:module'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'vite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { root } from '../paths'
import { exportAsNamed, importAsNamed, shrink } from './shrink'

const FILES = {
  'helper.js': `export const helper = (text) => text.trim() + ' helped'
    export const other = (n) => n * 2 + [n].length`,
  'entry.js': `
    import { helper, other } from './helper.js'
    const shared = { sharedName: helper(' a '), kept: other(2), 'quotedName': 1 }
    export const start = () => import('./late.js').then(({ lateCode }) => lateCode(shared))
  `,
  'late.js': `
    import { helper, other } from './helper.js'
    export const lateCode = (given) => {
      const { sharedName, kept } = given
      return { text: helper(sharedName) + other(kept) + given['quotedName'] }
    }
  `,
}

describe('a build', () => {
  // Below the project, where the build finds what it needs.
  const folder = path.join(root, '.cache')
  let made = ''
  const built = (name: string) => readFileSync(path.join(made, 'out', name), 'utf8')

  beforeAll(async () => {
    mkdirSync(folder, { recursive: true })
    made = mkdtempSync(path.join(folder, 'shrink-'))
    for (const [name, content] of Object.entries(FILES)) writeFileSync(path.join(made, name), content)
    await build({
      ...{ root: made, configFile: false, logLevel: 'warn', publicDir: false },
      plugins: [shrink({ module: true, target: 'es2022', names: { sharedName: 'q', quotedName: 'z' } })],
      build: {
        ...{ outDir: 'out', target: 'es2022', minify: false, sourcemap: true },
        lib: { entry: { entry: 'entry.js' }, formats: ['es'] },
        rolldownOptions: {
          preserveEntrySignatures: 'allow-extension',
          output: { entryFileNames: '[name].js', chunkFileNames: '[name].js', minifyInternalExports: true },
        },
      },
    })
  })
  afterAll(() => rmSync(made, { recursive: true, force: true }))

  it('works, with one short name for a property in all of its files', async () => {
    const { start } = await import(/* @vite-ignore */ pathToFileURL(path.join(made, 'out/entry.js')).href)
    expect(await start()).toEqual({ text: 'a helped helped111' })
    for (const name of ['entry.js', 'late.js']) {
      expect(built(name)).not.toContain('sharedName')
      expect(built(name)).toMatch(/\bq:/)
    }
  })

  it('leaves a quoted name, a name of no list and what the entry exports', () => {
    expect(built('late.js')).toContain('quotedName')
    expect(built('late.js')).toContain('kept')
    expect(built('entry.js')).toMatch(/export\{.*as start/)
  })

  it('exports to its late files under the names that are there already', () => {
    const list = /export\{(.*?)\}/.exec(built('entry.js'))?.[1]?.split(',')
    expect(list?.length).toBeGreaterThan(1)
    expect(list?.filter((one) => one.includes(' as ') && !one.endsWith(' as start'))).toEqual([])
  })

  it('has maps that lead to the source', () => {
    const code = built('late.js').split('\n')
    const line = code.findIndex((text) => text.includes('quotedName'))
    const map = new SourceMap(JSON.parse(built('late.js.map')))
    const entry = map.findEntry(line, code[line]?.indexOf('quotedName') ?? -1)
    expect(entry).toMatchObject({ originalSource: expect.stringMatching(/late\.js$/), originalLine: 4 })
    expect(code.at(-1)).toBe('//# sourceMappingURL=late.js.map')
  })
})

describe('an export', () => {
  it('goes under its own name, unless others import it', () => {
    const { code, renamed } = exportAsNamed(
      'var e,t,n;export{e as X,t as init,n};\n//# sourceMappingURL=a.js.map',
      new Set(['init']),
    )
    expect(code).toBe('var e,t,n;export{e,t as init,n};\n//# sourceMappingURL=a.js.map')
    expect([...renamed]).toEqual([
      ['X', 'e'],
      ['n', 'n'],
    ])
  })

  it('is imported under that name from that file alone', () => {
    const code = 'import { X as one, n } from "../a.js";\nimport { X as two } from "./b.js";'
    expect(importAsNamed(code, 'chunks/c.js', 'a.js', new Map([['X', 'e']]))).toBe(
      'import { e as one, n as n } from "../a.js";\nimport { X as two } from "./b.js";',
    )
  })
})
