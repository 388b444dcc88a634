/**
 * `npm run loss`: how long after `capture` an event survives a killed browser. Real Chromium is killed (SIGKILL, all
 * processes) while a page captures an event every 5 ms, and the next start tells what is left.
 *
 *     npm run loss -- --kills 20                        as many kills a row (100)
 *     npm run loss -- --only first-visit,no-worker      these rows alone: worker-running, worker-stopped, first-visit,
 *                                                       slow-files, no-worker-file, no-worker
 *     npm run loss -- --seed 7                          other moments to kill at
 *     npm run loss -- --dist ../before/dist             another build than this one
 *     npm run loss -- --json FILE                       every kill, for machines
 */

import { writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { ensureBuild } from '../../scripts/build/ensure-build'
import { commandLine, someOf, wholeNumber } from '../../scripts/command-line'
import { root } from '../../scripts/paths'
import { Problem, run } from '../../scripts/problem'
import { createRandom } from '../support/random'
import { killMoments } from './kill-moments'
import { ROWS, type Row, type RowName } from './loss-rows'
import { lossTable } from './loss-table'
import { summaryOf } from './loss-window'

/** With fewer the p90 is a matter of luck. */
const DEFAULT_KILLS = 100

await run(async () => {
  const values = commandLine(import.meta.url, {
    kills: { type: 'string', default: String(DEFAULT_KILLS) },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
    dist: { type: 'string' },
    json: { type: 'string' },
  })
  const kills = wholeNumber('kills', values.kills, { least: 1 })
  const seed = wholeNumber('seed', values.seed)
  const names = someOf('only', values.only, Object.keys(ROWS) as RowName[])
  if (values.dist === undefined) ensureBuild()
  const { ensureChromium } = await import('../../scripts/browsers/browser')
  const { startLossSite } = await import('./loss-site')
  const { playRow } = await import('./loss-play')
  const chromium = ensureChromium()
  const machine = `${os.availableParallelism()} cores (${os.cpus()[0]?.model.trim()}), Chromium ${chromium.version}`

  const site = await startLossSite(path.resolve(values.dist ?? path.join(root, 'dist')))
  const stopping = new AbortController()
  const stop = () => stopping.abort()
  process.once('SIGINT', stop).once('SIGTERM', stop)
  const measured = []
  try {
    for (const name of names) {
      const row: Row = ROWS[name]
      const losses = await playRow(row, {
        moments: killMoments(kills, row.killed, createRandom(seed)),
        site,
        signal: stopping.signal,
        onKill: (done) => {
          if (process.stderr.isTTY) process.stderr.write(`\r${row.title}: ${done}/${kills} `)
        },
      })
      const [load] = os.loadavg()
      const summary = summaryOf(losses)
      measured.push({ name, title: row.title, summary, load, losses })
      const [median, worst] = [summary.medianMs, summary.worstMs].map((ms) => ms.toFixed(0))
      console.error(`${process.stderr.isTTY ? '\r' : ''}${row.title}: median ${median} ms, worst ${worst} ms`)
      if (values.json) writeFileSync(values.json, JSON.stringify({ machine, seed, rows: measured }, null, 2))
    }
  } catch (error) {
    // What was being asked of the browser fails with it.
    throw stopping.signal.aborted ? new Problem('Stopped.') : error
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop)
    await site.close()
  }
  console.log(`${lossTable(measured)}\n\n${machine}`)
})
