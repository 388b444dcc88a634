import { expect, it } from 'vitest'
import { judge, type Measure, plot, type Soak, table } from './growth'

const MEASURES: Record<string, Measure> = {
  heap: { name: 'heap', unit: 'kB', slack: { share: 0.1, least: 0 } },
  timers: { name: 'timers', unit: '', slack: { share: 0, least: 2 } },
}

const soak = (heap: (at: number) => number, timers: (at: number) => number): Soak => ({
  date: '2026-01-31',
  what: 'A tab.',
  captured: 1_200,
  delivered: 1_199,
  duplicates: 3,
  warmUp: 3,
  readings: Array.from({ length: 40 }, (_, at) => ({ at, figures: { heap: heap(at), timers: timers(at) } })),
})

it('what grows by more than its slack is told, and what is large from the start or swings is not', () => {
  const swinging = soak(
    (at) => (at < 3 ? 9_000 : 1_000 + (at % 2) * 50),
    () => 4,
  )
  expect(judge(swinging, MEASURES).map(({ flat }) => flat)).toEqual([true, true])
  const growing = soak(
    (at) => 1_000 + at * 10,
    (at) => 4 + Math.floor(at / 20),
  )
  expect(judge(growing, MEASURES).map(({ name, flat }) => [name, flat])).toEqual([
    ['heap', false],
    ['timers', true],
  ])
})

it('of a heap with garbage the least counts: one that holds more and more is told, and one that is collected late is not', () => {
  const measures = { heap: { ...MEASURES.heap, hasGarbage: true } } as Record<string, Measure>
  const garbage = (at: number) => (at > 20 && at % 3 ? 500 : 0)
  const judged = (held: (at: number) => number) =>
    judge(
      soak(
        (at) => held(at) + garbage(at),
        () => 4,
      ),
      measures,
    ).map(({ flat }) => flat)
  expect(judged(() => 1_000)).toEqual([true])
  expect(judged((at) => 1_000 + at * 10)).toEqual([false])
  expect(judge(soak(Number, Number), { disk: { ...MEASURES.heap, hasGarbage: true } as Measure })[0]?.flat).toBe(false)
})

it('a figure that was never read is not taken for a flat one', () => {
  const unread = soak(
    () => Number.NaN,
    () => 4,
  )
  expect(judge(unread, MEASURES).map(({ flat }) => flat)).toEqual([false, true])
})

it('the table tells what was lost and doubled, and both ends of each figure', () => {
  const text = table(
    soak(
      () => 1_000,
      (at) => at,
    ),
    MEASURES,
    'days',
  )
  expect(text).toContain('A tab. 1,200 events, of which 1 were lost and 3 came twice.')
  expect(text).toContain('| heap | 1,000 kB | 1,000 kB | flat |')
  expect(text).toContain('| timers | 8 | 35 | **grows** |')
})

it('a plot has a curve for each figure', () => {
  const svg = plot(
    'A month',
    'days',
    soak(
      () => 1_000,
      () => 4,
    ),
    MEASURES,
    ['heap'],
  )
  expect(svg.match(/class="line"/g)).toHaveLength(1)
  expect(svg).toContain('>heap<')
})
