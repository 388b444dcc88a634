/**
 * `npm run bench`: outlast and its peers, measured in one run in real Chromium against one local endpoint.
 *
 *     npm run bench                                  everything, in 24 minutes on two cores; writes docs/benchmarks.md
 *     npm run bench -- --quick                       every row, shorter, of three peers, in 3 minutes; writes no documents
 *     npm run bench -- --only capture,load           some rows
 *     npm run bench -- --peers outlast,posthog-js    some peers
 *     npm run bench -- --dist ../other/dist          another build of the library
 *     npm run bench -- --render                      the documents again, from the last whole run
 */

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import path from 'node:path'
import { ensureDependencies } from '../scripts/bootstrap/ensure-dependencies.mjs'
import { ensureBuild } from '../scripts/build/ensure-build'
import { root } from '../scripts/paths'
import { run as main } from '../scripts/problem'
import { writeDocuments } from './documents'
import { tables } from './markdown'
import { type Options, parseOptions, ROWS } from './options'
import { BASELINES, bridgedOf, PEERS, type Peer, QUICK_PEERS } from './peers'
import type { Results } from './results'
import { judge, targetLine } from './targets'

export interface Run {
  quick: boolean
  repeats: number
  progress: (line: string) => void
}

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
    QUICK_PEERS,
  )
  if (options.render) return void writeDocuments(JSON.parse(readFileSync(KEPT, 'utf8')))
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

async function measure({ rows, peers: names, quick, dist }: Options): Promise<Results> {
  const { ensureChromium } = await import('../scripts/browsers/browser')
  const { version } = ensureChromium()
  const { bundlePage, keepLibrary } = await import('./bundle')
  const { measureRow } = await import('./rows/rows')
  const peers = PEERS.filter(({ name }) => names.includes(name))
  const started = Date.now()
  const progress = (line: string) => {
    const seconds = Math.round((Date.now() - started) / 1_000)
    console.error(`[${String(seconds).padStart(4)} s] ${line}`)
  }
  progress('bundling')
  keepLibrary(path.resolve(root, dist))
  for (const peer of [...peers, ...bridgedOf(peers), ...BASELINES]) await bundlePage(peer)

  const results: Results = {
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
  const run = { quick, repeats: quick ? 1 : 5, progress }
  for (const row of ROWS) if (rows.includes(row)) await measureRow(row, peers, run, results)
  return results
}

function versionOf({ name, package: from }: Peer): [string, string][] {
  const file = path.join(root, from ? `bench/node_modules/${from}` : '', 'package.json')
  return [[name, JSON.parse(readFileSync(file, 'utf8')).version]]
}
