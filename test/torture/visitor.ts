/** A person's browser: one profile, some tabs under load, and everything that can happen to them. */

import type { CDPSession, Page } from 'playwright'
import { launchKillable } from '../../e2e/browser'
import { until } from '../../e2e/replays/until'
import type { Site } from '../../e2e/site'
import type { Random } from '../support/random'
import type { Choice } from './consent'
import type { Recorder } from './recorder'

export interface TabKind {
  /** Of `init`. */
  options: Record<string, unknown>
  load: { bursts: number; maxBurst: number; maxPauseMs: number }
}

export interface Tab {
  kind: TabKind
  page: Page
}

/** A page that has not begun to load by then is given up, in ms. */
const LOAD_LIMIT_MS = 30_000

/** A tab that takes longer to close, and then to react, hangs, in ms. */
const CLOSE_LIMIT_MS = 10_000

/** No throughput is limited by -1. */
const NO_NETWORK = { offline: true, latency: 0, downloadThroughput: -1, uploadThroughput: -1 }

const pause = (ms: number) => new Promise((resolve) => setTimeout(() => resolve(undefined), ms))

export type Visitor = ReturnType<typeof createVisitor>

export function createVisitor({
  profile,
  site,
  recorder,
  random,
  common,
}: {
  profile: string
  site: Site
  recorder: Recorder
  random: Random
  /** What every page of the round is given. */
  common: Record<string, unknown>
}) {
  let browser: Awaited<ReturnType<typeof launchKillable>> | undefined
  const tabs = new Set<Tab>()
  let offline = false
  const withoutNetwork = new Set<CDPSession>()
  let over = false

  /** Unless it is there. */
  async function launch() {
    if (browser) return browser
    const launched = await launchKillable(profile)
    browser = launched
    if (over) {
      await kill()
      throw new Error('the round is over')
    }
    launched.context.setDefaultTimeout(LOAD_LIMIT_MS)
    launched.context.on('weberror', (error) => recorder.fail(error.error().stack))
    await launched.context.exposeBinding('tell', ({ page }, message) => recorder.tell(page, message))
    return launched
  }

  const urlOf = (visit: object) => {
    const parameters = { ...common, seed: random.integer(0, 2 ** 31), ...visit }
    return `${site.url}/load.html?visit=${encodeURIComponent(JSON.stringify(parameters))}`
  }

  async function openPage(visit: object) {
    let opened: Page | undefined
    // Without a network there is no page either; the visitor tries again, in a new tab.
    await until(async () => {
      opened = await tryPage(browser ?? (await launch()), visit)
      return opened !== undefined
    }, LOAD_LIMIT_MS)
    if (!opened) throw new Error('a page of the site could not be opened')
    return opened
  }

  async function tryPage({ context }: Awaited<ReturnType<typeof launchKillable>>, visit: object) {
    const page = await context.newPage()
    if (offline) await takeNetwork(page)
    const loaded = await page.goto(urlOf(visit), { waitUntil: 'commit' }).catch(() => null)
    if (loaded) return page
    await page.close()
    return undefined
  }

  const visitOf = (kind: TabKind) => ({ ...kind.options, load: kind.load })

  function keepTab(kind: TabKind, page: Page) {
    const tab = { kind, page }
    tabs.add(tab)
    page.once('close', () => tabs.delete(tab))
    page.once('crash', () => void page.close())
  }

  /**
   * Chromium would leave a worker without a network for good that crashed while it had none, so only pages are told;
   * what workers send is up to the endpoint.
   */
  async function takeNetwork(page: Page) {
    const devTools = await page.context().newCDPSession(page)
    // It may be back by now.
    if (!offline) return
    withoutNetwork.add(devTools)
    // A page that crashes meanwhile never answers.
    devTools.send('Network.emulateNetworkConditions', NO_NETWORK).catch(() => undefined)
  }

  /** @returns when, in ms since the epoch */
  async function kill(): Promise<number> {
    const killed = browser
    browser = undefined
    tabs.clear()
    const pages = killed?.context.pages() ?? []
    const at = Date.now()
    const ended = killed?.kill()
    for (const page of pages) recorder.ends(page, 'the browser was killed', at)
    await ended
    return at
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

    async openTab(kind: TabKind) {
      keepTab(kind, await openPage(visitOf(kind)))
    },

    /**
     * Once, in the browser that is there: the browser may be gone or without a network before the page has begun to load.
     */
    async tryTab(kind: TabKind) {
      const page = await (browser && tryPage(browser, visitOf(kind)))?.catch(() => undefined)
      if (page && !page.isClosed()) keepTab(kind, page)
    },

    /** The page is about to be left. */
    leaves: ({ page }: Tab) => recorder.ends(page, 'it was left', Date.now()),

    async close({ page }: Tab) {
      recorder.ends(page, 'it was closed', Date.now())
      const closed = page.close().then(() => true)
      if (await Promise.race([closed, pause(CLOSE_LIMIT_MS)])) return
      // A page that does not even react may be the library's doing; a tab that just stays open is the browser's.
      const reacts = await Promise.race([page.evaluate(() => true).catch(() => true), pause(CLOSE_LIMIT_MS)])
      if (!reacts) recorder.fail('a page neither closed nor reacted')
      await kill()
    },

    /** A page that captures nothing: what is left from before is its only business. */
    visit: () => openPage({}),

    async crash({ page }: Tab) {
      const open = [...tabs]
      const devTools = await page.context().newCDPSession(page)
      const crashed = page.waitForEvent('crash')
      const at = Date.now()
      // A crashed renderer never answers.
      devTools.send('Page.crash').catch(() => undefined)
      await crashed
      // Tabs of one site may share a renderer.
      for (const { page } of open) {
        await page
          .evaluate(() => undefined)
          .catch(() => {
            recorder.ends(page, 'its renderer crashed', at)
            return page.close()
          })
      }
    },

    /**
     * In one tab, for all.
     *
     * @param refused `optOut` with `clear`, or `optIn`
     * @returns nothing where the tab has no client yet
     */
    async choose({ page }: Tab, refused: boolean): Promise<Choice | undefined> {
      const choice = { refused, from: Date.now(), sureAt: undefined as number | undefined }
      const chosen = await page.evaluate(choose, refused).catch(() => true)
      if (!chosen) return undefined
      recorder.choices.push(choice)
      return choice
    },

    /** Every tab that has a client knows what was chosen. */
    async allKnow(refused: boolean) {
      for (const { page } of tabs) {
        const optedOut = await page.evaluate(() => window.outlast?.isOptOut()).catch(() => undefined)
        if (optedOut === !refused) recorder.fail(`a tab says isOptOut() ${optedOut} after the choice in another`)
      }
    },

    /** @param tab through which the browser is asked */
    async stopWorkers({ page }: Tab) {
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

function choose(refused: boolean) {
  const client = window.outlast as Window['outlast'] | undefined
  if (refused) client?.optOut({ clear: true })
  else client?.optIn()
  return client !== undefined
}
