import { execFile } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { npmCommand } from '../bootstrap/npm.mjs'
import { root } from '../paths'

/** How long npm may take on a busy machine, in ms. */
const PATIENCE_MS = 120_000

/** A copy of the project, so that no test of another file sees a README that is not its own. */
let copy = ''
const own = readFileSync(path.join(root, 'README.md'), 'utf8')
const readme = () => readFileSync(path.join(copy, 'README.md'), 'utf8')

beforeAll(() => {
  copy = mkdtempSync(path.join(tmpdir(), 'outlast-pack-'))
  for (const name of ['package.json', 'package-lock.json', 'README.md', 'CHANGELOG.md', 'LICENSE', 'SECURITY.md'])
    cpSync(path.join(root, name), path.join(copy, name))
  for (const name of ['docs', 'scripts']) cpSync(path.join(root, name), path.join(copy, name), { recursive: true })
  mkdirSync(path.join(copy, 'dist'))
  cpSync(path.join(root, 'src/index.ts'), path.join(copy, 'dist/index.js'))
  symlinkSync(path.join(root, 'node_modules'), path.join(copy, 'node_modules'))
})
afterAll(() => rmSync(copy, { recursive: true, force: true }))

function pack(destination: string) {
  const { file, args, shell } = npmCommand(['pack', '--pack-destination', destination])
  return promisify(execFile)(file, args, { cwd: copy, shell })
}

it('npm pack puts a README in the package whose links lead somewhere from there, and leaves none behind', {
  timeout: PATIENCE_MS,
}, async () => {
  await pack(copy)
  expect(readme()).toBe(own)
  expect(existsSync(path.join(copy, '.cache/README.md'))).toBe(false)
  const tarball = readdirSync(copy).find((name) => name.endsWith('.tgz')) ?? ''
  await promisify(execFile)('tar', ['-xzf', tarball], { cwd: copy })
  const packed = readFileSync(path.join(copy, 'package/README.md'), 'utf8')
  const links = [...packed.matchAll(/\]\(([^)]+)\)|(?:src|srcset|href)="([^"]+)"/g)].map(([, a, b]) => a ?? b ?? '')
  const files = links.flatMap((link) => {
    const [, file = ''] = /^https:\/\/unpkg\.com\/outlast@[^/]+\/([^#]+)/.exec(link) ?? []
    return file ? [file] : []
  })
  expect(files.length).toBeGreaterThan(10)
  // unpkg.com serves the package's own files.
  expect(files.filter((file) => !existsSync(path.join(copy, 'package', file)))).toEqual([])
  const elsewhere = links.filter((link) => !/^(#|https:)/.test(link) && link !== '/__outlast/outlast.js')
  expect(elsewhere).toEqual([])
})

it('where packing fails after the first step, the README is put back all the same', {
  timeout: PATIENCE_MS,
}, async () => {
  await expect(pack(path.join(copy, 'no/such/folder'))).rejects.toThrow('no/such/folder')
  await vi.waitFor(() => expect(readme()).toBe(own), { timeout: PATIENCE_MS / 2 })
  expect(existsSync(path.join(copy, '.cache/README.md'))).toBe(false)
})
