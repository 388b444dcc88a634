/** A browser's network, which is taken from its pages and given back to them. */

import type { CDPSession, Page } from 'playwright'

/** No throughput is limited by -1. */
const NO_NETWORK = { offline: true, latency: 0, downloadThroughput: -1, uploadThroughput: -1 }

/** @param pages those that are open by now */
export function createNetwork(pages: () => Page[]) {
  let offline = false
  const withoutNetwork = new Set<CDPSession>()

  /**
   * Chromium would leave a worker without a network for good that crashed while it had none, so only pages are told;
   * what workers send is up to the endpoint.
   */
  async function takeNetwork(page: Page) {
    const devTools = await page.context().newCDPSession(page)
    // It may be back by now.
    if (!offline) return
    withoutNetwork.add(devTools)
    // A page that crashes meanwhile never answers.
    devTools.send('Network.emulateNetworkConditions', NO_NETWORK).catch(() => undefined)
  }

  return {
    /** A page is new, and is as offline as the others are. */
    async begins(page: Page) {
      if (offline) await takeNetwork(page)
    },

    /** Every page is offline, and so is every page that is opened from now on. */
    goOffline() {
      offline = true
      // A page that goes away meanwhile needs none.
      for (const page of pages()) takeNetwork(page).catch(() => undefined)
    },

    goOnline() {
      offline = false
      // What a session changed ends with it, or has ended with its page. Where the browser is gone there is no answer.
      for (const devTools of withoutNetwork) devTools.detach().catch(() => undefined)
      withoutNetwork.clear()
    },
  }
}
