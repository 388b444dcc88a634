/** A person's browser: one profile, some tabs under load, and everything that can happen to them. */

import type { Page } from 'playwright'
import { launchKillable } from '../../e2e/browser'
import { until } from '../../e2e/replays/until'
import type { Site } from '../../e2e/site'
import type { Random } from '../support/random'
import { choose } from './choose'
import type { Choice } from './consent'
import { createNetwork } from './network'
import type { Recorder } from './recorder'
import { closePage, crashPage } from './tab-ends'

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
  const network = createNetwork(() => browser?.context.pages() ?? [])
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
    await network.begins(page)
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
    goOffline: network.goOffline,
    goOnline: network.goOnline,

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
      if (!(await closePage(page, recorder))) await kill()
    },

    crash: ({ page }: Tab) => crashPage(page, [...tabs], recorder),

    /** A page that captures nothing: what is left from before is its only business. */
    visit: () => openPage({}),

    /**
     * In one tab, for all.
     *
     * @param refused `optOut` with `clear`, or `optIn`
     * @returns nothing where the tab has no client yet
     */
    choose: ({ page }: Tab, refused: boolean): Promise<Choice | undefined> => choose(page, refused, recorder),

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
  }
}
