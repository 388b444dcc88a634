/** Puts the results of a whole run into docs/benchmarks.md and the README, between markers, and draws the plots. */

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { root } from '../scripts/paths'
import { Problem } from '../scripts/problem'
import {
  comparisonTable,
  deliveryTable,
  durableTable,
  mainThreadTable,
  modulesTable,
  quietTable,
  scaleTable,
  sizeTable,
  targetTable,
} from './markdown'
import { bars, lines, type Series } from './plot'
import { counts, type Results } from './results'

export function writeDocuments(results: Results) {
  const plots = path.join(root, 'docs/bench')
  mkdirSync(plots, { recursive: true })
  for (const [name, svg] of Object.entries(drawPlots(results))) writeFileSync(path.join(plots, `${name}.svg`), svg)
  const parts = {
    run: runLine(results),
    targets: targetTable(results),
    delivery: deliveryTable(results),
    'main-thread': mainThreadTable(results),
    durable: durableTable(results),
    scale: scaleTable(results),
    quiet: quietTable(results) || 'Not measured in this run.',
    size: sizeTable(results),
    modules: modulesTable(results),
    comparison: comparisonTable(results),
  }
  for (const name of ['docs/benchmarks.md', 'README.md']) {
    const file = path.join(root, name)
    if (!existsSync(file)) throw new Problem(`${name} is missing: the tables go between its markers.`)
    writeFileSync(file, fill(readFileSync(file, 'utf8'), parts))
  }
}

/** Replaces what stands between `<!-- bench:name -->` and `<!-- /bench:name -->`, wherever there are such markers. */
export function fill(text: string, parts: Record<string, string>) {
  return Object.entries(parts).reduce(
    (filled, [name, part]) =>
      filled.replace(
        new RegExp(`(<!-- bench:${name} -->)[^]*?(<!-- /bench:${name} -->)`, 'g'),
        (_, open, close) => `${open}\n\n${part}\n\n${close}`,
      ),
    text,
  )
}

function runLine({ date, machine, browser, versions }: Results) {
  const names = Object.entries(versions).map(([name, version]) => `${name} ${version}`)
  return `Measured on ${date}: ${browser}, ${machine}. ${names.join(', ')}.`
}

export function drawPlots(results: Results) {
  const { backlog, limits, capture, load } = results
  const ours = backlog.filter(({ peer, delivered, events }) => peer === 'outlast' && delivered === events)
  const curve = (read: (one: (typeof ours)[number]) => number | null) =>
    ours.flatMap((one) => pointOf(one.events, read(one)))
  const limit = (read: (one: (typeof limits)[number]) => number | null) =>
    limits.flatMap((one) => pointOf(one.events, read(one)))
  const shown = ({ peer }: { peer: string }) => counts(results, peer) && peer !== 'none'
  return {
    drain: lines({
      title: 'Draining a backlog',
      x: 'events in the backlog',
      y: 'seconds',
      series: filled([
        { name: 'outlast', points: curve(({ drainMs }) => drainMs / 1_000) },
        { name: 'bare fetch', points: limit(({ fetchMs }) => fetchMs && fetchMs / 1_000) },
      ]),
    }),
    durable: lines({
      title: 'Making events durable',
      x: 'events captured, offline',
      y: 'seconds',
      series: filled([
        { name: 'outlast', points: curve(({ durableMs }) => durableMs && durableMs / 1_000) },
        { name: 'bare IndexedDB', points: limit(({ indexedDbMs }) => indexedDbMs / 1_000) },
        { name: 'JSON alone', points: limit(({ stringifyMs }) => stringifyMs / 1_000) },
      ]),
    }),
    memory: lines({
      title: "The worker's memory while it drains",
      x: 'events in the backlog',
      y: 'MB',
      series: filled([{ name: 'outlast', points: curve(({ workerBytes }) => workerBytes && workerBytes / 1_000_000) }]),
    }),
    capture: bars({
      title: 'One capture on the main thread',
      unit: 'µs',
      bars: capture.filter(shown).map(({ peer, medianUs }) => ({ name: peer, value: medianUs })),
    }),
    load: bars({
      title: `Main-thread time for ${(load[0]?.captured ?? 0).toLocaleString('en')} events until delivered`,
      unit: 'ms',
      bars: load.filter(shown).map(({ peer, taskMs, delivered, captured }) => ({
        name: peer,
        value: taskMs,
        note: delivered < captured ? `, ${delivered.toLocaleString('en')} arrived` : '',
      })),
    }),
  }
}

const pointOf = (x: number, y: number | null): [number, number][] => (y === null || !(y > 0) ? [] : [[x, y]])

const filled = (series: Series[]) => series.filter(({ points }) => points.length > 0)
