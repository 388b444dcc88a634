import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { build, createServer, type InlineConfig, type Rolldown } from 'vite'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { OutlastViteOptions } from './vite'

/** The plugin as it is published: it looks for the worker beside its own file. */
const { outlast }: typeof import('./vite') = await import(new URL('../../dist/vite.js', import.meta.url).href)
const library = new URL('../../dist/index.js', import.meta.url).pathname
const worker = await readFile(new URL('../../dist/site/worker.js', import.meta.url), 'utf8')
let root = ''

beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'outlast-vite-'))
  await writeFile(path.join(root, 'index.html'), '<script type="module" src="./main.js"></script>')
  await writeFile(
    path.join(root, 'main.js'),
    `import { init } from ${JSON.stringify(library)}\ninit('phc_test').capture('built')`,
  )
})
afterAll(() => rm(root, { recursive: true, force: true }))

const configured = ({ plugin, ...config }: InlineConfig & { plugin?: OutlastViteOptions }) => ({
  root,
  configFile: false as const,
  logLevel: 'silent' as const,
  plugins: [outlast(plugin)],
  ...config,
})

async function built(config: Parameters<typeof configured>[0]) {
  const result = await build(configured({ ...config, build: { write: false } }))
  const { output } = result as Rolldown.RolldownOutput
  const file = output.find(({ fileName }) => fileName === '__outlast/worker.js')
  const code = output.map((chunk) => (chunk.type === 'chunk' ? chunk.code : '')).join('\n')
  return { source: file?.type === 'asset' ? file.source : undefined, code }
}

test.each([
  [undefined, '/__outlast/worker.js'],
  ['/shop/', '/shop/__outlast/worker.js'],
  ['https://cdn.example/app/', '/__outlast/worker.js'],
])('a build with base %s emits the worker, and its page finds it', async (base, url) => {
  const { source, code } = await built(base === undefined ? {} : { base })
  expect(source).toBe(worker)
  expect(code).toMatch(new RegExp(`["'\`]${url}["'\`]`))
})

test.each(['./', ''])('a build with the relative base "%s" finds the worker from its own place', async (base) => {
  const { source, code } = await built({ base })
  expect(source).toBe(worker)
  expect(code).toMatch(/new URL\(["'`]\.\.\/__outlast\/worker\.js["'`],\s*import\.meta\.url\)\.href/)
  expect(code).not.toContain('relative__')
})

test('a build with a relative base whose scripts are no modules goes by the place of the page', () => {
  const plugin = outlast()
  const { __OUTLAST_WORKER_URL__: text } = plugin.config({ base: './' }, { command: 'build' }).define
  const rendered = plugin.renderChunk(`const url = ${text}`, { fileName: 'assets/a.js' }, { format: 'system' })
  expect(rendered?.code).toBe('const url = new URL("__outlast/worker.js",document.baseURI).href')
})

test('P11: an option that the plugin does not have is named, and costs nothing', () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
  for (const options of [{ Base: '/shop/' }, null]) {
    const { define } = outlast(options as OutlastViteOptions).config({}, { command: 'build' })
    expect(define.__OUTLAST_WORKER_URL__).toBe('"/__outlast/worker.js"')
  }
  expect(warn.mock.calls).toEqual([['[outlast] the Vite plugin takes base, not Base']])
  warn.mockRestore()
})

test('a site that serves its build elsewhere says so', async () => {
  const { code } = await built({ base: './', plugin: { base: '/docs' } })
  expect(code).toMatch(/["'`]\/docs\/__outlast\/worker\.js["'`]/)
})

test.each([
  ['/', '/__outlast/worker.js'],
  ['/shop/', '/shop/__outlast/worker.js'],
  ['./', '/__outlast/worker.js'],
])('the dev server with base %s serves the worker', async (base, url) => {
  const server = await createServer(configured({ base, server: { port: 0, host: '127.0.0.1' } }))
  try {
    await server.listen()
    const address = server.httpServer?.address() as AddressInfo
    const answer = await fetch(`http://127.0.0.1:${address.port}${url}`)
    expect(answer.headers.get('Content-Type')).toBe('text/javascript')
    expect(await answer.text()).toBe(worker)
  } finally {
    await server.close()
  }
})
