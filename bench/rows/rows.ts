/** Measures a row for all peers, in turns: what the machine does meanwhile is shared by all. */

import type { Run } from '../bench'
import type { Row } from '../options'
import { BASELINES, bridgedOf, type Peer, QUICK_PEERS } from '../peers'
import type { Results } from '../results'
import { medians } from '../stats'
import { measureDelivery } from './delivery'
import { measureCapture, measureInteraction, measureLoad } from './main-thread'
import { measureQuiet } from './quiet'
import {
  type Backlog,
  type Limits,
  measureBacklog,
  measureDurable,
  measureLimits,
  PER_TASK,
  patienceFor,
  QUICK_SIZES,
  SIZES,
} from './scale'
import { measureModules, measureSize } from './size'

export async function measureRow(row: Row, peers: Peer[], run: Run, results: Results) {
  const all = [...peers, ...BASELINES]
  switch (row) {
    case 'size':
      results.size = await inTurns('size', peers, { ...run, repeats: 1 }, measureSize)
      results.modules = measureModules()
      break
    case 'capture':
      results.capture = await inTurns('capture', all, run, measureCapture)
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
      results.durable = await inTurns('durable', peers, run, (peer) => measureDurable(peer, run), SLOW_TO_STORE_MS)
      break
    case 'backlog':
      await measureBacklogs(peers, run, results)
      break
    case 'quiet':
      // Each in a browser of its own at once: more than these would not leave the processor idle.
      results.quiet = await measureQuiet(
        all.filter(({ name }) => QUIET.includes(name)),
        run,
      )
      break
    case 'delivery':
      results.delivery = await measureDelivery([...peers, ...bridgedOf(peers)], run)
  }
}

const firstLine = (error: unknown) => (error instanceof Error ? error.message : String(error)).split('\n')[0]

/** A peer that takes longer than this for one repeat is measured once. */
const SLOW_MS = 15_000
/** The same where it is to store events. */
const SLOW_TO_STORE_MS = 5_000

async function inTurns<T extends object>(
  what: string,
  peers: Peer[],
  { repeats, progress }: Run,
  measureOne: (peer: Peer) => Promise<T>,
  slowMs: number = SLOW_MS,
): Promise<T[]> {
  const found = new Map<string, T[]>(peers.map(({ name }) => [name, []]))
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
      if (Date.now() - started > slowMs) slow.add(peer)
    }
  }
  return [...found.values()].filter((records) => records.length > 0).map((records) => medians(records))
}

const brief = (record: object) => figures(record).join(', ')

const figures = (record: object): string[] =>
  Object.entries(record).flatMap(([key, value]) => {
    if (typeof value === 'number') return [`${key} ${Number(value.toPrecision(3))}`]
    return typeof value === 'object' && value !== null ? [`${key} (${figures({ ...value }).join(', ')})`] : []
  })

/** The largest backlog of a peer that drained the one before; nobody but outlast is made to gather 100,000. */
const MOST_OF_A_PEER = 10_000
/** So many events, each in a task of its own: what the browser alone takes to write each in a transaction of its own is long. */
const ONE_PER_TASK = 5_000
/** Those whose quiet pages are measured. */
const QUIET = [...QUICK_PEERS, ...BASELINES.map(({ name }) => name)]
/** Those whose backlogs are measured by --quick: of workbox nearly none arrives, which takes its time to be seen. */
const QUICK_BACKLOGS = ['outlast', 'posthog-js']

async function measureBacklogs(peers: Peer[], run: Run, results: Results) {
  const { quick, repeats, progress } = run
  for (const peer of peers.filter(({ name }) => !quick || QUICK_BACKLOGS.includes(name))) {
    const ours = peer.name === 'outlast'
    for (const events of quick ? QUICK_SIZES : SIZES) {
      if (!ours && events > MOST_OF_A_PEER) break
      const measured = await measureTimes(peer, events, PER_TASK, { ...run, repeats: ours ? repeats : 1 })
      if (!measured) break
      const { backlog, limits } = measured
      if (limits) results.limits.push(limits)
      if (ours) {
        try {
          const { workerBytes, workerPeakBytes } = (await measureBacklog(peer, events, run, { watched: true })).backlog
          Object.assign(backlog, { workerBytes, workerPeakBytes })
          progress(`memory ${peer.name}: ${brief({ workerBytes, workerPeakBytes })}`)
        } catch (error) {
          progress(`memory ${peer.name} failed: ${firstLine(error)}`)
        }
      }
      results.backlog.push(backlog)
      if (backlog.delivered < events) break
      // One that takes too long for ten times the events, at the same rate, is not given them.
      if (!ours && backlog.drainMs * 10 > patienceFor(events * 10, quick)) break
    }
    if (ours) results.onePerTask = await measureTimes(peer, ONE_PER_TASK, 1, run)
  }
}

/** Undefined where none could be measured. */
async function measureTimes(peer: Peer, events: number, perTask: number, run: Run) {
  const backlogs: Backlog[] = []
  const found: Limits[] = []
  for (let repeat = 0; repeat < run.repeats; repeat++) {
    try {
      const { backlog, bodies } = await measureBacklog(peer, events, run, { perTask })
      backlogs.push(backlog)
      run.progress(`backlog ${peer.name}: ${brief(backlog)}`)
      if (peer.name !== 'outlast') continue
      const limits = await measureLimits(events, bodies, perTask)
      found.push(limits)
      run.progress(`limits: ${brief(limits)}`)
    } catch (error) {
      run.progress(`backlog ${peer.name} failed: ${firstLine(error)}`)
      break
    }
  }
  if (backlogs.length === 0) return undefined
  return { backlog: medians(backlogs), limits: found.length > 0 ? medians(found) : undefined }
}
