/** Errors that are the last thing a page tells of. In each story, every exception that was captured must arrive. */

import { withProfile } from '../browser'
import type { Page, Stage } from './stage'
import type { Story } from './stories'

/** Has the page throw errors that nothing catches, and waits until what was captured of them is committed. */
async function throwErrors(stage: Stage, page: Page, count: number): Promise<void> {
  await page.evaluate(async (uuids) => {
    const module = '/outlast/exceptions.js'
    const { exceptions } = await import(module)
    const ids = [...uuids]
    const unread: string[] = []
    const capture: typeof window.outlast.capture = (event, properties, options) => {
      // Each engine writes stacks of its own form.
      const [{ stacktrace }] = (properties as { $exception_list: [{ stacktrace?: { frames: object[] } }] })
        .$exception_list
      const place = stacktrace?.frames.at(-1)
      if (!place || !('lineno' in place && 'colno' in place)) unread.push(JSON.stringify(place ?? 'no frames'))
      window.outlast.capture(event, properties, { ...options, uuid: ids.shift() })
    }
    exceptions({ capture })
    for (const uuid of uuids) {
      setTimeout(() => {
        throw new Error(`thrown by the story: ${uuid}`)
      })
    }
    await new Promise<void>((resolve) => setTimeout(resolve, 100))
    if (unread.length > 0) throw new Error(`stacks were not read: ${unread}`)
    if (ids.length > 0) throw new Error(`${ids.length} errors were not captured`)
  }, stage.newUuids(count))
  await stage.committed(page)
}

export const EXCEPTIONS: Story[] = [
  {
    name: 'the error that kills the tab',
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
    name: 'the error after which the browser is killed',
    play: (stage) =>
      withProfile(async (profile) => {
        await stage.killable(profile, async (context, kill) => {
          const page = await stage.open(context)
          stage.collector.fault({ mode: 'down' })
          await throwErrors(stage, page, 5)
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
