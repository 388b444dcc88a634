// @ts-check
/**
 * What a page must load of a peer, what it loads by itself after that, and its worker: each file compressed on its own.
 * What is loaded later is what a browser is seen to load, with events captured and delivered.
 */

import { readFileSync } from 'node:fs'
import path from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { bundleAlone, bundleFolder, libraryFolder } from '../bundle.mjs'
import { withPage } from './browser.mjs'

/** @typedef {{ brotli: number, gzip: number }} Bytes */
/**
 * @typedef {object} Size
 * @property {string} peer
 * @property {Bytes} first what a page must load
 * @property {Bytes} later what it loads by itself after that
 * @property {Bytes} worker
 * @property {Bytes} [fallback] outlast: what a page without a worker loads instead
 */

/**
 * @param {import('../peers.mjs').Peer} peer
 * @returns {Promise<Size>}
 */
export async function measureSize(peer) {
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

/** @returns {Promise<Size>} */
async function measureLibrary() {
  const first = staticImports(libraryFolder, 'index.js')
  const besidesFirst = async (/** @type {Record<string, unknown>} */ options) => {
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

const EVENTS = 10
const PATIENCE_MS = 10_000

/**
 * The files below a prefix that a page loads until its events are delivered.
 *
 * @param {string} peer
 * @param {string} prefix
 * @param {Record<string, unknown>} [options]
 * @returns {Promise<string[]>}
 */
function loadedBy(peer, prefix, options) {
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

/**
 * A file and all that it imports without being asked to.
 *
 * @param {string} folder
 * @param {string} entry
 * @returns {string[]}
 */
function staticImports(folder, entry) {
  const found = new Set([entry])
  for (const file of found) {
    const code = readFileSync(path.join(folder, file), 'utf8')
    for (const [, from = ''] of code.matchAll(/(?:\bimport|\bfrom)\s*["'](\.[^"']+)["']/g)) {
      found.add(path.join(path.dirname(file), from))
    }
  }
  return [...found]
}

/** @param {string[]} files */
function sizeOf(files) {
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
