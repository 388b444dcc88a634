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

/** No throughput is limited by -1. */
const NO_NETWORK = { offline: true, latency: 0, downloadThroughput: -1, uploadThroughput: -1 }

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
  let offline = false
  /** @type {Set<import('playwright').CDPSession>} */
  const withoutNetwork = new Set()
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
      if (offline) await takeNetwork(page)
      const loaded = await page.goto(urlOf(visit), { waitUntil: 'commit' }).catch(() => null)
      if (loaded) opened = page
      else await page.close()
      return loaded !== null
    }, LOAD_LIMIT_MS)
    if (!opened) throw new Error('a page of the site could not be opened')
    return opened
  }

  /**
   * Chromium would leave a worker without a network for good that crashed while it had none, so only pages are told;
   * what workers send is up to the endpoint.
   *
   * @param {import('playwright').Page} page
   */
  async function takeNetwork(page) {
    const devTools = await page.context().newCDPSession(page)
    // It may be back by now.
    if (!offline) return
    withoutNetwork.add(devTools)
    // A page that crashes meanwhile never answers.
    devTools.send('Network.emulateNetworkConditions', NO_NETWORK).catch(() => undefined)
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
    async crash({ page }) {
      const open = [...tabs]
      const devTools = await page.context().newCDPSession(page)
      const crashed = page.waitForEvent('crash')
      // A crashed renderer never answers.
      devTools.send('Page.crash').catch(() => undefined)
      await crashed
      // Tabs of one site may share a renderer.
      for (const { page } of open) await page.evaluate(() => undefined).catch(() => page.close())
    },

    /** @param {Tab} tab through which the browser is asked */
    async stopWorkers({ page }) {
      const devTools = await page.context().newCDPSession(page)
      await devTools.send('ServiceWorker.enable')
      await devTools.send('ServiceWorker.stopAllWorkers')
      await devTools.detach()
    },

    /** Every page is offline, and so is every page that is opened from now on. */
    goOffline() {
      offline = true
      // A page that goes away meanwhile needs none.
      for (const page of browser?.context.pages() ?? []) takeNetwork(page).catch(() => undefined)
    },

    goOnline() {
      offline = false
      // What a session changed ends with it, or has ended with its page. Where the browser is gone there is no answer.
      for (const devTools of withoutNetwork) devTools.detach().catch(() => undefined)
      withoutNetwork.clear()
    },
  }
}
