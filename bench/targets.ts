/** What the library is to reach, as ratios within one run, and whether it does. */

import { of, type Results } from './results'

interface Verdict {
  name: string
  /** The limit in words. */
  limit: string
  figure: number
  unit?: string
  met: boolean
}

interface Target {
  name: string
  side: 'at most' | 'at least'
  limit: number
  unit: string
  /** Undefined where the run did not measure it. */
  figure: (results: Results) => number | undefined
}

const US = 'outlast'
const KB = 1_000

/** Measured memory varies with when garbage was collected; growth with the backlog is another matter. */
const FLAT_MEMORY = 1.25
/** From ten times the events, the cost of each may vary by what is measured twice. */
const FLAT_COST = 1.25

const TARGETS: Target[] = [
  {
    name: '`capture`, to building and serializing the same event by hand',
    side: 'at most',
    limit: 1.5,
    unit: '×',
    figure: ({ capture }) => ratio(of(capture, US)?.medianUs, of(capture, US)?.bareUs),
  },
  {
    name: '`capture` of posthog-js, to ours',
    side: 'at least',
    limit: 25,
    unit: '×',
    figure: ({ capture }) => ratio(of(capture, 'posthog-js')?.medianUs, of(capture, US)?.medianUs),
  },
  {
    name: "main thread for 10,000 events until delivered, to a bare array's",
    side: 'at most',
    limit: 3,
    unit: '×',
    figure({ load }) {
      // What the measuring page itself costs is nobody's.
      const page = of(load, 'none')?.taskMs ?? 0
      return ratio(less(of(load, US)?.taskMs, page), less(of(load, 'bare')?.taskMs, page))
    },
  },
  {
    name: "bytes on the wire per event, to posthog-js's",
    side: 'at most',
    limit: 1,
    unit: '×',
    figure: ({ load }) => ratio(of(load, US)?.wireBytesPerEvent, of(load, 'posthog-js')?.wireBytesPerEvent),
  },
  {
    name: 'events per second made durable, to bare chunked writes',
    side: 'at least',
    limit: 0.5,
    unit: '×',
    figure: (results) => ratio(at(results, 10_000)?.limits?.indexedDbMs, at(results, 10_000)?.backlog?.durableMs),
  },
  {
    name: 'rate at which the largest backlog drains, to bare `fetch` of the same bodies',
    side: 'at least',
    limit: 0.7,
    unit: '×',
    figure(results) {
      const largest = at(results, sizes(results).at(-1))
      return ratio(largest?.limits?.fetchMs, largest?.backlog?.drainMs)
    },
  },
  {
    name: 'rate at which events captured one per task drain, to bare `fetch` of the same bodies',
    side: 'at least',
    limit: 0.6,
    unit: '×',
    figure: ({ onePerTask }) => ratio(onePerTask?.limits?.fetchMs, onePerTask?.backlog.drainMs),
  },
  {
    name: "worker's memory at the largest backlog, to that at a tenth of it",
    side: 'at most',
    limit: FLAT_MEMORY,
    unit: '×',
    figure(results) {
      const [smaller, larger] = sizes(results).slice(-2)
      return ratio(at(results, larger)?.backlog?.workerBytes, at(results, smaller)?.backlog?.workerBytes)
    },
  },
  {
    name: 'cost per event at the largest backlog (made durable and drained), to that at the smallest',
    side: 'at most',
    limit: FLAT_COST,
    unit: '×',
    figure(results) {
      const all = sizes(results)
      return all.length < 2
        ? undefined
        : ratio(costPerEvent(at(results, all.at(-1))), costPerEvent(at(results, all[0])))
    },
  },
  {
    name: 'long tasks in 10,000 events',
    side: 'at most',
    limit: 0,
    unit: '',
    figure: ({ load }) => of(load, US)?.longTasks,
  },
  quietTarget("CPU time of an event on a quiet page, to posthog-js's", 'perEventMs', 'posthog-js', 1),
  quietTarget("CPU time of an event on a quiet page, to a bare beacon's", 'perEventMs', 'bare', 1.4),
  quietTarget("CPU time of a quiet page with its events, to posthog-js's", 'busyMs', 'posthog-js', 1),
  quietTarget('CPU time of a page without events, to that of one without a library', 'idleMs', 'none', FLAT_COST),
  {
    name: 'page, first load, brotli',
    side: 'at most',
    limit: 7.5 * KB,
    unit: 'B',
    figure: ({ size }) => of(size, US)?.first.brotli,
  },
  {
    name: 'page with a worker, all, brotli',
    side: 'at most',
    limit: 18 * KB,
    unit: 'B',
    figure: ({ size }) => sum(of(size, US)?.first.brotli, of(size, US)?.later.brotli),
  },
  {
    name: 'page with the in-page fallback, all, brotli',
    side: 'at most',
    // What a page and a worker may be, in one.
    limit: 36 * KB,
    unit: 'B',
    figure: ({ size }) => sum(of(size, US)?.first.brotli, of(size, US)?.fallback?.brotli),
  },
  {
    name: 'worker, brotli',
    side: 'at most',
    limit: 18 * KB,
    unit: 'B',
    figure: ({ size }) => of(size, US)?.worker.brotli,
  },
]

function quietTarget(name: string, key: 'idleMs' | 'busyMs' | 'perEventMs', peer: string, limit: number): Target {
  const figure = ({ quiet = [] }: Results) => ratio(of(quiet, US)?.[key], of(quiet, peer)?.[key])
  return { name, side: 'at most', limit, unit: '×', figure }
}

/** Those of which the run tells. */
export function judge(results: Results): Verdict[] {
  return TARGETS.flatMap(({ name, side, limit, unit, figure: read }) => {
    const figure = read(results)
    if (figure === undefined || Number.isNaN(figure)) return []
    const met = side === 'at most' ? figure <= limit : figure >= limit
    return [{ name, limit: `${side} ${limit.toLocaleString('en')}${unit && ` ${unit}`}`, figure, unit, met }]
  })
}

export function targetLine(verdicts: Verdict[]) {
  if (verdicts.length === 0) return 'these rows have no targets'
  const met = verdicts.filter((verdict) => verdict.met).length
  const missed = verdicts.filter((verdict) => !verdict.met).map(({ name }) => name)
  return `${met} of ${verdicts.length} targets met${missed.length > 0 ? `; missed: ${missed.join('; ')}` : ''}`
}

const sizes = ({ backlog }: Results) =>
  backlog
    .filter(({ peer }) => peer === US)
    .map(({ events }) => events)
    .sort((a, b) => a - b)

const at = ({ backlog, limits }: Results, events: number | undefined) =>
  events === undefined
    ? undefined
    : {
        backlog: backlog.find((one) => one.peer === US && one.events === events),
        limits: limits.find((one) => one.events === events),
      }

const costPerEvent = (measured: ReturnType<typeof at>) =>
  ratio(sum(measured?.backlog?.durableMs, measured?.backlog?.drainMs), measured?.backlog?.events)

const ratio = (one: number | null | undefined, other: number | null | undefined) =>
  typeof one === 'number' && typeof other === 'number' && other !== 0 ? one / other : undefined

const less = (one: number | undefined, other: number) => (one === undefined ? undefined : one - other)

const sum = (...numbers: (number | null | undefined)[]) =>
  numbers.every((number) => typeof number === 'number')
    ? numbers.reduce((total: number, number) => total + Number(number), 0)
    : undefined
