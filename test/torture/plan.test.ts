import { describe, expect, it } from 'vitest'
import { FAULTS } from './faults'
import { planRound } from './plan'

const ALL = Object.keys(FAULTS)
const SEEDS = Array.from({ length: 300 }, (_, seed) => seed)

describe('the plan of a round', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(planRound(7, ALL)).toEqual(planRound(7, ALL))
    expect(new Set(SEEDS.map((seed) => JSON.stringify(planRound(seed, ALL)))).size).toBe(SEEDS.length)
  })

  it('has every fault, on its own lane, in some round, and a fault of each lane in every round', () => {
    const lanes = SEEDS.map((seed) => planRound(seed, ALL).lanes)
    for (const [index, lane] of (['browser', 'network'] as const).entries()) {
      const names = lanes.flatMap((both) => both[index]?.map(({ name }) => name) ?? [])
      expect(new Set(names)).toEqual(new Set(ALL.filter((name) => FAULTS[name]?.lane === lane)))
    }
    expect(lanes.every((both) => both.every((lane) => lane.length > 0))).toBe(true)
  })

  it('has one tab and several, with a worker and without, in both formats', () => {
    const tabs = SEEDS.map((seed) => planRound(seed, ALL).tabs)
    expect(new Set(tabs.map(({ length }) => length))).toEqual(new Set([1, 2, 3]))
    const options = tabs.flat().map((tab) => tab.options)
    expect(new Set(options.map(({ worker }) => worker))).toEqual(new Set([undefined, false]))
    expect(new Set(options.map(({ captureMode }) => captureMode))).toEqual(new Set(['v0', 'v1']))
  })

  it('has the faults that were asked for alone', () => {
    const names = SEEDS.flatMap((seed) => planRound(seed, ['kill-browser']).lanes.flat())
    expect(new Set(names.map(({ name }) => name))).toEqual(new Set(['kill-browser']))
  })

  it('has first visits that are short, with a site that is as it should be and with each of its faults', () => {
    const plans = SEEDS.map((seed) => planRound(seed, ALL)).filter(({ opening }) => opening === 'short-visits')
    expect(plans.every(({ lanes }) => lanes[0]?.[0]?.name === 'short-visits')).toBe(true)
    const ofSite = new Set(plans.map((plan) => plan.ofSite))
    expect(ofSite).toEqual(new Set([undefined, 'slow-files', 'hang-worker-file', 'hang-late-code']))
  })

  it('has a choice of the person in some rounds, and none in most, of which everything is owed', () => {
    const choosing = SEEDS.filter((seed) =>
      planRound(seed, ALL)
        .lanes.flat()
        .some(({ name }) => name === 'erase' || name === 'agree'),
    )
    expect(choosing.length).toBeGreaterThan(SEEDS.length / 20)
    expect(choosing.length).toBeLessThan(SEEDS.length / 2)
  })

  it('opens with short visits where they were asked for alone', () => {
    const openings = (only: string[]) => new Set(SEEDS.map((seed) => planRound(seed, only).opening))
    expect(openings(['kill-browser'])).toEqual(new Set(['settled', 'at once']))
    expect(openings(['short-visits'])).toContain('short-visits')
  })
})
