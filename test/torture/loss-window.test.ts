import { describe, expect, it } from 'vitest'
import { lossOf, summaryOf } from './loss-window'

/** Captures of these numbers, 10 ms apart, the first at 1,000. */
const captures = (...indexes: number[]) => indexes.map((index) => ({ index, at: 1_000 + index * 10 }))

describe('the window of a kill', () => {
  it('reaches back to the oldest event that did not survive', () => {
    const loss = lossOf({ killed: 1_045, told: captures(0, 1, 2, 3, 4), arrived: captures(0, 1, 2) })
    expect(loss).toEqual({ afterMs: 45, windowMs: 15, captured: 5, survived: 3 })
  })

  it('reaches back to a hole, though later events survived', () => {
    const loss = lossOf({ killed: 1_045, told: captures(0, 1, 2, 3, 4), arrived: captures(0, 2, 3, 4) })
    expect(loss).toMatchObject({ windowMs: 35, survived: 4 })
  })

  it('reaches back to the newest event where all survived: that one was old enough', () => {
    expect(lossOf({ killed: 1_045, told: captures(0, 1, 2), arrived: captures(0, 1, 2) }).windowMs).toBe(25)
  })

  it('reaches back to the first capture where nothing survived', () => {
    const loss = lossOf({ killed: 1_045, told: captures(0, 1, 2), arrived: [] })
    expect(loss).toEqual({ afterMs: 45, windowMs: 45, captured: 3, survived: 0 })
  })

  it('counts what survived though the word of it did not, and no copy twice', () => {
    const loss = lossOf({ killed: 1_045, told: captures(0, 1), arrived: captures(0, 1, 2, 2, 1) })
    expect(loss).toEqual({ afterMs: 45, windowMs: 25, captured: 3, survived: 3 })
  })

  it('knows that an event of which nothing is left was captured after the one before it', () => {
    const loss = lossOf({ killed: 1_045, told: captures(0, 1), arrived: captures(0, 1, 4) })
    expect(loss).toEqual({ afterMs: 45, windowMs: 35, captured: 5, survived: 3 })
  })

  it('is never negative: the clocks that are compared need not agree to the ms', () => {
    expect(lossOf({ killed: 999, told: captures(0), arrived: [] })).toMatchObject({ afterMs: 0, windowMs: 0 })
  })
})

it('the summary of a row tells apart the kills in which nothing survived', () => {
  const losses = [10, 20, 30, 40].map((windowMs) => ({ afterMs: 50, windowMs, captured: 5, survived: 2 }))
  expect(summaryOf([...losses, { afterMs: 90, windowMs: 90, captured: 9, survived: 0 }])).toEqual({
    kills: 5,
    medianMs: 30,
    p90Ms: 70,
    worstMs: 90,
    firstSafeMs: [0, 50],
    nothingSurvived: 1,
    captured: 29,
    survived: 8,
  })
})

describe('the first event is safe', () => {
  const firstSafe = (lostAt: number[], safeAt: number[]) =>
    summaryOf([
      ...lostAt.map((ms) => ({ afterMs: ms, windowMs: ms, captured: 5, survived: 0 })),
      ...safeAt.map((ms) => ({ afterMs: ms, windowMs: 4, captured: 5, survived: 5 })),
    ]).firstSafeMs

  it('between the last kill that it did not survive and the first that it did', () => {
    expect(firstSafe([10, 20, 30], [40, 50])).toEqual([30, 40])
  })

  it('where the fewest kills say otherwise', () => {
    expect(firstSafe([10, 20, 28, 30, 90], [25, 40, 50, 100])).toEqual([30, 40])
  })

  it('before the first kill or after the last, where nothing else is known', () => {
    expect(firstSafe([], [40, 50])).toEqual([0, 40])
    expect(firstSafe([10, 20], [])).toEqual([20, Number.POSITIVE_INFINITY])
  })
})
