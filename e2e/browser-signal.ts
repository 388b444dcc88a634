/** What a browser says of a user who wants no observation. */

import type { BrowserContext } from 'playwright'

export type Signal = 'doNotTrack' | 'globalPrivacyControl'

/** Has each later page of this context find that signal. */
export async function say(context: BrowserContext, signal: Signal): Promise<void> {
  await context.addInitScript((name) => {
    const value = name === 'doNotTrack' ? '1' : true
    Object.defineProperty(Navigator.prototype, name, { get: () => value })
  }, signal)
}
