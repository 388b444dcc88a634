/** Stories of pages that are left, and of visitors who come back, where nothing but the next visit can deliver. */

import type { Page } from './stage'
import type { Story } from './stories'

/** So long that in no story anything is due by itself, in ms. */
const NEVER_DUE_MS = 600_000

export const PAGE_EXITS: Story[] = [
  {
    name: 'tab closed in an outage, back later',
    async play(stage) {
      const context = await stage.context()
      const page = await stage.open(context)
      stage.collector.fault({ mode: 'down' })
      await stage.capture(page, 25)
      await stage.committed(page)
      await page.close()
      const back = await stage.open(context)
      stage.outageOver()
      await stage.delivered()
      return stage.drained(back)
    },
  },
  {
    name: 'tab closed and its worker ended, back later',
    needs: ['stopWorkers'],
    async play(stage) {
      const context = await stage.context()
      const page = await stage.open(context)
      const other = await context.newPage()
      stage.collector.fault({ mode: 'down' })
      await stage.capture(page, 25)
      await stage.committed(page)
      await page.close()
      await stage.browser.stopWorkers?.(other)
      const back = await stage.open(context)
      stage.outageOver()
      await stage.delivered()
      return stage.drained(back)
    },
  },
  {
    name: 'page hidden long before anything is due',
    needs: ['hide'],
    options: { flushInterval: NEVER_DUE_MS },
    async play(stage) {
      const context = await stage.context()
      const page = await stage.open(context)
      await stage.capture(page, 10)
      await stage.committed(page)
      await context.hide?.(page)
      await stage.delivered()
      return stage.drained(page)
    },
  },
  {
    name: 'tab closed long before anything is due',
    options: { flushInterval: NEVER_DUE_MS },
    async play(stage) {
      const context = await stage.context()
      const page = await stage.open(context)
      await stage.capture(page, 10)
      await page.close()
      await stage.delivered()
      return stage.drained(await stage.open(context))
    },
  },
  {
    name: 'navigation away under load',
    mayLoseAnswers: true,
    async play(stage) {
      const context = await stage.context()
      for (let visit = 0; visit < 3; visit++) {
        const page = await stage.open(context)
        const uuids = stage.spareUuids(1_000)
        const leave = (uuids: string[]) => {
          // Some in each task until the page is gone, and the next page can read how many those were.
          let next = 0
          setInterval(() => {
            for (const uuid of uuids.slice(next, next + 5)) window.outlast.capture('clicked away', {}, { uuid })
            next = Math.min(next + 5, uuids.length)
            sessionStorage.setItem('captured', String(next))
          })
          setTimeout(() => {
            location.href = '/away.html'
          }, 200)
        }
        await stage.goes(page, '/away.html', leave, uuids)
        stage.captured.push(...uuids.slice(0, await page.evaluate(() => Number(sessionStorage.getItem('captured')))))
        await page.close()
      }
      const back = await stage.open(context)
      await stage.delivered()
      return stage.drained(back)
    },
  },
  {
    name: 'back and forward',
    async play(stage) {
      const context = await stage.context()
      const page = await stage.open(context)
      for (let visit = 0; visit < 3; visit++) {
        await stage.capture(page, 5)
        await stage.goes(page, '/away.html', () => {
          location.href = '/away.html'
        })
        await stage.goes(page, '/', () => history.back())
        await stage.ready(page)
      }
      await stage.capture(page, 5)
      await stage.delivered()
      return stage.drained(page)
    },
  },
  {
    name: '500 with Retry-After',
    async play(stage) {
      const page = await stage.open(await stage.context())
      stage.collector.fault({ mode: '500', retryAfter: 1, count: 3 })
      await stage.capture(page, 10)
      await stage.delivered()
      return stage.drained(page)
    },
  },
  {
    name: 'eight tabs',
    async play(stage) {
      const context = await stage.context()
      const tabs = []
      for (let tab = 0; tab < 8; tab++) tabs.push(await stage.open(context))
      for (let task = 0; task < 3; task++) {
        for (const tab of tabs) await stage.capture(tab, 5)
      }
      const [first, ...others] = tabs
      for (const tab of others) await tab.close()
      await stage.delivered()
      return stage.drained(first as Page)
    },
  },
  {
    name: 'a frame without an origin',
    async play(stage) {
      const page = await stage.open(await stage.context())
      const uuids = stage.newUuids(20)
      const { told, degraded } = await page.evaluate(async (uuids) => {
        const frame = document.createElement('iframe')
        frame.sandbox.add('allow-scripts')
        frame.src = `/framed.html${location.search}`
        const heard = () =>
          new Promise((resolve) => addEventListener('message', ({ data }) => resolve(data), { once: true }))
        const ready = heard()
        document.body.append(frame)
        const told = await ready
        const answered = heard()
        frame.contentWindow?.postMessage({ uuids }, '*')
        return { told, ...((await answered) as { degraded: unknown }) }
      }, uuids)
      expectEqual(told, { host: 'memory', storage: 'memory' })
      if (degraded === undefined) throw new Error('the frame was not told that nothing can be stored')
      await stage.delivered()
    },
  },
  {
    name: 'private window',
    needs: ['privateWindow'],
    async play(stage) {
      const page = await stage.open(await stage.privateWindow())
      stage.collector.fault({ mode: 'down' })
      await stage.capture(page, 20)
      await stage.committed(page)
      stage.collector.fault({ mode: 'ok' })
      await stage.delivered()
      return stage.drained(page)
    },
  },
  {
    name: 'private tab closed long before anything is due',
    needs: ['privateWindow'],
    options: { flushInterval: NEVER_DUE_MS },
    async play(stage) {
      const context = await stage.privateWindow()
      const page = await stage.open(context)
      // With the last private window Firefox forgets all that its pages stored.
      const other = await stage.open(context)
      await stage.capture(page, 20)
      await page.close()
      await stage.delivered()
      return stage.drained(other)
    },
  },
]

function expectEqual(actual: unknown, wanted: unknown) {
  const [is, should] = [actual, wanted].map((value) => JSON.stringify(value))
  if (is !== should) throw new Error(`expected ${should}, got ${is}`)
}
