// @ts-check
/** A person's browser: one profile, some tabs under load, and everything that can happen to them. */

import { launchKillable } from '../e2e/browser.mjs'
import { until } from '../e2e/replays/until.mjs'

/**
 * @typedef {object} TabKind
 * @property {Record<string, unknown>} options of `init`
 * @property {{ bursts: number, maxBurst: number, maxPauseMs: number }} load
 */

/**
 * @typedef {object} Tab
 * @property {TabKind} kind
 * @property {import('playwright').Page} page
 */

/** A page that has not begun to load by then is given up, in ms. */
const LOAD_LIMIT_MS = 30_000

/** A tab that takes longer to close, and then to react, hangs, in ms. */
const CLOSE_LIMIT_MS = 10_000

/** @param {number} ms */
const pause = (ms) => new Promise((resolve) => setTimeout(() => resolve(undefined), ms))

/** @typedef {ReturnType<typeof createVisitor>} Visitor */

/**
 * @param {object} parts
 * @param {string} parts.profile
 * @param {import('../e2e/site.mjs').Site} parts.site
 * @param {import('./recorder.mjs').Recorder} parts.recorder
 * @param {import('./page/random.mjs').Random} parts.random
 * @param {Record<string, unknown>} parts.common what every page of the round is given
 */
export function createVisitor({ profile, site, recorder, random, common }) {
  /** @type {Awaited<ReturnType<typeof launchKillable>> | undefined} */
  let browser
  /** @type {Set<Tab>} */
  const tabs = new Set()
  let over = false

  async function launch() {
    const launched = await launchKillable(profile)
    browser = launched
    if (over) {
      await kill()
      throw new Error('the round is over')
    }
    launched.context.setDefaultTimeout(LOAD_LIMIT_MS)
    launched.context.on('weberror', (error) => recorder.fail(error.error().stack))
    await launched.context.exposeBinding('tell', (_source, message) => recorder.tell(message))
    return launched
  }

  /** @param {object} visit */
  const urlOf = (visit) => {
    const parameters = { ...common, seed: random.integer(0, 2 ** 31), ...visit }
    return `${site.url}/load.html?visit=${encodeURIComponent(JSON.stringify(parameters))}`
  }

  /** @param {object} visit */
  async function openPage(visit) {
    /** @type {import('playwright').Page | undefined} */
    let opened
    // Without a network there is no page either; the visitor tries again, in a new tab.
    await until(async () => {
      const { context } = browser ?? (await launch())
      const page = await context.newPage()
      const loaded = await page.goto(urlOf(visit), { waitUntil: 'commit' }).catch(() => null)
      if (loaded) opened = page
      else await page.close()
      return loaded !== null
    }, LOAD_LIMIT_MS)
    if (!opened) throw new Error('a page of the site could not be opened')
    return opened
  }

  /** @type {Promise<unknown>} */
  let turn = Promise.resolve()
  /**
   * One after the other: Playwright waits for ever for a page that crashes while the network is changed, and cannot
   * change it while there is a crashed page.
   *
   * @template T
   * @param {() => Promise<T>} work
   * @returns {Promise<T>}
   */
  function inTurn(work) {
    const result = turn.then(work)
    turn = result.catch(() => undefined)
    return result
  }

  async function kill() {
    const killed = browser
    browser = undefined
    tabs.clear()
    await killed?.kill()
  }

  return {
    tabs,
    launch,
    /** As a crash or a power button: at once, all processes. */
    kill,

    /** It ended, and nobody here ended it. */
    get vanished() {
      return browser !== undefined && !browser.browser.isConnected()
    },

    /** For good: whatever still waits for this browser gets no other. */
    async end() {
      over = true
      await kill()
    },

    /** @param {TabKind} kind */
    async openTab(kind) {
      const tab = { kind, page: await openPage({ ...kind.options, load: kind.load }) }
      tabs.add(tab)
      tab.page.once('close', () => tabs.delete(tab))
      tab.page.once('crash', () => void tab.page.close())
    },

    /** @param {Tab} tab */
    async close({ page }) {
      const closed = page.close().then(() => true)
      if (await Promise.race([closed, pause(CLOSE_LIMIT_MS)])) return
      // A page that does not even react may be the library's doing; a tab that just stays open is the browser's.
      const reacts = await Promise.race([page.evaluate(() => true).catch(() => true), pause(CLOSE_LIMIT_MS)])
      if (!reacts) recorder.fail('a page neither closed nor reacted')
      await kill()
    },

    /** A page that captures nothing: what is left from before is its only business. */
    visit: () => openPage({}),

    /** @param {Tab} tab */
    crash: ({ page }) =>
      inTurn(async () => {
        const open = [...tabs]
        const devTools = await page.context().newCDPSession(page)
        const crashed = page.waitForEvent('crash')
        // A crashed renderer never answers.
        devTools.send('Page.crash').catch(() => undefined)
        await crashed
        // Tabs of one site may share a renderer.
        for (const { page } of open) await page.evaluate(() => undefined).catch(() => page.close())
      }),

    /** @param {Tab} tab through which the browser is asked */
    async stopWorkers({ page }) {
      const devTools = await page.context().newCDPSession(page)
      await devTools.send('ServiceWorker.enable')
      await devTools.send('ServiceWorker.stopAllWorkers')
      await devTools.detach()
    },

    /** @param {boolean} offline for pages and workers alike */
    async setOffline(offline) {
      const { context } = browser ?? {}
      const changed = await until(async () => {
        // A browser that is killed comes back online.
        if (!context || context !== browser?.context) return true
        // Playwright takes the change back when a page goes away during it.
        return inTurn(() => context.setOffline(offline)).then(
          () => true,
          () => false,
        )
      }, LOAD_LIMIT_MS)
      if (!changed) throw new Error(`the network could not be ${offline ? 'cut' : 'given back'}`)
    },
  }
}
