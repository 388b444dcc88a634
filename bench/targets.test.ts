import { describe, expect, it } from 'vitest'
import type { Results } from './results'
import { judge, targetLine } from './targets'
import { resultsWith } from './testing'

const judged = (some: Partial<Results>) => judge(resultsWith(some))

const load = (peer: string, taskMs: number) => ({
  peer,
  captured: 10_000,
  delivered: 10_000,
  taskMs,
  stuck: false,
  deliveredMs: 1,
  longTasks: 0,
  longestTaskMs: 0,
  requests: 1,
  bytesPerEvent: 10,
  wireBytesPerEvent: 10,
})

const backlog = (events: number, drainMs: number, workerBytes: number) => ({
  peer: 'outlast',
  events,
  delivered: events,
  durableMs: drainMs,
  drainMs,
  requests: 1,
  bytesPerEvent: 1,
  wireBytesPerEvent: 1,
  workerBytes,
  workerPeakBytes: workerBytes,
})

describe('a target', () => {
  it('is judged only where the run measured it', () => {
    expect(judged({})).toEqual([])
  })

  it('of capture compares with the bare cost in the same page, and with posthog-js', () => {
    const verdicts = judged({
      capture: [
        { peer: 'outlast', medianUs: 6, p99Us: 9, bareUs: 3 },
        { peer: 'posthog-js', medianUs: 180, p99Us: 900, bareUs: 3 },
      ],
    })
    expect(verdicts.map(({ figure, met }) => [figure, met])).toEqual([
      [2, false],
      [30, true],
    ])
  })

  it('of the main thread leaves out what the measuring page costs', () => {
    const [verdict] = judged({ load: [load('outlast', 70), load('bare', 30), load('none', 10)] })
    expect(verdict).toMatchObject({ figure: 3, met: true })
  })

  it('of scale takes the largest backlog that was measured', () => {
    const verdicts = judged({
      backlog: [backlog(1_000, 100, 1_000), backlog(10_000, 1_000, 2_000), backlog(100_000, 40_000, 8_000)],
      limits: [{ events: 100_000, stringifyMs: 1, indexedDbMs: 1, fetchMs: 10_000 }],
    })
    const found = Object.fromEntries(verdicts.map(({ name, figure, met }) => [name.slice(0, 14), [figure, met]]))
    expect(found).toEqual({
      'rate at which ': [0.25, false],
      "worker's memor": [4, false],
      'cost per event': [4, false],
    })
  })

  it('of draining is another where every event was captured in a task of its own', () => {
    const [verdict] = judged({
      onePerTask: {
        backlog: backlog(10_000, 1_000, 0),
        limits: { events: 10_000, stringifyMs: 1, indexedDbMs: 1, fetchMs: 500 },
      },
    })
    expect(verdict).toMatchObject({ figure: 0.5, limit: 'at least 0.6 ×', met: false })
  })

  it('that is missed is named in the last line', () => {
    const line = targetLine(
      judged({ size: [{ peer: 'outlast', first: { brotli: 8_000, gzip: 1 }, later: none, worker: none }] }),
    )
    expect(line).toBe('2 of 3 targets met; missed: page, first load, brotli')
  })
})

const none = { brotli: 0, gzip: 0 }
