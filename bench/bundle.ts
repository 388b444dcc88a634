/** Makes each peer's page, as a site's own build would: Vite, minified. */

import { copyFileSync, cpSync, existsSync, mkdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import { build, type Rolldown } from 'vite'
import { root } from '../scripts/paths'
import { Problem } from '../scripts/problem'
import type { Peer } from './peers'

const bench = path.join(root, 'bench')
const output = path.join(root, '.cache/bench')

export const bundleFolder = (peer: string) => path.join(output, peer)

/** The built library as it is when the run starts: somebody may build again in the middle of it. */
export const libraryFolder = path.join(output, 'library')

export function keepLibrary(dist: string) {
  for (const file of ['index.js', 'site/worker.js']) {
    if (!existsSync(path.join(dist, file))) throw new Problem(`${dist} has no ${file}. Run "npm run build" first.`)
  }
  rmSync(libraryFolder, { recursive: true, force: true })
  cpSync(dist, libraryFolder, { recursive: true })
}

export async function bundlePage({ name, worker }: Peer) {
  const folder = bundleFolder(name)
  await bundle(folder, 'page', path.join(bench, 'page/page.ts'), { peer: path.join(bench, `peers/${name}.ts`) })
  if (worker) await bundle(folder, 'worker', path.join(bench, `peers/${name}.worker.ts`), {}, false)
  mkdirSync(folder, { recursive: true })
  for (const file of ['index.html', 'away.html']) copyFileSync(path.join(bench, 'page', file), path.join(folder, file))
}

/**
 * The peer alone, without the page that measures it: what its users load.
 *
 * @returns files
 */
export async function bundleAlone({ name, worker }: Peer): Promise<{ first: string[]; worker: string[] }> {
  const folder = path.join(output, `${name}.size`)
  const chunks = await bundle(folder, 'entry', path.join(bench, 'page/alone.ts'), {
    peer: path.join(bench, `peers/${name}.ts`),
  })
  return {
    first: staticGraph(chunks, 'entry.js').map((file) => path.join(folder, file)),
    worker: worker ? [path.join(bundleFolder(name), 'worker.js')] : [],
  }
}

interface Chunk {
  fileName: string
  imports: string[]
}

/**
 * @param name of the file, without .js
 * @param module or a classic script in one file
 */
async function bundle(
  folder: string,
  name: string,
  entry: string,
  alias: Record<string, string>,
  module: boolean = true,
): Promise<Chunk[]> {
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
  const { output: files } = (Array.isArray(built) ? built[0] : built) as Rolldown.RolldownOutput
  return files.flatMap((file) => (file.type === 'chunk' ? [{ fileName: file.fileName, imports: file.imports }] : []))
}

/** A file and all that it imports without being asked to. */
function staticGraph(chunks: Chunk[], from: string, seen: Set<string> = new Set()): string[] {
  if (seen.has(from)) return []
  seen.add(from)
  const imports = chunks.find(({ fileName }) => fileName === from)?.imports ?? []
  return [from, ...imports.flatMap((next) => staticGraph(chunks, next, seen))]
}
