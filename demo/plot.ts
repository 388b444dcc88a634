/** Draws the queue's depth: a line over bands that show when the collector was broken. */

import { ceilingFor, type DepthLog, type Sample, SPAN } from './depth'
import { byId, setText, svg } from './dom'

/** Room for the labels, in px. */
const MARGIN = { left: 34, right: 8, top: 10, bottom: 22 }

const round = (value: number) => Math.round(value * 10) / 10

export function createPlot(): (log: DepthLog, now: number) => void {
  const holder = byId('plot')
  const title = svg('title', {}, 'Queue depth')
  const [band, area, line] = ['plot-band', 'plot-area', 'plot-line'].map((name) =>
    svg('path', { class: name }),
  ) as Three
  const grid = svg('path', { class: 'plot-grid' })
  const head = svg('circle', { class: 'plot-head', r: 3.5 })
  const levels = [0, 0.5, 1].map(() => svg('text', { 'text-anchor': 'end' }))
  const times = ['2 min ago', '1 min ago', 'now'].map((text, at) =>
    svg('text', { 'text-anchor': ['start', 'middle', 'end'][at] ?? '' }, text),
  )
  const drawing = svg('svg', { role: 'img' }, title, band, grid, area, line, head, ...levels, ...times)
  holder.append(drawing)

  return (log, now) => {
    const samples = log.samples()
    const highest = samples.reduce((most, { pending }) => Math.max(most, pending), 0)
    const ceiling = ceilingFor(highest)
    // In pixels, so that the labels have one size however large the panel is.
    const { clientWidth: width, clientHeight: height } = holder
    const { left, top } = MARGIN
    const right = width - MARGIN.right
    const bottom = height - MARGIN.bottom
    const x = (at: number) => round(Math.max(left, right - ((now - at) / SPAN) * (right - left)))
    const y = (pending: number) => round(bottom - (pending / ceiling) * (bottom - top))

    drawing.setAttribute('viewBox', `0 0 ${width} ${height}`)
    grid.setAttribute('d', [0, 0.5, 1].map((part) => `M${left} ${y(part * ceiling)}H${right}`).join(''))
    for (const [at, label] of levels.entries()) {
      setText(label, String((at / 2) * ceiling))
      move(label, left - 8, y((at / 2) * ceiling) + 4)
    }
    for (const [at, label] of times.entries()) move(label, left + ((right - left) * at) / 2, height - 4)

    const path = steps(samples, x, y)
    line.setAttribute('d', path && `${path}H${right}`)
    area.setAttribute('d', path && `${path}H${right}V${bottom}H${x(samples[0]?.at ?? now)}Z`)
    band.setAttribute(
      'd',
      brokenSpans(samples, now)
        .map(([from, to]) => `M${x(from)} ${top}H${x(to)}V${bottom}H${x(from)}Z`)
        .join(''),
    )
    const pending = samples.at(-1)?.pending ?? 0
    head.setAttribute('cx', String(right))
    head.setAttribute('cy', String(y(pending)))
    setText(title, `Queue depth over the last two minutes: now ${pending}, at most ${highest}`)
  }
}

type Three = [SVGElement, SVGElement, SVGElement]

function move(label: SVGElement, x: number, y: number): void {
  label.setAttribute('x', String(x))
  label.setAttribute('y', String(y))
}

/** A queue's depth holds until it changes, so the line has steps and no slopes. */
function steps(samples: readonly Sample[], x: (at: number) => number, y: (pending: number) => number): string {
  let path = ''
  let last: number | undefined
  for (const { at, pending } of samples) {
    if (pending === last) continue
    path += last === undefined ? `M${x(at)} ${y(pending)}` : `H${x(at)}V${y(pending)}`
    last = pending
  }
  return path
}

function brokenSpans(samples: readonly Sample[], now: number): [from: number, to: number][] {
  const spans: [number, number][] = []
  let from: number | undefined
  for (const { at, broken } of samples) {
    if (broken) from ??= at
    else if (from !== undefined) {
      spans.push([from, at])
      from = undefined
    }
  }
  return from === undefined ? spans : [...spans, [from, now]]
}
