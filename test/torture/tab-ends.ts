/** How a tab ends while its browser goes on: it is closed, or its renderer crashes. */

import type { Page } from 'playwright'
import type { Recorder } from './recorder'

/** A tab that takes longer to close, and then to react, hangs, in ms. */
const CLOSE_LIMIT_MS = 10_000

const pause = (ms: number) => new Promise((resolve) => setTimeout(() => resolve(undefined), ms))

/** @returns whether it closed; where it did not, its browser is of no use any more */
export async function closePage(page: Page, recorder: Recorder): Promise<boolean> {
  recorder.ends(page, 'it was closed', Date.now())
  const closed = page.close().then(() => true)
  if (await Promise.race([closed, pause(CLOSE_LIMIT_MS)])) return true
  // A page that does not even react may be the library's doing; a tab that just stays open is the browser's.
  const reacts = await Promise.race([page.evaluate(() => true).catch(() => true), pause(CLOSE_LIMIT_MS)])
  if (!reacts) recorder.fail('a page neither closed nor reacted')
  return false
}

/** @param open all tabs: those of one site may share a renderer */
export async function crashPage(page: Page, open: { page: Page }[], recorder: Recorder): Promise<void> {
  const devTools = await page.context().newCDPSession(page)
  const crashed = page.waitForEvent('crash')
  const at = Date.now()
  // A crashed renderer never answers.
  devTools.send('Page.crash').catch(() => undefined)
  await crashed
  for (const { page: one } of open) {
    await one
      .evaluate(() => undefined)
      .catch(() => {
        recorder.ends(one, 'its renderer crashed', at)
        return one.close()
      })
  }
}
