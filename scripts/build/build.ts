/** Builds everything that is published into dist/, and the demo's page into dist-demo/. */

import { rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { type BuildOptions, build, type InlineConfig, type Plugin } from 'vite'
import { root } from '../paths'
import { collectNotices } from '../release/notices'
import { BRIDGES } from './bridges'
import { writeInspectorForReact } from './inspector-react'
import { INTERNAL_NAMES } from './internal-names'
import { shrink } from './shrink'
import { writeTypes } from './types'

const DIST = path.join(root, 'dist')
/** Built here first, so that whoever uses dist/ meanwhile finds it whole, and another build does not meet this one. */
const STAGE = path.join(root, `.cache/dist-${process.pid}`)

/** What every supported browser understands. */
const TARGET = 'es2022'

/** What a page loads late. The script-tag build finds it beside itself, in one folder with the worker. */
const LAZY = {
  'lazy/add-to-early': 'src/client/late/add-to-early.ts',
  'lazy/bootstrap': 'src/client/late/bootstrap.ts',
  'lazy/cross-subdomain': 'src/page/late/cross-subdomain/share.ts',
  'lazy/delivery': 'src/page/late/delivery.ts',
  'lazy/erase-stored': 'src/page/late/erase-stored.ts',
  'lazy/exceptions': 'src/page/script-tag/exceptions.ts',
  'lazy/fflate': 'src/adapters/fflate.ts',
  'lazy/flags': 'src/page/late/flags.ts',
  'lazy/heed-in-memory': 'src/page/late/heed-in-memory.ts',
  'lazy/in-page': 'src/page/late/in-page.ts',
  'lazy/keep-choice': 'src/page/late/keep-choice.ts',
  'lazy/masking': 'src/client/late/masking.ts',
  'lazy/pageviews': 'src/page/script-tag/pageviews.ts',
  'lazy/persistence': 'src/page/late/persistence.ts',
  'lazy/tracing-headers': 'src/tracing-headers.ts',
  'lazy/waiting': 'src/page/late/waiting.ts',
  'lazy/warnings': 'src/client/late/warnings.ts',
  'lazy/web-context': 'src/page/script-tag/web-context.ts',
  'lazy/web-vitals': 'src/page/script-tag/web-vitals.ts',
}

/** A number or a text that modules share is written where it is used, and not exported from one file to another. */
const constants = {
  optimization: { inlineConst: { mode: 'all', pass: 1 } as const },
  // A build is mostly the minifiers' time, and rolldown would say so for each file.
  checks: { pluginTimings: false },
}

const output = { entryFileNames: '[name].js', comments: { legal: true, annotation: false } }

const base: InlineConfig = {
  root,
  configFile: false,
  logLevel: 'warn',
  publicDir: false,
  // What its package names for bundlers is written for ES5, and nearly twice as large.
  resolve: { alias: { 'workbox-window': 'workbox-window/build/workbox-window.prod.mjs' } },
}

const notices = collectNotices()

await rm(STAGE, { recursive: true, force: true })
await buildModule('index', 'src/index.ts', { plugins: [loadedAlready()], names: INTERNAL_NAMES })
await buildModule('web-vitals', 'src/web-vitals.ts')
await buildModule('tracing-headers', 'src/tracing-headers.ts')
await buildModule('exceptions', 'src/exceptions.ts', { names: {} })
await buildModule('web-context', 'src/web-context.ts', { names: INTERNAL_NAMES })
await buildModule('pageviews', 'src/pageviews.ts', { names: INTERNAL_NAMES })
await buildModule('posthog-js', 'src/posthog-js.ts')
await buildModule('posthog-compat', 'src/posthog-compat.ts', { plugins: [otherEntries()] })
await buildModule('relay', 'src/relay.ts', { names: INTERNAL_NAMES, plugins: [otherEntries()] })
for (const bridge of BRIDGES) {
  await buildModule(`relay-${bridge}`, `src/bridges/${bridge}.ts`, { plugins: [otherEntries()] })
}
await buildModule('inspector', 'src/inspector.ts')
await buildModule('uninstall', 'src/uninstall.ts')
await buildModule('node', 'src/node.ts')
await buildModule('worker', 'sw/install.ts', { names: INTERNAL_NAMES })
for (const [name, file] of Object.entries(LAZY)) {
  await buildModule(`site/${name}`, file, { plugins: [lateModules('./')], names: INTERNAL_NAMES, ofScriptTag: true })
}
await buildModule('site/uninstall', 'src/uninstall.ts')
await buildClassic('site/outlast', 'src/script.ts', [carriedCode(), lateModules('./lazy/')])
await buildClassic('site/lazy/carried', 'src/page/script-tag/carried.ts')
await buildClassic('site/posthog-compat', 'src/posthog-compat-script.ts', [lateModules('./lazy/')])
await buildClassic('site/worker', 'sw/main.ts')
await buildTool('vite', 'src/build/vite.ts')
await buildTool('cli', 'src/build/cli.ts')
writeTypes(STAGE)
writeInspectorForReact(STAGE)
await notices.write(STAGE)
await rm(DIST, { recursive: true, force: true })
await rename(STAGE, DIST)
await build({ root, configFile: path.join(root, 'vite.config.ts'), logLevel: 'warn' })

/**
 * An ES module. Each entry is built alone, so that a page loads one file at first and not a graph of shared chunks.
 * The ones with `names` share objects (a page's first code hands them to what it loads late), so they share the names.
 */
async function buildModule(
  name: string,
  file: string,
  {
    plugins = [],
    names,
    ofScriptTag = false,
  }: {
    plugins?: Plugin[]
    ofScriptTag?: boolean
    /** Names of properties, and what these are called in the built file. */
    names?: Readonly<Record<string, string>>
  } = {},
) {
  await build({
    ...base,
    define: { __OUTLAST_SCRIPT_TAG__: String(ofScriptTag) },
    plugins: [notices.plugin(), ...plugins, ...(names ? [shrink({ module: true, target: TARGET, names })] : [])],
    build: {
      ...shared(),
      minify: !names,
      lib: { entry: { [name]: file }, formats: ['es'] },
      rolldownOptions: {
        ...constants,
        preserveEntrySignatures: 'allow-extension',
        // Vite leaves white space in a module library for the sake of its pure annotations, which nobody needs here:
        // an entry has nothing that a site's bundler could leave out.
        output: { ...output, chunkFileNames: 'chunks/[name].js', minify: !names, minifyInternalExports: true },
      },
    },
  })
}

/** A classic script in one file, except for what the plugins have it load late as modules. */
async function buildClassic(name: string, file: string, plugins: Plugin[] = []) {
  await build({
    ...base,
    define: { __OUTLAST_SCRIPT_TAG__: 'false' },
    plugins: [notices.plugin(), ...plugins, shrink({ module: false, target: TARGET, names: INTERNAL_NAMES })],
    build: {
      ...shared(),
      minify: false,
      lib: { entry: { [name]: file }, formats: ['iife'], name: 'outlastScript' },
      rolldownOptions: { ...constants, output },
    },
  })
}

/** What runs in Node while a site is built. */
async function buildTool(name: string, file: string) {
  await build({
    ...base,
    plugins: [notices.plugin()],
    build: {
      ...shared(),
      minify: false,
      sourcemap: false,
      ssr: file,
      rolldownOptions: { output: { entryFileNames: `${name}.js` } },
    },
  })
}

function shared(): BuildOptions {
  return { outDir: STAGE, emptyOutDir: false, target: TARGET, minify: true, sourcemap: true, copyPublicDir: false }
}

/**
 * Tells the bundler what is loaded by the time a late file is: it puts what several files share into the one that is there first,
 * but only where each of the others imports that one (rolldown 1.2). Otherwise what they share would be one more file for the first load.
 */
function loadedAlready(): Plugin {
  const first = path.join(root, 'src/index.ts')
  const delivery = path.join(root, 'src/page/late/delivery.ts')
  const before = new Map([[delivery, first]])
  for (const file of Object.values(LAZY)) {
    if (/^src\/(page|client)\/late\//.test(file) && !before.has(path.join(root, file)))
      before.set(path.join(root, file), delivery)
  }
  return {
    name: 'loaded-already',
    transform(code, id) {
      const there = before.get(id)
      if (!there && id !== first) return null
      const imported = there ? `import ${JSON.stringify(there)}\n` : ''
      return { code: imported + code, map: null, moduleSideEffects: true }
    },
  }
}

/** What uses another entry imports it, so that a page has one of it. */
function otherEntries(): Plugin {
  const files: Record<string, string> = {
    './index': './index.js',
    '../relay': './relay.js',
    '../../index': './index.js',
    '../../exceptions': './exceptions.js',
    '../../tracing-headers': './tracing-headers.js',
    '../../web-context': './web-context.js',
    '../../web-vitals': './web-vitals.js',
  }
  return {
    name: 'other-entries',
    enforce: 'pre',
    resolveId: (source) => (files[source] ? { id: files[source], external: true } : null),
  }
}

/** Has the script tag's file ask `late-code.ts` for what it loads late, in place of a bare `import()`. */
function carriedCode(): Plugin {
  const file = path.join(root, 'src/page/script-tag/late-code.ts')
  return {
    name: 'carried-code',
    enforce: 'pre',
    transform(code, id) {
      if (!id.startsWith(path.join(root, 'src')) || !/(?<!typeof )\bimport\('/.test(code)) return null
      const wrapped = code.replace(/(?<!typeof )\bimport\('[^']+'\)/g, (found) => `lateCode(() => ${found})`)
      return { code: `import { lateCode } from ${JSON.stringify(file)}\n${wrapped}`, map: null }
    },
  }
}

/** @param folder where a module that is loaded late is found from the file that loads it */
function lateModules(folder: string): Plugin {
  return {
    name: 'late-modules',
    enforce: 'pre',
    resolveDynamicImport(specifier, importer) {
      if (typeof specifier !== 'string' || !importer || !specifier.startsWith('.')) return null
      const file = path.relative(root, path.resolve(path.dirname(importer), `${specifier}.ts`))
      const names = Object.entries(LAZY)
      const named = names.find(([, source]) => source === file)
      // An entry whose file for the script tag has its name, and more in it.
      const [late] = named ?? names.find(([name]) => path.basename(name) === path.basename(specifier)) ?? []
      // It would be looked for where no site has it.
      if (!late) throw new Error(`${file} is loaded late, and LAZY has no name for its file`)
      return { id: `${folder}${path.basename(late)}.js`, external: true }
    },
  }
}
