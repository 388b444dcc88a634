/** As https://developer.chrome.com/docs/workbox/retrying-requests-when-back-online has it, with its bound of a day. */

import { BackgroundSyncPlugin } from 'workbox-background-sync'
import { clientsClaim } from 'workbox-core'
import { registerRoute } from 'workbox-routing'
import { NetworkOnly } from 'workbox-strategies'

declare const skipWaiting: () => Promise<void>

skipWaiting()
clientsClaim()
const plugin = new BackgroundSyncPlugin('events', { maxRetentionTime: 24 * 60 })
registerRoute(({ url }) => url.pathname === '/workbox', new NetworkOnly({ plugins: [plugin] }), 'POST')
