import { expect, it } from 'vitest'
import { createRandom } from '../support/random'
import { killMoments } from './kill-moments'

it('as many kills fall into each part of the span, whatever the seed', () => {
  for (const seed of [1, 2, 3]) {
    const moments = killMoments(30, [1, 1_000], createRandom(seed))
    const between = (least: number, most: number) => moments.filter((ms) => ms >= least && ms < most).length
    expect([between(1, 10), between(10, 100), between(100, 1_000)]).toEqual([10, 10, 10])
  }
})

it('a seed repeats its moments', () => {
  const moments = () => killMoments(5, [10, 600], createRandom(7))
  expect(moments()).toEqual(moments())
})
