/** Curves and bars as SVG, readable on light and dark pages. */

export interface Series {
  name: string
  points: [x: number, y: number][]
}

const WIDTH = 640
const HEIGHT = 360
const LEFT = 74
const RIGHT = 150
const TOP = 66
const BOTTOM = 52

/** Told apart by colour-blind people too (Okabe and Ito), with lighter ones for dark pages. */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7']
const DARK_COLOURS = ['#56b4e9', '#ff8f3f', '#2cc99a', '#e5a3c8']

const coloured = (colours: string[]) => colours.map((colour, index) => `.c${index} { --c: ${colour} }`).join('\n')

const STYLE = `
text { font: 13px system-ui, sans-serif; fill: #24292f }
.title { font-weight: 600; font-size: 15px }
.grid { stroke: #d0d7de }
.track { fill: #eaeef2 }
.line { stroke: var(--c); stroke-width: 2; fill: none }
.fill { fill: var(--c) }
${coloured(COLOURS)}
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 }
  .grid { stroke: #3d444d }
  .track { fill: #262c36 }
${coloured(DARK_COLOURS)}
}`

interface Chart {
  title: string
  x: string
  y: string
  series: Series[]
}

/** Lines on two logarithmic axes: what grows in proportion is a straight one. */
export const lines = (chart: Chart) => curves(chart, logScale)

/** Lines on two axes that begin at zero: what does not grow is a level one. */
export const linesFromZero = (chart: Chart) => curves(chart, scaleFromZero)

/** More points than these are a curve without dots. */
const MOST_DOTS = 12

function curves({ title, x, y, series }: Chart, scale: typeof logScale) {
  const points = series.flatMap((one) => one.points)
  const across = scale(
    points.map(([value]) => value),
    LEFT,
    WIDTH - RIGHT,
  )
  const up = scale(
    points.map(([, value]) => value),
    HEIGHT - BOTTOM,
    TOP,
  )
  const grid = [
    ...across.ticks.map((tick) => {
      const at = round(across.place(tick))
      return `<path class="grid" d="M${at} ${TOP}V${HEIGHT - BOTTOM}"/><text x="${at}" y="${HEIGHT - BOTTOM + 20}" text-anchor="middle">${short(tick)}</text>`
    }),
    ...up.ticks.map((tick) => {
      const at = round(up.place(tick))
      return `<path class="grid" d="M${LEFT} ${at}H${WIDTH - RIGHT}"/><text x="${LEFT - 8}" y="${at + 4}" text-anchor="end">${short(tick)}</text>`
    }),
  ]
  // Names that would cover one another are moved apart.
  const labels = spread(series.map((one) => up.place(one.points.at(-1)?.[1] ?? 1)))
  const drawn = series.map(({ name, points: ofOne }, index) => {
    const path = ofOne
      .map(([px, py], at) => `${at ? 'L' : 'M'}${round(across.place(px))} ${round(up.place(py))}`)
      .join('')
    const dots = (ofOne.length > MOST_DOTS ? [] : ofOne).map(
      ([px, py]) => `<circle class="fill" cx="${round(across.place(px))}" cy="${round(up.place(py))}" r="4"/>`,
    )
    const end = round(across.place(ofOne.at(-1)?.[0] ?? 1) + 10)
    const label = `<text class="fill" x="${end}" y="${round((labels[index] ?? 0) + 4)}">${escaped(name)}</text>`
    return `<g class="c${index % COLOURS.length}"><path class="line" d="${path}"/>${dots.join('')}${label}</g>`
  })
  const axes = `<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 10}" text-anchor="middle">${escaped(x)}</text><text x="12" y="${TOP - 16}">${escaped(y)}</text>`
  return frame(title, HEIGHT, [...grid, axes, ...drawn])
}

const BAR = 22
const BAR_GAP = 8
const NAMES = 120
const VALUES = 190

/** Bars on a logarithmic axis, the shortest first. */
export function bars({
  title,
  unit,
  bars: all,
}: {
  title: string
  unit: string
  bars: { name: string; value: number; note?: string }[]
}) {
  const sorted = [...all].sort((a, b) => a.value - b.value)
  const scale = logScale(
    sorted.map(({ value }) => value),
    NAMES,
    WIDTH - VALUES,
  )
  const rows = sorted.map(({ name, value, note = '' }, index) => {
    const y = TOP - 20 + index * (BAR + BAR_GAP)
    const length = round(Math.max(scale.place(value) - NAMES, 3))
    return [
      `<text x="${NAMES - 8}" y="${y + 15}" text-anchor="end">${escaped(name)}</text>`,
      `<rect class="track" x="${NAMES}" y="${y}" width="${WIDTH - VALUES - NAMES}" height="${BAR}"/>`,
      `<rect class="fill c${name === 'outlast' ? 0 : 1}" x="${NAMES}" y="${y}" width="${length}" height="${BAR}"/>`,
      `<text x="${WIDTH - VALUES + 8}" y="${y + 15}">${escaped(`${figure(value)} ${unit}${note}`)}</text>`,
    ].join('')
  })
  return frame(`${title} (logarithmic)`, TOP - 10 + sorted.length * (BAR + BAR_GAP), rows)
}

function frame(title: string, height: number, parts: string[]) {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="${escaped(title)}">
<style>${STYLE}
</style>
<text class="title" x="12" y="20">${escaped(title)}</text>
${parts.join('\n')}
</svg>
`
}

/** From the power of ten below the values to the one above. */
export function logScale(values: number[], start: number, end: number) {
  const usable = values.filter((value) => value > 0 && Number.isFinite(value))
  const low = Math.floor(Math.log10(Math.min(...usable)))
  const high = Math.max(Math.ceil(Math.log10(Math.max(...usable))), low + 1)
  return {
    ticks: Array.from({ length: high - low + 1 }, (_, index) => 10 ** (low + index)),
    place: (value: number) => start + ((Math.log10(value) - low) / (high - low)) * (end - start),
  }
}

/** From zero to the round number above the values. */
export function scaleFromZero(values: number[], start: number, end: number) {
  const most = Math.max(...values.filter(Number.isFinite), Number.MIN_VALUE)
  const power = 10 ** Math.floor(Math.log10(most))
  // At most five steps of 1, 2 or 5 times a power of ten.
  const step = [0.2, 0.5, 1, 2].map((part) => part * power).find((size) => most / size <= 5) ?? most
  const steps = Math.ceil(most / step)
  return {
    ticks: Array.from({ length: steps + 1 }, (_, index) => Number((index * step).toPrecision(3))),
    place: (value: number) => start + (value / (steps * step)) * (end - start),
  }
}

const LABEL_HEIGHT = 16

/** Places at least a label's height apart, in the order in which they were. */
function spread(places: number[]) {
  const order = places.map((place, index) => ({ place, index })).sort((a, b) => a.place - b.place)
  let last = Number.NEGATIVE_INFINITY
  const moved: number[] = []
  for (const { place, index } of order) {
    last = Math.max(place, last + LABEL_HEIGHT)
    moved[index] = last
  }
  return moved
}

const round = (value: number) => Math.round(value * 10) / 10

export function figure(value: number) {
  if (!Number.isFinite(value)) return '–'
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2
  return value.toLocaleString('en', { maximumFractionDigits: digits })
}

/** @param value a tick */
function short(value: number) {
  if (value >= 1_000_000) return `${value / 1_000_000}M`
  return value >= 1_000 ? `${value / 1_000}k` : String(Number(value.toPrecision(3)))
}

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
