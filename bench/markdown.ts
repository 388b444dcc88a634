/** The results as Markdown tables. */

import { bridgedName } from './peers'
import { figure } from './plot'
import { counts, of, type Results, STEADY, type Told } from './results'
import type { Backlog, Limits } from './rows/scale'
import { judge } from './targets'

const NONE = '–'

/** The second row of a peer that has a bridge. */
const WITH_OUTLAST = '↳ with outlast'

/** Every table of what was measured. */
export const tables = (results: Results) =>
  [
    titled('Delivery', deliveryTable(results)),
    titled('Main thread', mainThreadTable(results)),
    titled('Throughput and scale', durableTable(results), scaleTable(results)),
    titled('A quiet page', quietTable(results)),
    titled('Size', sizeTable(results), modulesTable(results)),
    titled('Targets', targetTable(results)),
  ].filter((table) => table !== '')

function titled(title: string, ...parts: string[]) {
  const filled = parts.filter((part) => part !== '')
  return filled.length === 0 ? '' : `### ${title}\n\n${filled.join('\n\n')}`
}

/** @param left the columns aligned left; the others are figures */
export function markdownTable(head: string[], rows: string[][], left = [0]) {
  if (rows.length === 0) return ''
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map((_, index) => (left.includes(index) ? '---' : '--:'))), ...rows.map(line)].join(
    '\n',
  )
}

export function deliveryTable(results: Results) {
  const { delivery } = results
  const played = new Set(delivery.map(({ peer }) => peer))
  const bridged = new Set([...played].map(bridgedName).filter((name) => played.has(name)))
  const peers = [...played].filter((peer) => !bridged.has(peer)).sort((a, b) => order(results, a) - order(results, b))
  const stories = [...new Set(delivery.map(({ story }) => story))]
  const cell = (story: string, peer: string) => {
    const told = delivery.find((one) => one.story === story && one.peer === peer)
    return told && (story === STEADY || counts(results, peer)) ? outcome(told) : NONE
  }
  const rows = stories.flatMap((story) => [
    [story, ...peers.map((peer) => cell(story, peer))],
    ...(bridged.size > 0 ? [[WITH_OUTLAST, ...peers.map((peer) => cell(story, bridgedName(peer)))]] : []),
  ])
  return markdownTable(['', ...peers], rows)
}

const order = ({ versions }: Results, peer: string) => Object.keys(versions).indexOf(peer)

function outcome({ captured, lost, duplicates, lastDeliveryMs, error }: Told) {
  if (error) return 'not played'
  const twice = duplicates > 0 ? `, ${duplicates} twice` : ''
  if (lost === captured) return `**all ${lost} lost**`
  if (lost > 0) return `**${lost} of ${captured} lost**${twice}`
  return `${seconds(lastDeliveryMs)}${twice}`
}

export function quietTable({ quiet = [] }: Results) {
  const rows = quiet.map(({ peer, idleMs, busyMs, perEventMs }) => [peer, ...[idleMs, busyMs, perEventMs].map(figure)])
  return markdownTable(['', 'no event, ms', 'an event every 8 s, ms', 'ms per event'], rows)
}

export function mainThreadTable(results: Results) {
  const { capture, load, interaction } = results
  const rows = peersOf(results, [capture, load, interaction]).map((peer) => {
    const cost = of(capture, peer)
    const total = of(load, peer)
    const clicks = of(interaction, peer)
    return [
      peer,
      cost ? figure(cost.medianUs) : NONE,
      cost ? figure(cost.p99Us) : NONE,
      total ? `${total.stuck ? 'over ' : ''}${figure(total.taskMs)}` : NONE,
      total ? arrived(total.delivered, total.captured) : NONE,
      total ? figure(total.longTasks) : NONE,
      total ? figure(total.longestTaskMs) : NONE,
      total && total.delivered > 0 ? figure(total.wireBytesPerEvent) : NONE,
      clicks ? `${figure(clicks.medianMs)} / ${figure(clicks.p98Ms)}` : NONE,
    ]
  })
  const loaded = load[0]?.captured ?? 10_000
  return markdownTable(
    [
      '',
      'µs per `capture`, median',
      'p99',
      `main thread, ms for ${loaded.toLocaleString('en')} events`,
      'delivered',
      'long tasks',
      'longest, ms',
      'bytes sent per event',
      'click to frame, ms, median / p98',
    ],
    rows,
  )
}

export function durableTable(results: Results) {
  const rows = results.durable
    .filter(({ peer }) => counts(results, peer))
    .map(({ peer, events, stored, ms }) => [
      peer,
      stored === 0 ? 'none' : arrived(stored, events),
      stored === 0 ? NONE : figure((stored / ms) * 1_000),
    ])
  return markdownTable(['captured offline', 'on the device before the page closes', 'events/s'], rows)
}

export function scaleTable(results: Results) {
  const { backlog, limits, onePerTask } = results
  const ours = backlog.filter(({ peer }) => peer === 'outlast')
  const rows = [
    ...ours.flatMap((one) =>
      scaleRows(
        one,
        limits.find(({ events }) => events === one.events),
      ),
    ),
    ...(onePerTask ? scaleRows(onePerTask.backlog, onePerTask.limits, ', one per task') : []),
    ...backlog.filter(({ peer }) => peer !== 'outlast' && counts(results, peer)).flatMap((one) => scaleRows(one)),
  ]
  return markdownTable(
    [
      'backlog',
      'delivered',
      'made durable',
      'drained',
      'events/s',
      'requests',
      'bytes sent per event',
      'worker, memory, median / peak',
    ],
    rows,
  )
}

function scaleRows(one: Backlog, limits?: Limits, note = ''): string[][] {
  const backlog = `${one.events.toLocaleString('en')}${note}`
  const own = [
    `${one.peer}, ${backlog}`,
    arrived(one.delivered, one.events),
    one.durableMs === null ? NONE : seconds(one.durableMs),
    one.delivered > 0 ? seconds(one.drainMs) : NONE,
    one.delivered > 0 ? figure((one.delivered / one.drainMs) * 1_000) : NONE,
    one.requests.toLocaleString('en'),
    one.delivered > 0 ? figure(one.wireBytesPerEvent) : NONE,
    one.workerBytes === null ? NONE : `${megabytes(one.workerBytes)} / ${megabytes(one.workerPeakBytes)} MB`,
  ]
  if (!limits) return [own]
  const bare = [
    `bare, ${backlog}`,
    NONE,
    `${seconds(limits.indexedDbMs)} (IndexedDB)`,
    limits.fetchMs === null ? NONE : `${seconds(limits.fetchMs)} (fetch)`,
    limits.fetchMs === null ? NONE : figure((one.events / limits.fetchMs) * 1_000),
    NONE,
    NONE,
    NONE,
  ]
  return [own, bare]
}

export function sizeTable(results: Results) {
  const cell = (bytes: { brotli: number; gzip: number } | undefined) =>
    bytes && bytes.brotli > 0 ? `${kilobytes(bytes.brotli)} (${kilobytes(bytes.gzip)})` : NONE
  return markdownTable(
    ['kB brotli (gzip)', 'must load', 'loads later', 'worker'],
    results.size.map(({ peer, first, later, worker }) => [
      `${peer} ${results.versions[peer] ?? ''}`,
      cell(first),
      cell(later),
      cell(worker),
    ]),
  )
}

/** The largest modules of what a page loads, and of its worker. */
export const modulesTable = ({ modules = [] }: Results) =>
  modules
    .map(({ of, largest }) =>
      markdownTable(
        [of, 'bytes', 'what it is for'],
        largest.map(({ module, brotli, purpose }) => [`\`${module}\``, brotli.toLocaleString('en'), purpose]),
        [0, 2],
      ),
    )
    .join('\n\n')

export function targetTable(results: Results) {
  return markdownTable(
    ['target', 'limit', 'measured', ''],
    judge(results).map(({ name, limit, figure: value, unit, met }) => [
      name,
      limit,
      `${figure(value)}${unit && ` ${unit}`}`,
      met ? 'met' : '**missed**',
    ]),
  )
}

/** What somebody who chooses asks first. */
export function comparisonTable(results: Results) {
  const told = (peer: string, story: string) => {
    const one = results.delivery.find((each) => each.story === story && each.peer === peer)
    if (!one || one.error || !counts(results, peer)) return NONE
    if (one.lost === one.captured) return 'lost'
    return one.lost === 0 ? 'delivered' : `${one.lost} of ${one.captured} lost`
  }
  const fates = (peer: string) => [
    told(peer, 'tab closed offline, never back'),
    told(peer, 'tab closed offline, back later'),
    told(peer, 'browser killed after 1 s of an outage, back later'),
    told(peer, 'browser killed after 15 s of an outage, back later'),
    told(peer, '503 for 20 s'),
    told(peer, 'answer lost'),
  ]
  const rows = results.size.flatMap(({ peer, first, later, worker }) => {
    const cost = of(results.capture, peer)
    const own = [
      peer === 'outlast' ? '**outlast**' : peer,
      ...fates(peer),
      `${kilobytes(first.brotli + later.brotli)} kB${worker.brotli > 0 ? ` + ${kilobytes(worker.brotli)} kB` : ''}`,
      cost ? `${figure(cost.medianUs)} µs` : NONE,
    ]
    const isBridged = results.delivery.some((one) => one.peer === bridgedName(peer))
    return isBridged ? [own, [WITH_OUTLAST, ...fates(bridgedName(peer)), NONE, NONE]] : [own]
  })
  return markdownTable(
    [
      '',
      'tab closed offline, never back',
      'tab closed offline, back later',
      'browser killed after 1 s',
      'after 15 s',
      '503 for 20 s',
      'answer lost',
      'page + worker, brotli',
      'one `capture`',
    ],
    rows,
  )
}

const peersOf = (results: Results, measured: { peer: string }[][]) =>
  [...new Set(measured.flat().map(({ peer }) => peer))].filter((peer) => counts(results, peer))

const arrived = (some: number, all: number) =>
  some >= all ? 'all' : `${some.toLocaleString('en')} of ${all.toLocaleString('en')}`

const seconds = (ms: number | null) => (ms === null ? NONE : `${figure(ms / 1_000)} s`)

const megabytes = (bytes: number | null) => (bytes === null ? NONE : figure(bytes / 1_000_000))

const kilobytes = (bytes: number) => (bytes / 1_000).toFixed(1)
