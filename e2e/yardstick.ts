/** How soon something is on disk, on a machine that may be busy: not before what the page writes itself right after it (pages/yardstick.js). */

import type { Page } from 'playwright'

/** Has the page opt out with `clear`. Resolves with the moment of that, in ms since the epoch, once its own writes are on disk. */
export const optOutAndWrite = (page: Page): Promise<number> =>
  page.evaluate(async () => {
    const { writeOwn } = (await import('/yardstick.js' as string)) as { writeOwn(): Promise<void> }
    window.outlast.optOut({ clear: true })
    const at = Date.now()
    await writeOwn()
    return at
  })
