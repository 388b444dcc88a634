/** Every example is installed and built as its reader would, opened in Chromium, and heard of by a collector. */

import { execFileSync } from 'node:child_process'
import { chmodSync, cpSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { ensureDependencies } from '../../scripts/bootstrap/ensure-dependencies.mjs'
import { npmCommand } from '../../scripts/bootstrap/npm.mjs'
import { root } from '../../scripts/paths'
import { expect, test } from '../fixtures'
import { startSite } from '../site'

const FOLDER = path.join(root, 'examples')

/** Whose build is served from where, and the worker that it should end up with. */
const SITES = [
  { name: 'static', output: 'public', at: '/', worker: '/__outlast/worker.js' },
  { name: 'vite', output: 'dist', at: '/shop/', worker: '/shop/__outlast/worker.js' },
  { name: 'webpack', output: 'dist', at: '/', worker: '/__outlast/worker.js' },
  { name: 'nextjs', output: 'out', at: '/', worker: '/__outlast/worker.js' },
  { name: 'sveltekit', output: 'build', at: '/', worker: '/__outlast/worker.js' },
  { name: 'workbox', output: 'dist', at: '/', worker: '/sw.js' },
  { name: 'own-worker', output: 'dist', at: '/', worker: '/sw.js', properties: { checked_by: 'worker' } },
]

test.beforeAll(() => {
  ensureDependencies(FOLDER)
  // What was installed is the library of that day.
  const installed = path.join(FOLDER, 'node_modules/outlast')
  rmSync(path.join(installed, 'dist'), { recursive: true, force: true })
  for (const part of ['dist', 'package.json'])
    cpSync(path.join(root, part), path.join(installed, part), { recursive: true })
  // As npm does when it installs a command.
  chmodSync(path.join(installed, 'dist/cli.js'), 0o755)
})

function build(name: string, host = '') {
  const { file, args, shell } = npmCommand(['run', 'build', '--workspace', `example-${name}`])
  const env = { ...process.env, VITE_POSTHOG_HOST: host, NEXT_PUBLIC_POSTHOG_HOST: host, POSTHOG_HOST: host }
  try {
    execFileSync(file, args, {
      cwd: FOLDER,
      shell,
      encoding: 'utf8',
      stdio: 'pipe',
      env: { ...env, NEXT_TELEMETRY_DISABLED: '1' },
    })
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string }
    throw new Error(`the example "${name}" does not build:\n${stdout}\n${stderr}`)
  }
}

for (const { name, output, at, worker, properties = {} } of SITES) {
  test(`${name}: its event is delivered by the worker at ${worker}`, async ({ context, collector, received }) => {
    build(name, collector.url)
    const site = await startSite({ folders: [[at, `examples/${name}/${output}/`]] })
    if (name === 'static') {
      const page = readFileSync(path.join(FOLDER, name, output, 'index.html'), 'utf8')
      site.answer('/', {
        status: 200,
        headers: { 'Content-Type': 'text/html' },
        body: page.replace('http://localhost:4319', collector.url),
      })
    }
    try {
      const page = await context.newPage()
      await page.goto(`${site.url}${at}`)
      const events = await received(1)
      expect(events.find(({ event }) => event === 'example')?.properties).toMatchObject({ from: name, ...properties })
      const scripts = page.evaluate(async () =>
        (await navigator.serviceWorker.getRegistrations()).map(
          ({ active }) => new URL(active?.scriptURL ?? '').pathname,
        ),
      )
      expect(await scripts).toEqual([worker])
    } finally {
      await site.close()
    }
  })
}

test('types: an app type-checks under every version of TypeScript', () => {
  build('types')
})
