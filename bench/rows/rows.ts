/** Measures a row for all peers, in turns: what the machine does meanwhile is shared by all. */

import type { Run } from '../bench'
import type { Row } from '../options'
import { BASELINES, bridgedOf, type Peer, QUICK_PEERS } from '../peers'
import type { Results } from '../results'
import { medians } from '../stats'
import { measureDelivery } from './delivery'
import { measureCapture, measureInteraction, measureLoad } from './main-thread'
import { measureQuiet } from './quiet'
import { type Backlog, type Limits, measureBacklog, measureDurable, measureLimits, QUICK_SIZES, SIZES } from './scale'
import { measureModules, measureSize } from './size'

export async function measureRow(row: Row, peers: Peer[], run: Run, results: Results) {
  const all = [...peers, ...BASELINES]
  switch (row) {
    case 'size':
      results.size = await inTurns('size', peers, { ...run, repeats: 1 }, measureSize)
      results.modules = measureModules()
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

async function inTurns<T extends object>(
  what: string,
  peers: Peer[],
  { repeats, progress }: Run,
  measureOne: (peer: Peer) => Promise<T>,
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
      if (Date.now() - started > SLOW_MS) slow.add(peer)
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
/** Those whose quiet pages are measured. */
const QUIET = [...QUICK_PEERS, ...BASELINES.map(({ name }) => name)]
/** Those whose backlogs are measured by --quick: of workbox nearly none arrives, which takes its time to be seen. */
const QUICK_BACKLOGS = ['outlast', 'posthog-js']

/** The largest takes long enough to be its own average. */
const timesFor = ({ name }: Peer, events: number, repeats: number) =>
  name === 'outlast' && events <= MOST_OF_A_PEER ? repeats : 1

async function measureBacklogs(peers: Peer[], run: Run, results: Results) {
  const { quick, repeats, progress } = run
  const chosen = peers.filter(({ name }) => !quick || QUICK_BACKLOGS.includes(name))
  for (const peer of chosen) {
    for (const events of quick ? QUICK_SIZES : SIZES) {
      if (peer.name !== 'outlast' && events > MOST_OF_A_PEER) break
      const backlogs: Backlog[] = []
      const limits: Limits[] = []
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
