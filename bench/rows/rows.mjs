// @ts-check
/** Measures a row for all peers, in turns: what the machine does meanwhile is shared by all. */

import { BASELINES } from '../peers.mjs'
import { medians } from '../stats.mjs'
import { measureDelivery } from './delivery.mjs'
import { measureCapture, measureInteraction, measureLoad } from './main-thread.mjs'
import { measureBacklog, measureDurable, measureLimits, QUICK_SIZES, SIZES } from './scale.mjs'
import { measureSize } from './size.mjs'

/** @typedef {import('../bench.mjs').Run} Run */
/** @typedef {import('../peers.mjs').Peer} Peer */
/** @typedef {import('../results.mjs').Results} Results */

/**
 * @param {import('../options.mjs').Row} row
 * @param {Peer[]} peers
 * @param {Run} run
 * @param {Results} results
 */
export async function measureRow(row, peers, run, results) {
  const all = [...peers, ...BASELINES]
  switch (row) {
    case 'size':
      results.size = await inTurns('size', peers, { ...run, repeats: 1 }, measureSize)
      break
    case 'capture':
      results.capture = await inTurns('capture', all, run, (peer) => measureCapture(peer, run))
      break
    case 'load':
      results.load = await inTurns('load', all, run, (peer) => measureLoad(peer, run))
      break
    case 'interaction':
      // Its clicks are the repeats.
      results.interaction = await inTurns('interaction', all, { ...run, repeats: 1 }, (peer) =>
        measureInteraction(peer, run),
      )
      break
    case 'durable':
      results.durable = await inTurns('durable', peers, run, (peer) => measureDurable(peer, run))
      break
    case 'backlog':
      await measureBacklogs(peers, run, results)
      break
    case 'delivery':
      results.delivery = await measureDelivery(peers, run)
  }
}

/** @param {unknown} error */
const firstLine = (error) => (error instanceof Error ? error.message : String(error)).split('\n')[0]

/** A peer that takes longer than this for one repeat is measured once. */
const SLOW_MS = 15_000

/**
 * @template {Record<string, any>} T
 * @param {string} what
 * @param {Peer[]} peers
 * @param {Run} run
 * @param {(peer: Peer) => Promise<T>} measureOne
 * @returns {Promise<T[]>}
 */
async function inTurns(what, peers, { repeats, progress }, measureOne) {
  /** @type {Map<string, T[]>} */
  const found = new Map(peers.map(({ name }) => [name, []]))
  const slow = new Set()
  for (let repeat = 0; repeat < repeats; repeat++) {
    for (const peer of peers) {
      if (slow.has(peer)) continue
      const started = Date.now()
      try {
        const one = await measureOne(peer)
        found.get(peer.name)?.push(one)
        progress(`${what} ${repeat + 1}/${repeats} ${peer.name}: ${brief(one)}`)
      } catch (error) {
        // One peer that cannot be measured is told, and the others are measured all the same.
        slow.add(peer)
        progress(`${what} ${peer.name} failed: ${firstLine(error)}`)
      }
      if (Date.now() - started > SLOW_MS) slow.add(peer)
    }
  }
  return [...found.values()].filter((records) => records.length > 0).map((records) => medians(records))
}

/** @param {Record<string, unknown>} record */
const brief = (record) => figures(record).join(', ')

/**
 * @param {Record<string, unknown>} record
 * @returns {string[]}
 */
const figures = (record) =>
  Object.entries(record).flatMap(([key, value]) => {
    if (typeof value === 'number') return [`${key} ${Number(value.toPrecision(3))}`]
    return typeof value === 'object' && value !== null ? [`${key} (${figures({ ...value }).join(', ')})`] : []
  })

/** The largest backlog of a peer that drained the one before; nobody but outlast is made to gather 100,000. */
const MOST_OF_A_PEER = 10_000
/** Those whose backlogs are measured by --quick. */
const QUICK_BACKLOGS = ['outlast', 'posthog-js']

/**
 * The largest takes long enough to be its own average.
 *
 * @param {Peer} peer
 * @param {number} events
 * @param {number} repeats
 */
const timesFor = ({ name }, events, repeats) => (name === 'outlast' && events <= MOST_OF_A_PEER ? repeats : 1)

/**
 * @param {Peer[]} peers
 * @param {Run} run
 * @param {Results} results
 */
async function measureBacklogs(peers, run, results) {
  const { quick, repeats, progress } = run
  const chosen = peers.filter(({ name }) => !quick || QUICK_BACKLOGS.includes(name))
  for (const peer of chosen) {
    for (const events of quick ? QUICK_SIZES : SIZES) {
      if (peer.name !== 'outlast' && events > MOST_OF_A_PEER) break
      /** @type {import('./scale.mjs').Backlog[]} */
      const backlogs = []
      /** @type {import('./scale.mjs').Limits[]} */
      const limits = []
      for (let repeat = 0; repeat < timesFor(peer, events, repeats); repeat++) {
        try {
          const { backlog, bodies } = await measureBacklog(peer, events, run)
          backlogs.push(backlog)
          progress(`backlog ${peer.name}: ${brief(backlog)}`)
          if (peer.name !== 'outlast') continue
          const limit = await measureLimits(events, bodies)
          limits.push(limit)
          progress(`limits: ${brief(limit)}`)
        } catch (error) {
          progress(`backlog ${peer.name} failed: ${firstLine(error)}`)
          break
        }
      }
      if (limits.length > 0) results.limits.push(medians(limits))
      if (backlogs.length === 0) break
      const backlog = medians(backlogs)
      if (peer.name === 'outlast' || peer.worker) {
        try {
          const { workerBytes, workerPeakBytes } = (await measureBacklog(peer, events, run, true)).backlog
          Object.assign(backlog, { workerBytes, workerPeakBytes })
          progress(`memory ${peer.name}: ${brief({ workerBytes, workerPeakBytes })}`)
        } catch (error) {
          progress(`memory ${peer.name} failed: ${firstLine(error)}`)
        }
      }
      results.backlog.push(backlog)
      if (backlog.delivered < events) break
    }
  }
}
