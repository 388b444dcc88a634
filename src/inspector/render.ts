/** Renders a queue for the inspector. */

import { totalDropped } from '../core/base/accounting'
import { asRecord } from '../core/base/values'
import type { QueueView } from '../core/queue/view'
import type { Answer } from './answers'
import { element, table } from './dom'

export interface Actions {
  /** Absent if the element has no client. */
  flush?: () => void
  exportJson: () => void
  clear: () => void
}

export function renderQueue(view: QueueView, answers: readonly Answer[], actions: Actions, now: number): HTMLElement {
  const { stats, config } = view
  const dropped = totalDropped(stats.dropped)
  return element(
    'section',
    { 'aria-label': view.key },
    element(
      'header',
      {},
      element('h2', {}, config?.apiKey ?? view.key),
      element('span', {}, config ? config.host : 'its record is damaged'),
      toolbar(actions, stats.pending),
    ),
    element(
      'dl',
      {},
      figure('accepted', stats.accepted),
      figure('delivered', stats.delivered, stats.delivered > 0 ? 'good' : ''),
      figure('pending', stats.pending, stats.pending > 0 ? 'busy' : ''),
      figure('in a request', view.inRequest, view.inRequest > 0 ? 'busy' : ''),
      figure('dropped', dropped, dropped > 0 ? 'bad' : ''),
    ),
    ...(view.pausedUntil > now
      ? [element('p', {}, `requests fail; the next one ${ahead(view.pausedUntil, now)}`)]
      : []),
    ...drops(view),
    ...batches(view, now),
    ...events(view),
    ...lastAnswers(answers),
  )
}

function toolbar({ flush, exportJson, clear }: Actions, pending: number): HTMLElement {
  const button = (name: string, act: (() => void) | undefined, more: Record<string, string> = {}) => {
    const made = element('button', { type: 'button', ...more }, name)
    if (act) made.addEventListener('click', act)
    else made.disabled = true
    return made
  }
  const noClient: Record<string, string> = flush
    ? {}
    : { title: 'give the element a client: inspector.client = outlast' }
  return element(
    'div',
    { class: 'actions' },
    button('Flush', flush, noClient),
    button('Export', exportJson),
    button('Clear…', pending > 0 ? clear : undefined, { class: 'danger' }),
  )
}

function figure(name: string, value: number, kind = ''): HTMLElement {
  return element(
    'div',
    kind ? { class: kind } : {},
    element('dt', {}, name),
    element('dd', {}, value.toLocaleString('en')),
  )
}

function drops({ stats }: QueueView): HTMLElement[] {
  const rows = Object.entries(stats.dropped).filter(([, count]) => count > 0)
  if (rows.length === 0) return []
  return [
    scrolling(
      table(
        'Dropped',
        ['reason', 'events'],
        rows.map(([reason, count]) => [reason, String(count)]),
      ),
    ),
  ]
}

function batches({ batches: all }: QueueView, now: number): HTMLElement[] {
  if (all.length === 0) return []
  const rows = all.map(({ id, lane, format, count, size, attempt, state, notBefore }) => [
    String(id),
    `${lane}, ${format}`,
    String(count),
    `${(size / 1024).toFixed(1)} KiB`,
    String(attempt),
    state === 'sending' ? 'in a request' : `next try ${ahead(notBefore, now)}`,
  ])
  return [scrolling(table('Batches', ['id', 'lane', 'events', 'size', 'attempts', 'state'], rows))]
}

function events({ events: all, stats }: QueueView): HTMLElement[] {
  if (all.length === 0) return []
  const rows = all.map(({ json, batch }) => {
    const { uuid, event, timestamp, properties } = JSON.parse(json) as Record<string, unknown>
    return [
      named(String(event), properties),
      captured(String(timestamp)),
      element('code', {}, String(uuid)),
      batch === undefined ? 'queued' : `batch ${batch}`,
    ]
  })
  const caption = all.length < stats.pending ? `Pending: the first ${all.length} of ${stats.pending}` : 'Pending'
  return [scrolling(table(caption, ['event', 'captured', 'uuid', 'where'], rows))]
}

function lastAnswers(answers: readonly Answer[]): HTMLElement[] {
  if (answers.length === 0) return []
  const rows = answers.map(({ at, what, count, detail }) => [CLOCK.format(at), what, String(count), detail])
  return [scrolling(table('Last answers', ['at', 'what', 'events', 'detail'], rows))]
}

/** The most characters of an exception's message that a row shows. */
const MAX_MESSAGE = 120

/** What a row calls an event: its name, and for an exception also what was thrown, of a list of causes the first. */
function named(event: string, properties: unknown): string {
  const { $exception_list: list } = asRecord(properties)
  const { type, value } = asRecord(Array.isArray(list) ? list[0] : undefined)
  if (event !== '$exception' || typeof value !== 'string') return event
  const message = value.length > MAX_MESSAGE ? `${value.slice(0, MAX_MESSAGE)}…` : value
  return `${event}: ${typeof type === 'string' ? `${type}: ` : ''}${message}`
}

/**
 * The time of an event by the same clock as all other times, with the day where that is not today. The title is the
 * event's own timestamp.
 */
function captured(timestamp: string): HTMLElement | string {
  const at = new Date(timestamp)
  if (Number.isNaN(at.getTime())) return timestamp
  const isToday = at.toDateString() === new Date().toDateString()
  return element(
    'time',
    { datetime: timestamp, title: timestamp },
    `${isToday ? '' : `${DAY.format(at)} `}${CLOCK.format(at)}`,
  )
}

/** Swedish dates are written as in ISO 8601. */
const DAY = new Intl.DateTimeFormat('sv-SE')

/** The clock of 24 hours. */
const CLOCK = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' })

const scrolling = (child: HTMLElement) => element('div', { class: 'scroll', tabindex: '0' }, child)

function ahead(at: number, now: number): string {
  const seconds = Math.ceil((at - now) / 1_000)
  return seconds <= 0 ? 'now' : seconds < 120 ? `in ${seconds} s` : `in ${Math.ceil(seconds / 60)} min`
}
