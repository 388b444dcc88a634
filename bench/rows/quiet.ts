/** A quiet page: what all of the browser's processes work while a page captures an event now and then, and while it captures none. */

import { readdirSync, readFileSync } from 'node:fs'
import { launchKillable, withProfile } from '../../e2e/browser'
import type { Run } from '../bench'
import type { Peer } from '../peers'
import { medians } from '../stats'
import { withVisit } from './visit'

export interface Quiet {
  peer: string
  /** CPU time in ms of a page that captures nothing. */
  idleMs: number
  /** CPU time in ms of a page that captures an event every 8 s, in as long. */
  busyMs: number
  /** What an event costs more than none, in ms. */
  perEventMs: number
}

/** How long each part is watched, in ms. */
const WATCHED_MS = 72_000
const QUICK_WATCHED_MS = 16_000
const EVENT_EVERY_MS = 8_000
/** What a library does once, at its start, is over by then. */
const SETTLED_MS = 10_000
/** One tick of the CPU times in /proc, in ms: `getconf CLK_TCK` is 100 on Linux. */
const TICK_MS = 10

/** Repeats that are watched at once: of five peers 30 browsers, which together keep two processors busy for 5 % of the time. */
const REPEATS_AT_ONCE = 3

/**
 * Quiet pages leave the processor idle, so many are watched at once, each in a browser of its own: of each peer and repeat one that
 * captures nothing, and one that captures.
 */
export async function measureQuiet(peers: Peer[], { quick, repeats, progress }: Run): Promise<Quiet[]> {
  const watchedMs = quick ? QUICK_WATCHED_MS : WATCHED_MS
  const found = new Map<string, Quiet[]>(peers.map(({ name }) => [name, []]))
  const watching = Array.from({ length: repeats }, () => peers).flat()
  while (watching.length > 0) {
    const round = watching.splice(0, REPEATS_AT_ONCE * peers.length)
    const measured = await Promise.allSettled(round.map(({ name }) => watch(name, watchedMs)))
    measured.forEach((one, index) => {
      const name = round[index]?.name ?? ''
      if (one.status === 'fulfilled') found.get(name)?.push(one.value)
      const told = one.status === 'fulfilled' ? JSON.stringify(one.value) : String(one.reason)
      progress(`quiet ${found.get(name)?.length}/${repeats} ${name}: ${told}`)
    })
  }
  return [...found.values()].filter((records) => records.length > 0).map((records) => medians(records))
}

async function watch(peer: string, watchedMs: number): Promise<Quiet> {
  const [idleMs, busyMs] = await Promise.all([
    watchBrowser(peer, watchedMs),
    watchBrowser(peer, watchedMs, EVENT_EVERY_MS),
  ])
  return { peer, idleMs, busyMs, perEventMs: (busyMs - idleMs) / (watchedMs / EVENT_EVERY_MS) }
}

/**
 * @param everyMs how often the page captures; never without it
 * @returns ms of CPU time
 */
function watchBrowser(peer: string, watchedMs: number, everyMs?: number): Promise<number> {
  return withProfile((profile) =>
    withVisit(peer, async (visit) => {
      const { context, kill, pid } = await launchKillable(profile)
      try {
        const page = await visit.open(context)
        await visit.capture(page, 1)
        await new Promise((resolve) => setTimeout(resolve, SETTLED_MS))
        if (everyMs) await page.evaluate((ms) => window.bench.captureEvery(ms), everyMs)
        const before = cpuTime(pid)
        await new Promise((resolve) => setTimeout(resolve, watchedMs))
        return cpuTime(pid) - before
      } finally {
        await kill()
      }
    }),
  )
}

/** ms that the processes of a group have worked, and those that have ended. */
function cpuTime(group: number): number {
  return readdirSync('/proc').reduce((sum, name) => sum + (/^\d+$/.test(name) ? cpuTimeOf(name, group) : 0), 0)
}

function cpuTimeOf(process: string, group: number): number {
  let stat: string
  try {
    stat = readFileSync(`/proc/${process}/stat`, 'utf8')
  } catch {
    // It ended while the others were read; its parent has its time.
    return 0
  }
  // The name is in parentheses, and may have spaces.
  const fields = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number)
  const [, , processGroup] = fields
  const [user = 0, system = 0, childrenUser = 0, childrenSystem = 0] = fields.slice(11, 15)
  return processGroup === group ? (user + system + childrenUser + childrenSystem) * TICK_MS : 0
}
