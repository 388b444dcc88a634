/** What happens to visitors, told so that any library can play it. */

import type { Browser, BrowserContext, Page } from 'playwright'
import { launchKillable, withProfile } from '../../e2e/browser'
import type { Visit } from './visit'

interface Scene {
  visit: Visit
  browser: Browser
  context: () => Promise<BrowserContext>
  /** How long what is missing is waited for, once nothing stands in its way any more. */
  patienceMs: number
  /** A page has handed over what it captured; undefined where its library has just the time that the story gives. */
  handedOver?: ((page: Page) => Promise<void>) | undefined
}

export interface Story {
  name: string
  /** The story is also played by --quick. */
  quick?: boolean
  play: (scene: Scene) => Promise<void>
}

/** A visitor stays that long after the last capture, before anything happens to the page. */
const MOMENT_MS = 1_000
const OUTAGE_MS = 20_000
/** Chromium writes localStorage to the disk some seconds after it was set. */
const LONG_ENOUGH_MS = 15_000
/** How long a request hangs before a gateway would cut it. */
const HANG_MS = 15_000

const pass = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** A visitor who stays while the endpoint fails for some time. */
const inOutage =
  (mode: '503' | 'down'): Story['play'] =>
  async ({ visit, context, patienceMs }) => {
    const page = await visit.open(await context())
    visit.ingest.fault({ mode })
    for (let task = 0; task < 4; task++) await visit.capture(page, 10)
    await pass(OUTAGE_MS)
    visit.ingest.fault({ mode: 'ok' })
    await visit.ingest.arrived(visit.captured, patienceMs)
  }

export const STORIES: Story[] = [
  {
    name: 'steady online',
    quick: true,
    async play({ visit, context, patienceMs }) {
      const page = await visit.open(await context())
      for (let task = 0; task < 20; task++) await visit.capture(page, 5)
      await visit.ingest.arrived(visit.captured, patienceMs)
    },
  },
  {
    name: 'offline, then online',
    async play({ visit, context, patienceMs }) {
      const visitor = await context()
      const page = await visit.open(visitor)
      await visitor.setOffline(true)
      for (let task = 0; task < 5; task++) await visit.capture(page, 10)
      await pass(5 * MOMENT_MS)
      await visitor.setOffline(false)
      await visit.ingest.arrived(visit.captured, patienceMs)
    },
  },
  {
    name: 'laptop lid closed and opened',
    async play({ visit, context, patienceMs }) {
      const visitor = await context()
      const page = await visit.open(visitor)
      await visitor.setOffline(true)
      await visit.capture(page, 25)
      const devTools = await visitor.newCDPSession(page)
      await devTools.send('Page.setWebLifecycleState', { state: 'frozen' })
      await pass(5 * MOMENT_MS)
      await visitor.setOffline(false)
      await devTools.send('Page.setWebLifecycleState', { state: 'active' })
      await visit.ingest.arrived(visit.captured, patienceMs)
    },
  },
  {
    name: 'tab closed offline, never back',
    quick: true,
    async play({ visit, context, patienceMs, handedOver }) {
      const visitor = await context()
      const page = await visit.open(visitor)
      await visitor.setOffline(true)
      await visit.capture(page, 25)
      await pass(MOMENT_MS)
      await handedOver?.(page)
      await close(page)
      await visitor.setOffline(false)
      await visit.ingest.arrived(visit.captured, patienceMs)
    },
  },
  {
    name: 'tab closed offline, back later',
    async play({ visit, context, patienceMs, handedOver }) {
      const visitor = await context()
      const page = await visit.open(visitor)
      await visitor.setOffline(true)
      await visit.capture(page, 25)
      await pass(MOMENT_MS)
      await handedOver?.(page)
      await close(page)
      await visitor.setOffline(false)
      await visit.open(visitor)
      await visit.ingest.arrived(visit.captured, patienceMs)
    },
  },
  {
    name: 'tab closed in the task of the capture',
    async play({ visit, context, patienceMs }) {
      const visitor = await context()
      const opener = await visit.open(visitor)
      for (let tab = 0; tab < 5; tab++) {
        const [page] = await Promise.all([
          visitor.waitForEvent('page'),
          opener.evaluate(() => void window.open(location.href, '_blank')),
        ])
        await page.waitForFunction(() => window.bench !== undefined)
        const closed = page.waitForEvent('close')
        await leave(visit, page, () => window.close())
        await closed
      }
      // Not to be rescued by the page that is still open.
      await close(opener)
      await visit.ingest.arrived(visit.captured, patienceMs)
    },
  },
  {
    name: 'navigation in the task of the capture',
    quick: true,
    async play({ visit, context, patienceMs }) {
      const visitor = await context()
      for (let time = 0; time < 5; time++) {
        const page = await visit.open(visitor)
        await leave(visit, page, () => {
          location.href = '/away.html'
        })
        await page.waitForURL('**/away.html')
        await page.close()
      }
      await visit.ingest.arrived(visit.captured, patienceMs)
    },
  },
  {
    name: 'browser killed after 1 s of an outage, back later',
    quick: true,
    play: (scene) => killed(scene, MOMENT_MS),
  },
  {
    name: 'browser killed after 15 s of an outage, back later',
    play: (scene) => killed(scene, LONG_ENOUGH_MS),
  },
  {
    name: 'tab crashes in an outage, back later',
    async play({ visit, context, patienceMs }) {
      const visitor = await context()
      const page = await visit.open(visitor)
      visit.ingest.fault({ mode: 'down' })
      await visit.capture(page, 20)
      await pass(MOMENT_MS)
      const crashed = page.waitForEvent('crash')
      page.goto('chrome://crash').catch(() => undefined)
      await crashed
      visit.ingest.fault({ mode: 'ok' })
      await visit.open(visitor)
      await visit.ingest.arrived(visit.captured, patienceMs)
    },
  },
  {
    name: '503 for 20 s',
    play: inOutage('503'),
  },
  {
    name: '429 with Retry-After',
    async play({ visit, context, patienceMs }) {
      const page = await visit.open(await context())
      visit.ingest.fault({ mode: '429', count: 1 })
      await visit.capture(page, 10)
      await visit.ingest.requested(1, patienceMs)
      await visit.capture(page, 10)
      await visit.ingest.arrived(visit.captured, patienceMs)
    },
  },
  {
    name: 'unreachable for 20 s',
    play: inOutage('down'),
  },
  {
    name: 'first request hangs for 15 s',
    async play({ visit, context, patienceMs }) {
      const page = await visit.open(await context())
      visit.ingest.fault({ mode: 'hang', count: 1 })
      await visit.capture(page, 10)
      await visit.ingest.requested(1, patienceMs)
      await visit.capture(page, 10)
      await visit.ingest.arrived(visit.captured, HANG_MS)
      visit.ingest.fault({ mode: 'ok' })
      await visit.ingest.arrived(visit.captured, patienceMs)
    },
  },
  {
    name: 'answer lost',
    quick: true,
    async play({ visit, context, patienceMs }) {
      const page = await visit.open(await context())
      visit.ingest.fault({ mode: 'lost', count: 1 })
      await visit.capture(page, 10)
      await visit.ingest.requested(1, patienceMs)
      await pass(MOMENT_MS)
      await visit.capture(page, 10)
      await visit.ingest.arrived(visit.captured, patienceMs)
    },
  },
]

/** As a visitor closes a tab: its last events run, and it is gone before anything else happens. */
async function close(page: Page) {
  const closed = page.waitForEvent('close')
  await page.close({ runBeforeUnload: true })
  await closed
}

function killed({ visit, patienceMs, handedOver }: Scene, afterMs: number) {
  return withProfile(async (profile) => {
    const first = await launchKillable(profile)
    const page = await visit.open(first.context)
    visit.ingest.fault({ mode: 'down' })
    await visit.capture(page, 40)
    await pass(afterMs)
    await handedOver?.(page)
    await first.kill()
    visit.ingest.fault({ mode: 'ok' })
    const second = await launchKillable(profile)
    try {
      await visit.open(second.context)
      await visit.ingest.arrived(visit.captured, patienceMs)
    } finally {
      await second.kill()
    }
  })
}

/** What a page captures in the task in which it is left. */
const LAST_WORDS = 3

async function leave(visit: Visit, page: Page, go: () => void) {
  const from = visit.claim(LAST_WORDS)
  const expression = `bench.capture(${from}, ${LAST_WORDS}); (${go})()`
  // The page is gone before the call can be answered.
  await page.evaluate(expression).catch(() => undefined)
}
