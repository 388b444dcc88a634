import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'

const CLI = fileURLToPath(new URL('../../dist/cli.js', import.meta.url))
const SITE = fileURLToPath(new URL('../../dist/site', import.meta.url))

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'outlast-cli-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const outlast = (...args: string[]) => promisify(execFile)(process.execPath, [CLI, ...args], { cwd: folder })

test('copy puts the whole site folder where a site serves it, and again over an older one', async () => {
  await outlast('copy', 'public')
  await writeFile(path.join(folder, 'public/__outlast/worker.js'), 'an older one')
  await outlast('copy', 'public')
  const names = (await readdir(SITE, { recursive: true })).sort()
  expect((await readdir(path.join(folder, 'public/__outlast'), { recursive: true })).sort()).toEqual(names)
  const [copied, original] = await Promise.all(
    [path.join(folder, 'public/__outlast/worker.js'), path.join(SITE, 'worker.js')].map((file) =>
      readFile(file, 'utf8'),
    ),
  )
  expect(copied).toBe(original)
})

test('copy tells the script tag, with the integrity of the very file', async () => {
  const { stdout } = await outlast('copy', '.')
  const script = await readFile(path.join(folder, '__outlast/outlast.js'))
  expect(stdout).toContain(`integrity="sha384-${createHash('sha384').update(script).digest('base64')}"`)
})

test.each([
  ['public', '/__outlast/outlast.js'],
  ['public/shop', '/shop/__outlast/outlast.js'],
])('P11: copy into %s tells the src below which a site serves it', async (dir, src) => {
  const { stdout } = await outlast('copy', dir)
  expect(stdout).toContain(`src="${src}"`)
})

test('P11: copy says that it made the folder, and says nothing of one that was there', async () => {
  const made = 'was not there, so it was made'
  expect((await outlast('copy', 'pubilc')).stdout).toContain(made)
  expect((await outlast('copy', 'pubilc')).stdout).not.toContain(made)
})

test.each(['--version', '-v'])('%s tells the version of the package', async (option) => {
  const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'))
  expect(await outlast(option)).toMatchObject({ stdout: `${version}\n`, stderr: '' })
})

test.each(['--help', '-h', 'help'])('%s explains the command', async (option) => {
  expect((await outlast(option)).stdout).toContain('Usage: outlast copy <dir>')
  expect(await readdir(folder)).toEqual([])
})

test.each([
  [[]],
  [['paste', 'public']],
  [['copy']],
  [['copy', 'one', 'two']],
  [['copy', 'public', '--force']],
  [['copy', '']],
])('P11: %j is refused with what to do, and copies nothing', async (args) => {
  const problem = await outlast(...args).catch((error) => error)
  expect(problem.code).toBeGreaterThan(0)
  expect(problem.stderr).toMatch(/Usage: outlast copy <dir>|Unknown option/)
  expect(await readdir(folder)).toEqual([])
})

test('P11: a folder that cannot be made is an error that names it', async () => {
  await writeFile(path.join(folder, 'file'), '')
  const problem = await outlast('copy', 'file').catch((error) => error)
  expect(problem.code).toBe(1)
  expect(problem.stderr).toContain(path.join('file', '__outlast'))
})
