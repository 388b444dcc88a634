// @ts-check
/** What goes wrong. Each fault lasts until its function has resolved. */

import { until } from '../e2e/replays/until.mjs'

/** A navigation that takes longer does not happen, in ms. */
const NAVIGATION_LIMIT_MS = 5_000

/**
 * @typedef {object} World
 * @property {import('./visitor.mjs').Visitor} visitor
 * @property {import('./endpoint.mjs').Endpoint} endpoint
 * @property {import('./page/random.mjs').Random} random
 */

/**
 * Faults of one lane come one after the other; the lanes run side by side, so that faults of both fall together.
 *
 * @typedef {object} Fault
 * @property {'browser' | 'network'} lane
 * @property {boolean} [silencesSenders] it may take the reader of an answer away; the front sees all other lost answers
 * @property {(world: World) => Promise<void>} run
 */

/** @type {Record<string, Fault>} */
export const FAULTS = {
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
        const { page } = tab
        // In the very task of the capture, so that the page is gone before anybody can answer it.
        await page.evaluate(leaveAfterCapture).catch(() => undefined)
        const away = await until(async () => page.url().endsWith('/away.html'), NAVIGATION_LIMIT_MS)
        const back = away && world.random.chance(0.5) && (await goBack(page))
        // Without a network there may be no way back.
        if (!back) await world.visitor.close(tab)
      }),
  },
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
}

/**
 * @param {World} world
 * @param {import('./front.mjs').Mode} mode
 */
async function inMode({ endpoint, random }, mode) {
  endpoint.set(mode)
  await pause(random.integer(100, 900))
  endpoint.set('pass')
}

/**
 * @param {World} world
 * @param {(tab: import('./visitor.mjs').Tab) => Promise<unknown>} work
 */
async function withTab({ visitor, random }, work) {
  const { tabs } = visitor
  if (tabs.size > 0) await work(random.pick([...tabs]))
}

/**
 * Out of the back/forward cache, or loaded again.
 *
 * @param {import('playwright').Page} page
 */
async function goBack(page) {
  await page.evaluate(() => history.back()).catch(() => undefined)
  return until(() => page.evaluate(() => 'burst' in window).catch(() => false), NAVIGATION_LIMIT_MS)
}

function leaveAfterCapture() {
  // A page that has only begun to load has captured nothing yet.
  const { burst } = /** @type {{ burst?: (count: number) => void }} */ (/** @type {unknown} */ (window))
  burst?.(3)
  location.href = '/away.html'
}

/** @param {number} ms */
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
