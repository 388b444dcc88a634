/**
 * The script-tag build. One line configures it:
 *
 *     <script src="/__outlast/outlast.js" data-key="phc_..." data-host="https://eu.i.posthog.com" defer></script>
 *
 * A page may queue commands before the script has loaded, and later too:
 *
 *     (window.outlast = window.outlast || []).push(['capture', 'signup', { plan: 'free' }])
 */

import { init } from './index'
import { readDataAttributes } from './page/script-tag/data-attributes'
import { takeCommands } from './page/script-tag/stub-queue'

const script = document.currentScript
const attributes = readDataAttributes(script instanceof HTMLElement ? script.dataset : {})
if (attributes.key !== undefined) {
  const client = init(attributes.key, attributes.options)
  takeCommands(client, { init })
  if (attributes.pageviews) client.capture('$pageview')
  if (attributes.webVitals) void import('./web-vitals').then(({ webVitals }) => webVitals(client))
} else {
  takeCommands(undefined, { init })
}
