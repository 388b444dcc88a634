/** What happens to visitors, told so that a browser can play it. In each, everything that was captured must arrive. */

import type { Dropped } from '../../src/core/base/accounting'
import { withProfile } from '../browser'
import type { Ability } from '../engines/engine'
import { EXCEPTIONS } from './exceptions'
import { PAGE_EXITS } from './page-exits'
import { PAGEVIEWS } from './pageviews'
import type { Stage } from './stage'

export interface Story {
  name: string
  /** Of `init`. */
  options?: Record<string, unknown>
  /** What an engine must be able to do for the story. */
  needs?: Ability[]
  /** An answer is lost in the story, so events arrive twice. */
  mayDuplicate?: boolean
  /** The browser may end the host in it while a request is under way. */
  mayLoseAnswers?: boolean
  /** Resolves with the number of events that were dropped for each reason, if the story tells it. */
  play: (stage: Stage) => Promise<Dropped> | Promise<void>
}

export const STORIES: Story[] = [
  {
    name: 'steady online',
    async play(stage) {
      const page = await stage.open(await stage.context())
      for (let task = 0; task < 20; task++) await stage.capture(page, 5)
      await stage.delivered()
      return stage.drained(page)
    },
  },
  {
    name: 'offline, then online',
    async play(stage) {
      const context = await stage.context()
      const page = await stage.open(context)
      await stage.offline(context, true)
      for (let task = 0; task < 5; task++) await stage.capture(page, 10)
      await stage.committed(page)
      await stage.offline(context, false)
      await stage.delivered()
      return stage.drained(page)
    },
  },
  {
    name: 'tab closed offline, never back',
    needs: ['backgroundSync'],
    async play(stage) {
      const context = await stage.context()
      const page = await stage.open(context)
      await stage.offline(context, true)
      await stage.capture(page, 25)
      await stage.committed(page)
      await page.close()
      await stage.offline(context, false)
      // No page is open: only Background Sync can deliver now.
      await stage.delivered()
      return stage.drained(await stage.open(context))
    },
  },
  {
    name: 'tab closed in the task of the capture',
    async play(stage) {
      const context = await stage.context()
      const opener = await stage.open(context)
      for (let tab = 0; tab < 5; tab++) {
        const page = await context.opened(() => opener.evaluate(() => void window.open(location.href, '_blank')))
        await stage.ready(page)
        // The page is gone before the call that captured could be answered.
        await page
          .evaluate((uuids) => {
            for (const uuid of uuids) window.outlast.capture('last words', {}, { uuid })
            window.close()
          }, stage.newUuids(3))
          .catch(() => undefined)
        await context.closed(page)
      }
      await stage.delivered()
      return stage.drained(opener)
    },
  },
  {
    name: 'navigation away in the task of the capture',
    async play(stage) {
      const context = await stage.context()
      for (let visit = 0; visit < 5; visit++) {
        const page = await stage.open(context)
        const leave = (uuids: string[]) => {
          for (const uuid of uuids) window.outlast.capture('clicked away', {}, { uuid })
          location.href = '/away.html'
        }
        await stage.goes(page, '/away.html', leave, stage.newUuids(3))
        await page.close()
      }
      await stage.delivered()
      return stage.drained(await stage.open(context))
    },
  },
  {
    name: 'browser killed and started again',
    play: (stage) =>
      withProfile(async (profile) => {
        await stage.killable(profile, async (context, kill) => {
          const page = await stage.open(context)
          stage.collector.fault({ mode: 'down' })
          await stage.capture(page, 40)
          await stage.committed(page)
          await kill()
        })
        return stage.killable(profile, async (context) => {
          const page = await stage.open(context)
          stage.outageOver()
          await stage.delivered()
          return stage.drained(page)
        })
      }),
  },
  {
    name: 'renderer crash',
    needs: ['crash'],
    async play(stage) {
      const context = await stage.context()
      const page = await stage.open(context)
      stage.collector.fault({ mode: 'down' })
      await stage.capture(page, 20)
      await stage.committed(page)
      await stage.browser.crash?.(page)
      const back = await stage.open(context)
      stage.outageOver()
      await stage.delivered()
      return stage.drained(back)
    },
  },
  {
    name: 'worker stopped in the middle of a request',
    needs: ['stopWorkers'],
    async play(stage) {
      const context = await stage.context()
      const page = await stage.open(context)
      // What is sent again is answered at once, and the first request never: that would be a lost answer, another story.
      stage.collector.fault({ mode: 'hang', count: 1 })
      await stage.capture(page, 10)
      await stage.requested(1)
      await stage.browser.stopWorkers?.(page)
      await stage.released()
      await stage.capture(page, 10)
      await stage.delivered()
      return stage.drained(page)
    },
  },
  {
    name: '503 for a while',
    async play(stage) {
      const page = await stage.open(await stage.context())
      stage.collector.fault({ mode: '503' })
      for (let task = 0; task < 4; task++) {
        await stage.capture(page, 10)
        await stage.requested(task + 1)
      }
      stage.collector.fault({ mode: 'ok' })
      await stage.delivered()
      return stage.drained(page)
    },
  },
  {
    name: '429 with Retry-After',
    async play(stage) {
      const page = await stage.open(await stage.context())
      stage.collector.fault({ mode: '429', retryAfter: 2, count: 2 })
      await stage.capture(page, 10)
      await stage.delivered()
      return stage.drained(page)
    },
  },
  {
    name: '413 for batches over 8 events',
    async play(stage) {
      const page = await stage.open(await stage.context())
      stage.collector.fault({ mode: '413', maxEvents: 8 })
      await stage.capture(page, 100)
      await stage.delivered()
      return stage.drained(page)
    },
  },
  {
    name: 'lost answer',
    mayDuplicate: true,
    async play(stage) {
      const page = await stage.open(await stage.context())
      stage.collector.fault({ mode: 'lost', count: 1 })
      await stage.capture(page, 10)
      await stage.requested(2)
      await stage.delivered()
      return stage.drained(page)
    },
  },
  {
    name: 'hanging request',
    options: { requestTimeout: 3_000 },
    async play(stage) {
      const page = await stage.open(await stage.context())
      stage.collector.fault({ mode: 'hang', count: 1 })
      await stage.capture(page, 10)
      await stage.requested(1)
      await stage.capture(page, 10)
      await stage.delivered()
      return stage.drained(page)
    },
  },
  {
    name: 'two tabs',
    async play(stage) {
      const context = await stage.context()
      const [one, two] = [await stage.open(context), await stage.open(context)]
      for (let task = 0; task < 10; task++) await Promise.all([stage.capture(one, 5), stage.capture(two, 5)])
      await stage.delivered()
      await one.close()
      return stage.drained(two)
    },
  },
  {
    name: '10,000 events offline',
    async play(stage) {
      const context = await stage.context()
      const page = await stage.open(context)
      await stage.offline(context, true)
      for (let task = 0; task < 10; task++) await stage.capture(page, 1_000)
      await stage.committed(page)
      await stage.offline(context, false)
      await stage.delivered()
      return stage.drained(page)
    },
  },
  {
    name: 'no service worker',
    // A closed page's last request may still be on its way out when the network is back: nobody hears the answer.
    mayLoseAnswers: true,
    async play(stage) {
      stage.site.answer('/__outlast/worker.js', { status: 404 })
      const context = await stage.context()
      const page = await stage.open(context)
      await stage.offline(context, true)
      await stage.capture(page, 30)
      await stage.committed(page)
      await page.close()
      await stage.offline(context, false)
      const back = await stage.open(context)
      await stage.capture(back, 10)
      await stage.delivered()
      return stage.drained(back)
    },
  },
  {
    name: 'no IndexedDB',
    async play(stage) {
      stage.site.answer('/__outlast/worker.js', { status: 404 })
      const context = await stage.context()
      const page = await stage.open(context, {}, { deny: 'indexedDB' })
      await stage.offline(context, true)
      await stage.capture(page, 30)
      await stage.committed(page)
      await stage.offline(context, false)
      await stage.delivered()
      return stage.drained(page)
    },
  },
  ...EXCEPTIONS,
  ...PAGEVIEWS,
  ...PAGE_EXITS,
]
