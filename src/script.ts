/**
 * The script-tag build. One line configures it:
 *
 *     <script src="/__outlast/outlast.js" data-key="phc_..." data-host="https://eu.i.posthog.com" defer></script>
 *
 * A page may queue commands before the script has loaded, and later too:
 *
 *     (window.outlast = window.outlast || []).push(['capture', 'signup', { plan: 'free' }])
 */

import { newId } from './adapters/new-id'
import { init } from './index'
import { readDataAttributes } from './page/script-tag/data-attributes'
import { holdCaptures } from './page/script-tag/hold-captures'
import { mayBeUnseen } from './page/script-tag/may-be-unseen'
import { takeCommands } from './page/script-tag/stub-queue'
import type { Outlast } from './page/types'

/** The mark of a client whose page view is counted: a page may have the script tag twice, of two versions too. */
const COUNTED = Symbol.for('outlast')

const { key, options, pageviews, webVitals, webContext, exceptions, tracingHeaders, bots } = readDataAttributes(
  document.currentScript?.dataset ?? {},
)
const client: (Outlast & { [COUNTED]?: true }) | undefined = key === undefined ? undefined : init(key, options)
if (key === undefined && Object.keys(options).length > 0)
  console.warn('[outlast] the script tag has no data-key: nothing is captured')
if (client && webContext) {
  const context = import('./web-context').then((code) => code.webContext(client))
  holdCaptures(client, context)
  context.catch(console.warn)
}
takeCommands(client, { init })
if (client) {
  if (pageviews !== undefined && !client[COUNTED]) {
    client[COUNTED] = true
    // What is clear at once is captured at once. The code that loads late goes on from there.
    const begun = bots || mayBeUnseen() ? undefined : ([newId(), location.href] as const)
    if (begun) {
      const [uuid] = begun
      client.capture('$pageview', { title: document.title, $pageview_id: uuid }, { uuid })
    }
    import('./page/script-tag/pageviews').then(
      (code) => code.startPageviews(client, pageviews, bots, begun),
      console.warn,
    )
  }
  if (tracingHeaders)
    import('./tracing-headers').then((code) => code.tracingHeaders(client, tracingHeaders), console.warn)
  if (webVitals !== undefined)
    import('./page/script-tag/web-vitals').then((code) => code.startWebVitals(client, webVitals, bots), console.warn)
  if (exceptions) {
    // What happens until the code of exceptions is there waits for it; then it takes the place of `push`.
    const early: Event[] = []
    // Where that code never comes, no more than these stay in memory.
    const keep = (event: Event) => early[9] || early.push(event)
    addEventListener('error', keep)
    addEventListener('unhandledrejection', keep)
    import('./page/script-tag/exceptions').then((code) => code.startExceptions(client, exceptions, early), console.warn)
  }
}
