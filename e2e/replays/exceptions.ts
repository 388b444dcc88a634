/** Errors that are the last thing a page tells of. In each story, every exception that was captured must arrive. */

import { withProfile } from '../browser'
import type { Page, Stage } from './stage'
import type { Story } from './stories'
import { until } from './until'

/** How long a page may take to throw its errors, in ms. */
const PATIENCE_MS = 10_000

/** The page's own code, because what a driver runs is not the page's in each engine. Each engine writes stacks of its own form. */
const throwing = (uuids: string[]) => `
  import { exceptions } from '/outlast/exceptions.js'
  const ids = ${JSON.stringify(uuids)}
  const unread = []
  exceptions({
    capture(event, properties, options) {
      const place = properties.$exception_list[0].stacktrace?.frames.at(-1)
      if (!place?.lineno || !place.colno) unread.push(JSON.stringify(place))
      window.outlast.capture(event, properties, { ...options, uuid: ids.shift() })
      document.documentElement.dataset.thrown = unread.join() || String(ids.length)
    },
  })
  for (const id of ids) setTimeout(() => { throw new Error('thrown by the story: ' + id) })
`

/** Has the page throw errors that nothing catches, and waits until what was captured of them is committed. */
async function throwErrors(stage: Stage, page: Page, count: number): Promise<void> {
  await page.evaluate(
    (code) => {
      const script = document.createElement('script')
      script.type = 'module'
      script.textContent = code
      document.head.append(script)
    },
    throwing(stage.newUuids(count)),
  )
  const thrown = () => page.evaluate(() => document.documentElement.dataset.thrown)
  if (!(await until(async () => (await thrown()) === '0', PATIENCE_MS))) {
    throw new Error(`errors that were not captured, or their stacks not read: ${await thrown()}`)
  }
  await stage.committed(page)
}

export const EXCEPTIONS: Story[] = [
  {
    name: 'the error after which the tab crashes',
    needs: ['crash'],
    async play(stage) {
      const context = await stage.context()
      const page = await stage.open(context)
      stage.collector.fault({ mode: 'down' })
      await throwErrors(stage, page, 5)
      await stage.browser.crash?.(page)
      const back = await stage.open(context)
      stage.outageOver()
      await stage.delivered()
      return stage.drained(back)
    },
  },
  {
    name: 'the error that kills the tab, and then the browser',
    play: (stage) =>
      withProfile(async (profile) => {
        await stage.killable(profile, async (context, kill, crash) => {
          const page = await stage.open(context)
          stage.collector.fault({ mode: 'down' })
          await throwErrors(stage, page, 5)
          await crash(page)
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
]
