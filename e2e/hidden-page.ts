import type { BrowserContext } from 'playwright'

/**
 * Has the pages of a context say at first that they are in the background, and after each event `turn` on the window the
 * opposite. The pages of a driven browser are all visible.
 */
export const beginHidden = (context: BrowserContext) =>
  context.addInitScript(() => {
    let hidden = true
    Object.defineProperty(document, 'hidden', { get: () => hidden })
    Object.defineProperty(document, 'visibilityState', { get: () => (hidden ? 'hidden' : 'visible') })
    addEventListener('turn', () => {
      hidden = !hidden
      document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))
    })
  })
