// @ts-check
/** Makes each peer's page, as a site's own build would: Vite, minified. */

import { copyFileSync, cpSync, existsSync, mkdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import { build } from 'vite'
import { root } from '../scripts/paths.mjs'
import { Problem } from '../scripts/problem.mjs'

const bench = path.join(root, 'bench')
const output = path.join(root, '.cache/bench')

/** @param {string} peer */
export const bundleFolder = (peer) => path.join(output, peer)

/** The built library as it is when the run starts: somebody may build again in the middle of it. */
export const libraryFolder = path.join(output, 'library')

/** @param {string} dist */
export function keepLibrary(dist) {
  for (const file of ['index.js', 'site/worker.js']) {
    if (!existsSync(path.join(dist, file))) throw new Problem(`${dist} has no ${file}. Run "npm run build" first.`)
  }
  rmSync(libraryFolder, { recursive: true, force: true })
  cpSync(dist, libraryFolder, { recursive: true })
}

/** @param {import('./peers.mjs').Peer} peer */
export async function bundlePage({ name, worker }) {
  const folder = bundleFolder(name)
  await bundle(folder, 'page', path.join(bench, 'page/page.mjs'), { peer: path.join(bench, `peers/${name}.mjs`) })
  if (worker) await bundle(folder, 'worker', path.join(bench, `peers/${name}.worker.mjs`), {}, false)
  mkdirSync(folder, { recursive: true })
  for (const file of ['index.html', 'away.html']) copyFileSync(path.join(bench, 'page', file), path.join(folder, file))
}

/**
 * The peer alone, without the page that measures it: what its users load.
 *
 * @param {import('./peers.mjs').Peer} peer
 * @returns {Promise<{ first: string[], worker: string[] }>} files
 */
export async function bundleAlone({ name, worker }) {
  const folder = path.join(output, `${name}.size`)
  const chunks = await bundle(folder, 'entry', path.join(bench, 'page/alone.mjs'), {
    peer: path.join(bench, `peers/${name}.mjs`),
  })
  return {
    first: staticGraph(chunks, 'entry.js').map((file) => path.join(folder, file)),
    worker: worker ? [path.join(bundleFolder(name), 'worker.js')] : [],
  }
}

/** @typedef {{ fileName: string, imports: string[] }} Chunk */

/**
 * @param {string} folder
 * @param {string} name of the file, without .js
 * @param {string} entry
 * @param {Record<string, string>} alias
 * @param {boolean} [module] or a classic script in one file
 * @returns {Promise<Chunk[]>}
 */
async function bundle(folder, name, entry, alias, module = true) {
  if (!existsSync(entry)) throw new Error(`no such file: ${entry}`)
  const built = await build({
    configFile: false,
    root: bench,
    logLevel: 'error',
    publicDir: false,
    resolve: { alias },
    define: { 'process.env.NODE_ENV': '"production"' },
    build: {
      outDir: folder,
      emptyOutDir: module,
      target: 'es2022',
      minify: true,
      modulePreload: false,
      reportCompressedSize: false,
      chunkSizeWarningLimit: 5_000,
      rollupOptions: {
        input: { [name]: entry },
        preserveEntrySignatures: 'strict',
        output: {
          format: module ? 'es' : 'iife',
          entryFileNames: '[name].js',
          chunkFileNames: 'chunks/[name]-[hash].js',
        },
      },
    },
  })
  const { output: files } = /** @type {import('vite').Rolldown.RolldownOutput} */ (
    Array.isArray(built) ? built[0] : built
  )
  return files.flatMap((file) => (file.type === 'chunk' ? [{ fileName: file.fileName, imports: file.imports }] : []))
}

/**
 * A file and all that it imports without being asked to.
 *
 * @param {Chunk[]} chunks
 * @param {string} from
 * @param {Set<string>} [seen]
 * @returns {string[]}
 */
function staticGraph(chunks, from, seen = new Set()) {
  if (seen.has(from)) return []
  seen.add(from)
  const imports = chunks.find(({ fileName }) => fileName === from)?.imports ?? []
  return [from, ...imports.flatMap((next) => staticGraph(chunks, next, seen))]
}
