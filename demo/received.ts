/** What the collector has: each event once, with the number of its copies, the latest arrival first. */

import type { CollectorStats, Received, Request } from './collector-api'
import { byId, clockTime, count, element, setText, tail } from './dom'

/** Rows that are kept; older ones are in the totals. */
const MOST_ROWS = 40

export interface ReceivedPanel {
  add(events: readonly Received[]): void
  replace(events: readonly Received[]): void
  totals(stats: CollectorStats): void
  request(request: Request): void
  unreachable(): void
}

export function createReceived(): ReceivedPanel {
  const totals = byId('received-totals')
  const answer = byId('answer')
  const latest = new Map<string, Received>()
  // Rows stay where they are and only their texts change: a list that grew at its top would shift at every event.
  const rows = Array.from({ length: MOST_ROWS }, createRow)
  byId('received').append(...rows.map(({ row }) => row))

  function add(events: readonly Received[]): void {
    for (const event of events.slice(-MOST_ROWS)) latest.set(event.uuid, event)
    for (const uuid of [...latest.keys()].slice(0, -MOST_ROWS)) latest.delete(uuid)
    const newestFirst = [...latest.values()].reverse()
    for (const [at, { fill }] of rows.entries()) fill(newestFirst[at])
  }

  return {
    add,
    replace(events) {
      latest.clear()
      add(events)
    },
    totals({ events, duplicates }) {
      setText(totals, events === 0 ? 'nothing yet' : `${count(events, 'event')}, ${count(duplicates, 'duplicate')}`)
    },
    request(request) {
      const { method, path, status, events, bytes, compressed } = request
      answer.dataset.outcome = status !== null && status < 300 ? 'ok' : 'failed'
      const size =
        bytes === 0 ? '' : ` · ${count(events, 'event')} · ${bytes.toLocaleString('en')} B${compressed ? ' gzip' : ''}`
      answer.replaceChildren(
        element('b', {}, status === null ? 'no answer' : String(status)),
        ` ${method} ${path}${size}`,
      )
    },
    unreachable() {
      answer.dataset.outcome = 'failed'
      setText(answer, 'The collector cannot be reached. Is its server running?')
    },
  }
}

function createRow(): { row: HTMLElement; fill(event: Received | undefined): void } {
  const [time, name, id, copies] = ['time', 'span', 'small', 'b'].map((tag) => document.createElement(tag)) as Four
  const row = element('li', { hidden: '' }, time, name, id, copies)
  return {
    row,
    fill(event) {
      row.hidden = !event
      if (!event) return
      setText(time, clockTime(Date.parse(event.received_at)))
      setText(name, event.event)
      setText(id, tail(event.uuid))
      setText(copies, event.copies > 1 ? `×${event.copies}` : '')
    },
  }
}

type Four = [HTMLElement, HTMLElement, HTMLElement, HTMLElement]
