/** Pages that are left while their page views are captured. In each story every page view and its one end must arrive. */

import type { Context, Page } from '../engines/engine'
import type { Stage } from './stage'
import type { Story } from './stories'
import { until } from './until'

/** How long a page may take to count its view, in ms. */
const PATIENCE_MS = 10_000

/** The page's own code, because what a driver runs is not the page's in each engine. */
const counting = (uuids: string[]) => `
  import { pageviews } from '/outlast/pageviews.js'
  const ids = ${JSON.stringify(uuids)}
  const capture = (event, properties, options) =>
    window.outlast.capture(event, properties, { ...options, uuid: ids.shift() })
  pageviews({ capture }, { bots: true })
  document.documentElement.dataset.counted = String(ids.length)
`

/** Has the page count its view, with an event for it and one for its end. */
async function count(stage: Stage, page: Page): Promise<void> {
  await page.evaluate(
    (code) => {
      const script = document.createElement('script')
      script.type = 'module'
      script.textContent = code
      document.head.append(script)
    },
    counting(stage.newUuids(2)),
  )
  const counted = () => page.evaluate(() => document.documentElement.dataset.counted)
  if (!(await until(async () => (await counted()) === '1', PATIENCE_MS))) throw new Error('a page view was not counted')
}

/** A page left twice would have more events than those that the story knows of. */
async function eachOnce(stage: Stage, pages: number): Promise<void> {
  const events = await stage.collector.events({ limit: 1000 })
  for (const name of ['$pageview', '$pageleave']) {
    const uuids = new Set(events.filter(({ event }) => event === name).map(({ uuid }) => uuid))
    if (uuids.size !== pages) throw new Error(`${pages} pages had ${uuids.size} events ${name}`)
  }
}

/** Opens a page that may close itself. */
async function openTab(stage: Stage, context: Context, opener: Page): Promise<Page> {
  const page = await context.opened(() => opener.evaluate(() => void window.open(location.href, '_blank')))
  await stage.ready(page)
  return page
}

export const PAGEVIEWS: Story[] = [
  {
    name: 'the end of a page view in a tab that is closed',
    async play(stage) {
      const context = await stage.context()
      const opener = await stage.open(context)
      for (let tab = 0; tab < 3; tab++) {
        const page = await openTab(stage, context, opener)
        await count(stage, page)
        await page.evaluate(() => window.close()).catch(() => undefined)
        await context.closed(page)
      }
      // What the browser has not let through while a tab closed is written down for the next page.
      const back = await stage.open(context)
      await stage.delivered()
      const dropped = await stage.drained(back)
      await eachOnce(stage, 3)
      return dropped
    },
  },
  {
    name: 'the end of a page view in an outage, on the way to another page',
    async play(stage) {
      const context = await stage.context()
      const page = await stage.open(context)
      stage.collector.fault({ mode: 'down' })
      await count(stage, page)
      await stage.goes(page, '/away.html', () => {
        location.href = '/away.html'
      })
      await page.close()
      const back = await stage.open(context)
      stage.outageOver()
      await stage.delivered()
      const dropped = await stage.drained(back)
      await eachOnce(stage, 1)
      return dropped
    },
  },
]
