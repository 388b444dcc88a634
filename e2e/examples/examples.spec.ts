/** Every example is installed and built as its reader would, opened in Chromium, and heard of by a collector. */

import { execFileSync, spawn } from 'node:child_process'
import { chmodSync, cpSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import type { Page } from 'playwright'
import { ensureDependencies } from '../../scripts/bootstrap/ensure-dependencies.mjs'
import { npmCommand } from '../../scripts/bootstrap/npm.mjs'
import { root } from '../../scripts/paths'
import { choosePort } from '../../scripts/ports'
import { expect, type Received, test } from '../fixtures'
import type { Collector } from '../replays/destination'
import { startSite } from '../site'

const FOLDER = path.join(root, 'examples')

/** Whose build is served from where, the worker that it should end up with, and whether it is one of the recipes. */
const SITES = [
  { name: 'static', output: 'public', at: '/', worker: '/__outlast/worker.js' },
  { name: 'vite', output: 'dist', at: '/shop/', worker: '/shop/__outlast/worker.js' },
  { name: 'react', output: 'dist', at: '/any/where/', worker: '/any/where/__outlast/worker.js', recipe: true },
  { name: 'webpack', output: 'dist', at: '/', worker: '/__outlast/worker.js' },
  { name: 'nextjs', output: 'out', at: '/', worker: '/__outlast/worker.js', recipe: true },
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

/** How long what was captured may take to arrive, in ms: a page sends it after five seconds if nothing else does. */
const PATIENCE_MS = 20_000

/** How long a development server may take to compile a page that is asked for, in ms, on a busy machine. */
const COMPILE_MS = 60_000

/** The environment in which an example is built, which names the collector. */
const environment = (host: string) => ({
  ...process.env,
  ...{ VITE_POSTHOG_HOST: host, NEXT_PUBLIC_POSTHOG_HOST: host, POSTHOG_HOST: host, NEXT_TELEMETRY_DISABLED: '1' },
})

function build(name: string, host = '', { development = false } = {}) {
  const mode = development ? ['--', '--mode', 'development'] : []
  const { file, args, shell } = npmCommand(['run', 'build', '--workspace', `example-${name}`, ...mode])
  const env = { ...environment(host), ...(development ? { NODE_ENV: 'development' } : {}) }
  try {
    execFileSync(file, args, { cwd: FOLDER, shell, encoding: 'utf8', stdio: 'pipe', env })
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string }
    throw new Error(`the example "${name}" does not build:\n${stdout}\n${stderr}`)
  }
}

/** A person's browser: page views of bots are not captured, and what is driven is one. */
test.beforeEach(async ({ context }) => {
  await context.addInitScript(() => {
    Object.defineProperty(navigator, 'webdriver', { value: false })
    Object.defineProperty(navigator, 'userAgent', { value: navigator.userAgent.replace('Headless', '') })
  })
})

for (const { name, output, at, worker, properties = {}, recipe = false } of SITES) {
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
      const url = `${site.url}${at}`
      await (recipe ? visitRecipe(page, url, collector, 1) : page.goto(url))
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

/** A visitor of the app of a recipe buys something and goes to its other page. */
async function visitRecipe(page: Page, url: string, collector: Collector, mounts: number) {
  await page.goto(url)
  // React has made the page its own, and in development has mounted each component twice.
  await expect(page.locator('body')).toHaveAttribute('data-mounts', String(mounts))
  await page.getByText('Buy').click()
  await page.getByText('About').click()
  await expect(page.locator('h1')).toHaveText('About it', { timeout: COMPILE_MS })
  const all = async () =>
    ((await collector.events()) as Received[]).map(({ event, properties }) =>
      event === '$pageview' ? `${event} of ${/about/.test(String(properties.$current_url)) ? 'about' : 'home'}` : event,
    )
  await expect
    .poll(async () => (await all()).sort(), { timeout: PATIENCE_MS })
    .toEqual(['$pageview of about', '$pageview of home', 'checkout', 'example'])
}

test('the static site: a page view for the page, and its end when it is left by a plain link', async ({
  context,
  collector,
}) => {
  build('static')
  const site = await startSite({ folders: [['/', 'examples/static/public/']] })
  try {
    for (const at of ['/', '/about.html']) {
      const file = readFileSync(path.join(FOLDER, 'static/public', at === '/' ? 'index.html' : at), 'utf8')
      site.answer(at, {
        status: 200,
        headers: { 'Content-Type': 'text/html' },
        body: file.replace('http://localhost:4319', collector.url),
      })
    }
    const page = await context.newPage()
    await page.goto(site.url)
    await page.getByRole('link', { name: 'About' }).click()
    await expect(page.locator('h1')).toHaveText('About it')
    const all = async () =>
      ((await collector.events()) as Received[])
        .filter(({ event }) => event !== 'example')
        .map(({ event, properties }) => `${event} ${new URL(String(properties.$current_url)).pathname}`)
    await expect
      .poll(async () => (await all()).sort(), { timeout: PATIENCE_MS })
      .toEqual(['$pageleave /', '$pageview /', '$pageview /about.html'])
  } finally {
    await site.close()
  }
})

test('the React recipe: one page view for each page, though StrictMode mounts everything twice', async ({
  context,
  collector,
}) => {
  build('react', collector.url, { development: true })
  const site = await startSite({ folders: [['/', 'examples/react/dist/']] })
  try {
    await visitRecipe(await context.newPage(), `${site.url}/`, collector, 2)
  } finally {
    await site.close()
  }
})

test('the Next.js recipe under its development server: one page view for each page, and no hydration error', async ({
  context,
  collector,
}) => {
  const { port } = await choosePort(undefined)
  const next = path.join(FOLDER, 'node_modules/next/dist/bin/next')
  const server = spawn(process.execPath, [next, 'dev', '--port', String(port)], {
    cwd: path.join(FOLDER, 'nextjs'),
    env: environment(collector.url),
    stdio: 'ignore',
    detached: true,
  })
  const url = `http://localhost:${port}/`
  try {
    await expect.poll(() => fetch(url).then(({ status }) => status, String), { timeout: COMPILE_MS }).toBe(200)
    const page = await context.newPage()
    await visitRecipe(page, url, collector, 2)
    await page.close()
  } finally {
    // The server is a child of this one, and both are one group.
    if (server.pid !== undefined) process.kill(-server.pid)
  }
})

test('types: an app type-checks under every version of TypeScript', () => {
  build('types')
})
