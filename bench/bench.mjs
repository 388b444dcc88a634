// @ts-check
/**
 * `npm run bench`: outlast and its peers, measured in one run in real Chromium against one local endpoint.
 *
 *     npm run bench                                  everything, some 20 minutes; writes docs/benchmarks.md
 *     npm run bench -- --quick                       everything, shorter; writes no documents
 *     npm run bench -- --only capture,load           some rows
 *     npm run bench -- --peers outlast,posthog-js    some peers
 *     npm run bench -- --dist ../other/dist          another build of the library
 *     npm run bench -- --render                      the documents again, from the last whole run
 */

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import path from 'node:path'
import { ensureBuild } from '../scripts/ensure-build.mjs'
import { ensureDependencies } from '../scripts/ensure-dependencies.mjs'
import { root } from '../scripts/paths.mjs'
import { run as main } from '../scripts/problem.mjs'
import { writeDocuments } from './documents.mjs'
import { tables } from './markdown.mjs'
import { parseOptions, ROWS } from './options.mjs'
import { BASELINES, PEERS } from './peers.mjs'
import { judge, targetLine } from './targets.mjs'

/** @typedef {import('./results.mjs').Results} Results */
/** @typedef {{ quick: boolean, repeats: number, progress: (line: string) => void }} Run */

/** The last whole run: the documents are made from it. */
const KEPT = path.join(root, 'bench/results/latest.json')
/** Any other run. */
const SCRATCH = path.join(root, '.cache/bench/latest.json')

// Playwright would close its browsers and leave the run going.
process.once('SIGTERM', () => process.exit(143))

await main(async () => {
  const options = parseOptions(
    process.argv.slice(2),
    PEERS.map(({ name }) => name),
  )
  if (options.render) return void writeDocuments(JSON.parse(readFileSync(KEPT, 'utf8')))
  ensureDependencies()
  ensureDependencies(path.join(root, 'bench'))
  if (options.dist === 'dist') ensureBuild()
  const started = Date.now()
  const results = await measure(options)
  const file = options.whole ? KEPT : SCRATCH
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`)
  console.log(tables(results).join('\n\n'))
  if (options.whole) writeDocuments(results)
  const minutes = ((Date.now() - started) / 60_000).toFixed(1)
  console.log(`\n${targetLine(judge(results))}; ${minutes} min; ${path.relative(root, file)}`)
})

/**
 * @param {import('./options.mjs').Options} options
 * @returns {Promise<Results>}
 */
async function measure({ rows, peers: names, quick, dist }) {
  const { ensureChromium } = await import('../scripts/browser.mjs')
  const { version } = ensureChromium()
  const { bundlePage, keepLibrary } = await import('./bundle.mjs')
  const { measureRow } = await import('./rows/rows.mjs')
  const peers = PEERS.filter(({ name }) => names.includes(name))
  const started = Date.now()
  const progress = (/** @type {string} */ line) => {
    const seconds = Math.round((Date.now() - started) / 1_000)
    console.error(`[${String(seconds).padStart(4)} s] ${line}`)
  }
  progress('bundling')
  keepLibrary(path.resolve(root, dist))
  for (const peer of [...peers, ...BASELINES]) await bundlePage(peer)

  /** @type {Results} */
  const results = {
    date: new Date().toISOString().slice(0, 10),
    machine: `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}`,
    browser: `Chromium ${version}`,
    quick,
    versions: Object.fromEntries(peers.flatMap((peer) => versionOf(peer))),
    size: [],
    capture: [],
    load: [],
    interaction: [],
    durable: [],
    backlog: [],
    limits: [],
    delivery: [],
  }
  const run = { quick, repeats: quick ? 1 : 3, progress }
  for (const row of ROWS) if (rows.includes(row)) await measureRow(row, peers, run, results)
  return results
}

/**
 * @param {import('./peers.mjs').Peer} peer
 * @returns {[string, string][]}
 */
function versionOf({ name, package: from }) {
  const file = path.join(root, from ? `bench/node_modules/${from}` : '', 'package.json')
  return [[name, JSON.parse(readFileSync(file, 'utf8')).version]]
}
