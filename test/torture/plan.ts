/** What a round is made of: the same seed gives the same plan. */

import { createRandom, type Random } from '../support/random'
import { FAULTS } from './faults'
import type { TabKind } from './visitor'

export interface PlannedFault {
  name: string
  /** The time since the fault before it on its lane. */
  afterMs: number
}

export interface Plan {
  seed: number
  tabs: TabKind[]
  /** The faults of the browser and those of the network. */
  lanes: PlannedFault[][]
  /** The fault that the site has for the whole round. */
  ofSite: string | undefined
  /**
   * Faults begin once an event was committed, or with the first
   * page, when its worker may not be installed yet; or the round's first visits are short ones, one after the other.
   */
  opening: 'settled' | 'at once' | 'short-visits'
  ending: 'kill' | 'close'
}

/** How many faults a lane has in a round, and how far apart they are at most, in ms. */
const MOST_FAULTS = 3
const MOST_APART_MS = 900

/** What the person may choose. Nothing is owed of what they had erased, so most rounds have none of it. */
const CHOICES = ['erase', 'agree']
const CHOOSES = 0.3

/** How often the site has a fault: late files matter most on first visits. */
const OF_SITE = 0.2
const OF_SITE_SHORT = 0.7

/** How often a page captures, at most. */
const MOST_BURSTS = 100

/**
 * How often a page captures, at most, in a round in which no page ever gets a host. The pages of all visits together
 * write the handovers of no more than a thousand tasks to disk. Later events wait in memory, and need not be delivered.
 */
const MOST_BURSTS_UNHOSTED = 20

/** @param only names of faults */
export function planRound(seed: number, only: readonly string[]): Plan {
  const random = createRandom(seed)
  const tabs = Array.from({ length: random.integer(1, 3) }, () => planTab(random))
  const wanted = random.chance(CHOOSES) ? only : only.filter((name) => !CHOICES.includes(name))
  // Where nothing else was asked for, each round has them.
  const names = wanted.length > 0 ? wanted : only
  const namesOf = (lane: string) => names.filter((name) => FAULTS[name]?.lane === lane)
  const [browser, network] = ['browser', 'network'].map((lane) => planLane(namesOf(lane), random))
  const opening = random.pick(['settled', 'settled', 'at once', 'short-visits', 'short-visits'] as const)
  const isShort = opening === 'short-visits' && names.includes(opening)
  const faultsOfSite = namesOf('site')
  const hasOfSite = faultsOfSite.length > 0 && random.chance(isShort ? OF_SITE_SHORT : OF_SITE)
  const ofSite = hasOfSite ? random.pick(faultsOfSite) : undefined
  const bursts = ofSite === 'hang-late-code' ? MOST_BURSTS_UNHOSTED : MOST_BURSTS
  return {
    seed,
    tabs: tabs.map(({ options, load }) => ({ options, load: { ...load, bursts } })),
    lanes: [[...(isShort ? [{ name: opening, afterMs: 0 }] : []), ...(browser ?? [])], network ?? []],
    ofSite,
    opening: opening === 'short-visits' && !isShort ? 'at once' : opening,
    ending: random.pick(['kill', 'close']),
  }
}

function planLane(names: string[], random: Random): PlannedFault[] {
  const count = names.length === 0 ? 0 : random.integer(1, MOST_FAULTS)
  return Array.from({ length: count }, () => ({ name: random.pick(names), afterMs: random.integer(0, MOST_APART_MS) }))
}

function planTab(random: Random) {
  return {
    options: {
      // Without a worker the page does the same work itself, over the same queue.
      ...(random.chance(0.3) ? { worker: false } : {}),
      captureMode: random.pick(['v0', 'v1']),
      flushAt: random.pick([5, 20, 100]),
      flushInterval: random.pick([50, 300, 1_000]),
    },
    load: { maxBurst: random.pick([2, 5, 15]), maxPauseMs: random.pick([30, 80, 200]) },
  }
}
