/** What a build of Vite's makes, opened where it happens to be served. */

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { build } from 'vite'
import { root } from '../scripts/paths'
import { expect, test } from './fixtures'
import { startSite } from './site'

test("P3: with Vite's base './' a page finds the worker from its own place, in any folder of a site", async ({
  context,
  collector,
  received,
}) => {
  // The plugin as it is published: it looks for the worker beside its own file.
  const { outlast }: typeof import('../src/build/vite') = await import(new URL('../dist/vite.js', import.meta.url).href)
  await mkdir(path.join(root, '.cache'), { recursive: true })
  const folder = await mkdtemp(path.join(root, '.cache/vite-'))
  const html = (script: string) => `<!doctype html><title>app</title><script type="module" src="${script}"></script>`
  await mkdir(path.join(folder, 'deep'))
  await writeFile(path.join(folder, 'index.html'), html('./main.js'))
  await writeFile(path.join(folder, 'deep/index.html'), html('../main.js'))
  await writeFile(
    path.join(folder, 'main.js'),
    `import { init } from ${JSON.stringify(path.join(root, 'dist/index.js'))}
     window.outlast = init('phc_test', { host: ${JSON.stringify(collector.url)}, flushInterval: 200 })
     window.outlast.capture('built', { at: location.pathname })`,
  )
  const site = await startSite({ folders: [['/some/where/', `${path.relative(root, folder)}/dist/`]] })
  try {
    await build({
      root: folder,
      base: './',
      configFile: false,
      logLevel: 'silent',
      plugins: [outlast()],
      build: {
        rolldownOptions: { input: { main: `${folder}/index.html`, deep: `${folder}/deep/index.html` } },
      },
    })
    for (const [at, of] of ['/some/where/index.html', '/some/where/deep/index.html'].entries()) {
      const page = await context.newPage()
      await page.goto(`${site.url}${of}`)
      expect(await page.evaluate(() => window.outlast.ready)).toEqual({ host: 'worker', storage: 'indexeddb' })
      expect((await received(at + 1)).at(-1)?.properties.at).toBe(of)
      const scripts = await page.evaluate(async () =>
        (await navigator.serviceWorker.getRegistrations()).map(({ active }) => active?.scriptURL),
      )
      expect(scripts).toEqual([`${site.url}/some/where/__outlast/worker.js`])
    }
  } finally {
    await site.close()
    await rm(folder, { recursive: true, force: true })
  }
})
