/** A site that uses the peer and nothing else. */

import { start } from 'peer'

declare global {
  interface Window {
    analyticsHost: string
    client: ReturnType<typeof start>
  }
}

window.client = start({ host: window.analyticsHost })
