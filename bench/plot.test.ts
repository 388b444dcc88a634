import { expect, it } from 'vitest'
import { bars, figure, lines, logScale, scaleFromZero } from './plot'

it('a logarithmic axis spans whole powers of ten, and puts equal ratios equally far apart', () => {
  const { ticks, place } = logScale([3, 700], 0, 300)
  expect(ticks).toEqual([1, 10, 100, 1000])
  expect(place(10)).toBeCloseTo(100)
  expect(place(1000)).toBeCloseTo(300)
})

it('one value still has an axis', () => {
  const { place } = logScale([10], 0, 100)
  expect(place(10)).toBe(0)
  expect(place(100)).toBe(100)
})

it('a curve has a dot for each point and the name of each series, escaped', () => {
  const svg = lines({
    title: 'A & B',
    x: 'events',
    y: 'seconds',
    series: [
      {
        name: 'a<b',
        points: [
          [10, 1],
          [100, 10],
        ],
      },
      {
        name: 'other',
        points: [
          [10, 1],
          [100, 10],
        ],
      },
    ],
  })
  expect(svg.match(/<circle/g)).toHaveLength(4)
  expect(svg).toContain('A &amp; B')
  expect(svg).toContain('a&lt;b')
  expect(svg).toContain('prefers-color-scheme: dark')
  const labels = [...svg.matchAll(/<text class="fill" x="[\d.]+" y="([\d.]+)"/g)].map(([, y]) => Number(y))
  expect(Math.abs((labels[0] ?? 0) - (labels[1] ?? 0))).toBeGreaterThanOrEqual(16)
})

it('bars stand in order, the shortest first', () => {
  const svg = bars({
    title: 't',
    unit: 'µs',
    bars: [
      { name: 'slow', value: 100 },
      { name: 'fast', value: 1 },
    ],
  })
  expect(svg.indexOf('fast')).toBeLessThan(svg.indexOf('slow'))
})

it('figures have three digits, and nothing is no number', () => {
  expect(figure(1234.5)).toBe('1,235')
  expect(figure(12.34)).toBe('12.3')
  expect(figure(1.234)).toBe('1.23')
  expect(figure(Number.NaN)).toBe('–')
})

it('an axis from zero has round steps up to what is above the values', () => {
  const { ticks, place } = scaleFromZero([3, 1_234], 0, 150)
  expect(ticks).toEqual([0, 500, 1_000, 1_500])
  expect(place(750)).toBeCloseTo(75)
  expect(scaleFromZero([0], 0, 100).place(0)).toBe(0)
})
