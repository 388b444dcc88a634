/** What goes wrong. Each fault lasts until its function has resolved. */

import type { Page } from 'playwright'
import { until } from '../../e2e/replays/until'
import type { Random } from '../support/random'
import { HEARD_MS } from './consent'
import type { Endpoint } from './endpoint'
import type { Files } from './files'
import type { Mode } from './front'
import { SAFE_MS } from './recorder'
import type { Tab, TabKind, Visitor } from './visitor'

/** A navigation that takes longer does not happen, in ms. */
const NAVIGATION_LIMIT_MS = 5_000

/** A short visit ends within so many ms of its first page. */
const SHORT_VISIT_MS = 2_000

/** A choice is cut short by a kill within so many ms: half of the time before it has to be known. */
const SHORT_CHOICE_MS = 2 * SAFE_MS

interface World {
  visitor: Visitor
  endpoint: Endpoint
  files: Files
  /** The kinds of the tabs that the visitor has open. */
  kinds: TabKind[]
  random: Random
}

/**
 * Faults of one lane come one after the other; the lanes run side by side, so that faults of both fall together. One of
 * the site begins before the first page and lasts for the round.
 */
export interface Fault {
  lane: 'browser' | 'network' | 'site'
  /** It may take the reader of an answer away; the front sees all other lost answers. */
  silencesSenders?: boolean
  run: (world: World) => Promise<void>
}

export const FAULTS: Record<string, Fault> = {
  'kill-browser': {
    lane: 'browser',
    silencesSenders: true,
    async run({ visitor, random }) {
      await visitor.kill()
      await pause(random.integer(0, 200))
      await visitor.launch()
    },
  },
  'crash-renderer': {
    lane: 'browser',
    silencesSenders: true,
    run: (world) => withTab(world, (tab) => world.visitor.crash(tab)),
  },
  'stop-worker': {
    lane: 'browser',
    silencesSenders: true,
    run: (world) => withTab(world, (tab) => world.visitor.stopWorkers(tab)),
  },
  'close-tab': {
    lane: 'browser',
    silencesSenders: true,
    run: (world) => withTab(world, (tab) => world.visitor.close(tab)),
  },
  'leave-page': {
    lane: 'browser',
    silencesSenders: true,
    run: (world) =>
      withTab(world, async (tab) => {
        const away = await leave(world, tab)
        const back = away && world.random.chance(0.5) && (await goBack(tab.page))
        // Without a network there may be no way back.
        if (!back) await world.visitor.close(tab)
      }),
  },
  'short-visits': {
    lane: 'browser',
    silencesSenders: true,
    async run(world) {
      const { visitor, random } = world
      for (let left = random.integer(2, 4); left > 0; left--) await visitShortly(world)
      // Of a browser that was killed last there is none.
      await visitor.launch()
    },
  },
  erase: { lane: 'browser', silencesSenders: true, run: (world) => choose(world, true) },
  agree: { lane: 'browser', silencesSenders: true, run: (world) => choose(world, false) },
  'cut-network': {
    lane: 'network',
    silencesSenders: true,
    async run({ visitor, endpoint, random }) {
      visitor.goOffline()
      await endpoint.shut()
      await pause(random.integer(100, 900))
      await endpoint.reopen()
      visitor.goOnline()
    },
  },
  'restart-collector': {
    lane: 'network',
    run: ({ endpoint, random }) => endpoint.restart(random.pick(['SIGKILL', 'SIGTERM']), random.integer(0, 300)),
  },
  'refuse-connections': {
    lane: 'network',
    async run({ endpoint, random }) {
      await endpoint.shut()
      await pause(random.integer(100, 900))
      await endpoint.reopen()
    },
  },
  'cut-requests': { lane: 'network', run: (world) => inMode(world, 'cut') },
  'lose-answers': { lane: 'network', run: (world) => inMode(world, 'lose') },
  'hold-requests': { lane: 'network', run: (world) => inMode(world, 'hold') },
  'slow-files': { lane: 'site', run: async ({ files, random }) => files.set('slow', random.integer(0, 2 ** 31)) },
  'hang-worker-file': { lane: 'site', run: async ({ files }) => files.set('hang worker file') },
  'hang-late-code': { lane: 'site', run: async ({ files }) => files.set('hang late code') },
}

/** All tabs at once, from the first task of each, and an end at any moment. */
async function visitShortly(world: World) {
  const { visitor, random, kinds } = world
  await visitor.launch()
  const opening = kinds.map((kind) => visitor.tryTab(kind))
  await Promise.race(opening)
  await pause(random.integer(0, SHORT_VISIT_MS))
  const ending = random.pick(['kill', 'close', 'leave'])
  // What had not begun to load is not waited for: of a browser that is gone Playwright may never say so.
  if (ending === 'kill') return void (await visitor.kill())
  await Promise.all(opening)
  for (const tab of [...visitor.tabs]) {
    if (ending === 'leave') await leave(world, tab)
    await visitor.close(tab)
  }
}

/** The person chooses, and the browser is killed soon after it, or all tabs have to know of it. */
function choose(world: World, refused: boolean) {
  const { visitor, random } = world
  return withTab(world, async (tab) => {
    const choice = await visitor.choose(tab, refused)
    if (!choice) return
    const chosen = Date.now()
    if (random.chance(0.5)) {
      await pause(random.integer(0, SHORT_CHOICE_MS))
      const killed = await visitor.kill()
      if (killed - chosen > SAFE_MS) choice.sureAt = killed
      await visitor.launch()
      return
    }
    await pause(HEARD_MS)
    choice.sureAt = Date.now()
    await visitor.allKnow(refused)
  })
}

async function inMode({ endpoint, random }: World, mode: Mode) {
  endpoint.set(mode)
  await pause(random.integer(100, 900))
  endpoint.set('pass')
}

async function withTab({ visitor, random }: World, work: (tab: Tab) => Promise<unknown>) {
  const { tabs } = visitor
  if (tabs.size > 0) await work(random.pick([...tabs]))
}

/** @returns whether it is somewhere else */
async function leave({ visitor }: World, tab: Tab): Promise<boolean> {
  visitor.leaves(tab)
  // In the very task of the capture, so that the page is gone before anybody can answer it.
  await tab.page.evaluate(leaveAfterCapture).catch(() => undefined)
  return until(async () => tab.page.url().endsWith('/away.html'), NAVIGATION_LIMIT_MS)
}

/** Out of the back/forward cache, or loaded again. */
async function goBack(page: Page) {
  await page.evaluate(() => history.back()).catch(() => undefined)
  return until(() => page.evaluate(() => 'burst' in window).catch(() => false), NAVIGATION_LIMIT_MS)
}

function leaveAfterCapture() {
  // A page that has only begun to load has captured nothing yet.
  const { burst } = window as typeof window & { burst?: (count: number) => void }
  burst?.(3)
  location.href = '/away.html'
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
