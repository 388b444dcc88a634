// @ts-check
/** Puts the results of a whole run into docs/benchmarks.md and the README, between markers, and draws the plots. */

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { root } from '../scripts/paths.mjs'
import { Problem } from '../scripts/problem.mjs'
import {
  comparisonTable,
  deliveryTable,
  durableTable,
  mainThreadTable,
  scaleTable,
  sizeTable,
  targetTable,
} from './markdown.mjs'
import { bars, lines } from './plot.mjs'
import { counts } from './results.mjs'

/** @typedef {import('./results.mjs').Results} Results */

/** @param {Results} results */
export function writeDocuments(results) {
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
    size: sizeTable(results),
    comparison: comparisonTable(results),
  }
  for (const name of ['docs/benchmarks.md', 'README.md']) {
    const file = path.join(root, name)
    if (!existsSync(file)) throw new Problem(`${name} is missing: the tables go between its markers.`)
    writeFileSync(file, fill(readFileSync(file, 'utf8'), parts))
  }
}

/**
 * Replaces what stands between `<!-- bench:name -->` and `<!-- /bench:name -->`, wherever there are such markers.
 *
 * @param {string} text
 * @param {Record<string, string>} parts
 */
export function fill(text, parts) {
  return Object.entries(parts).reduce(
    (filled, [name, part]) =>
      filled.replace(
        new RegExp(`(<!-- bench:${name} -->)[^]*?(<!-- /bench:${name} -->)`, 'g'),
        (_, open, close) => `${open}\n\n${part}\n\n${close}`,
      ),
    text,
  )
}

/** @param {Results} results */
function runLine({ date, machine, browser, versions }) {
  const names = Object.entries(versions).map(([name, version]) => `${name} ${version}`)
  return `Measured on ${date}: ${browser}, ${machine}. ${names.join(', ')}.`
}

/** @param {Results} results */
export function drawPlots(results) {
  const { backlog, limits, capture, load } = results
  const ours = backlog.filter(({ peer, delivered, events }) => peer === 'outlast' && delivered === events)
  const curve = (/** @type {(one: typeof ours[number]) => number | null} */ read) =>
    ours.flatMap((one) => pointOf(one.events, read(one)))
  const limit = (/** @type {(one: typeof limits[number]) => number | null} */ read) =>
    limits.flatMap((one) => pointOf(one.events, read(one)))
  const shown = (/** @type {{ peer: string }} */ { peer }) => counts(results, peer) && peer !== 'none'
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

/**
 * @param {number} x
 * @param {number | null} y
 * @returns {[number, number][]}
 */
const pointOf = (x, y) => (y === null || !(y > 0) ? [] : [[x, y]])

/** @param {import('./plot.mjs').Series[]} series */
const filled = (series) => series.filter(({ points }) => points.length > 0)
