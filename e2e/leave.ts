/** Closes a page as a visitor does. */

import type { Page } from 'playwright'

/** Resolves once the page has said its last words and is gone: `page.close` does not wait for a page that may say some. */
export async function leave(page: Page): Promise<void> {
  await Promise.all([page.waitForEvent('close'), page.close({ runBeforeUnload: true })])
}
