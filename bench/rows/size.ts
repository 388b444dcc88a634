/**
 * What a page must load of a peer, what it loads by itself after that, and its worker: each file compressed on its own.
 * What is loaded later is what a browser is seen to load, with events captured and delivered.
 */

import { readFileSync } from 'node:fs'
import path from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { largestModules, MEASURED } from '../../scripts/build/module-sizes'
import { bundleAlone, bundleFolder, libraryFolder } from '../bundle'
import type { Peer } from '../peers'
import { withPage } from './browser'

interface Bytes {
  brotli: number
  gzip: number
}
export interface Size {
  peer: string
  /** What a page must load. */
  first: Bytes
  /** What a page loads by itself after that. */
  later: Bytes
  worker: Bytes
  /** For outlast alone: what a page without a worker loads instead. */
  fallback?: Bytes
}

export async function measureSize(peer: Peer): Promise<Size> {
  if (peer.name === 'outlast') return measureLibrary()
  const { first, worker } = await bundleAlone(peer)
  const known = staticImports(bundleFolder(peer.name), 'page.js')
  const seen = await loadedBy(peer.name, '/')
  const later = seen.filter((file) => file.endsWith('.js') && file !== 'worker.js' && !known.includes(file))
  return {
    peer: peer.name,
    first: sizeOf(first),
    later: sizeOf(later.map((file) => path.join(bundleFolder(peer.name), file))),
    worker: sizeOf(worker),
  }
}

async function measureLibrary(): Promise<Size> {
  const first = staticImports(libraryFolder, 'index.js')
  const besidesFirst = async (options: Record<string, unknown>) => {
    const seen = await loadedBy('outlast', '/outlast/', options)
    return sizeOf(seen.filter((file) => !first.includes(file)).map((file) => path.join(libraryFolder, file)))
  }
  return {
    peer: 'outlast',
    first: sizeOf(first.map((file) => path.join(libraryFolder, file))),
    later: await besidesFirst({}),
    worker: sizeOf([path.join(libraryFolder, 'site/worker.js')]),
    fallback: await besidesFirst({ worker: { url: '/none.js' } }),
  }
}

/** What in the library's files is large, and what it is for. */
export const measureModules = () =>
  MEASURED.map(([of, file]) => ({ of, largest: largestModules(path.join(libraryFolder, file)) }))

const EVENTS = 10
const PATIENCE_MS = 10_000

/** The files below a prefix that a page loads until its events are delivered. */
function loadedBy(peer: string, prefix: string, options?: Record<string, unknown>): Promise<string[]> {
  return withPage(
    peer,
    async ({ page, visit }) => {
      await visit.capture(page, EVENTS)
      await visit.ingest.arrived(EVENTS, PATIENCE_MS)
      const urls = await page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name))
      const own = urls.map((url) => new URL(url)).filter(({ origin }) => origin === new URL(visit.siteUrl).origin)
      return own.flatMap(({ pathname }) => (pathname.startsWith(prefix) ? [pathname.slice(prefix.length)] : []))
    },
    { options },
  )
}

/** A file and all that it imports without being asked to. */
function staticImports(folder: string, entry: string): string[] {
  const found = new Set([entry])
  for (const file of found) {
    const code = readFileSync(path.join(folder, file), 'utf8')
    for (const [, from = ''] of code.matchAll(/(?:\bimport|\bfrom)\s*["'](\.[^"']+)["']/g)) {
      found.add(path.join(path.dirname(file), from))
    }
  }
  return [...found]
}

function sizeOf(files: string[]) {
  const params = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY }
  return files
    .map((file) => readFileSync(file))
    .reduce(
      (sum, content) => ({
        brotli: sum.brotli + brotliCompressSync(content, { params }).length,
        gzip: sum.gzip + gzipSync(content, { level: 9 }).length,
      }),
      { brotli: 0, gzip: 0 },
    )
}
