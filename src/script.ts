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
import type { ClientOn } from './client/first/client-events'
import { init } from './index'
import { readDataAttributes } from './page/script-tag/data-attributes'
import type { EarlyError } from './page/script-tag/exceptions'
import { loadLate } from './page/script-tag/load-late'
import { mayBeUnseen } from './page/script-tag/may-be-unseen'
import { noteMoments } from './page/script-tag/note-moments'
import { takeCommands } from './page/script-tag/stub-queue'
import type { Outlast } from './page/types'
import { BEGUN, type Begun, MAX_TITLE } from './plugins/pageviews/begun'

/** The page view that is captured here, or nothing, on the client's `capture`: a page may have the script tag twice. */
type Counted = Outlast['capture'] & { [BEGUN]?: Begun | readonly [] }

const { key, options, pageviews, webVitals, webContext, exceptions, tracingHeaders, bots } = readDataAttributes(
  document.currentScript?.dataset ?? {},
)
const client = key === undefined ? undefined : init(key, options)
if (key === undefined && Object.keys(options).length > 0)
  console.warn('[outlast] the script tag has no data-key: nothing is captured')
if (client && webContext) {
  const { href } = location
  const [moments, end] = noteMoments(client)
  const adding = loadLate(() => import('./page/script-tag/web-context')).then((code) => {
    end()
    return code.startWebContext(client, moments, href)
  })
  const on = client.on as ClientOn
  on('adding', (all) => all.push(adding))
}
takeCommands(client, { init })
if (client) {
  const capture: Counted = client.capture
  if (pageviews !== undefined && !capture[BEGUN]) {
    capture[BEGUN] = []
    // A page view that is clear at once is captured at once. The code of page views goes on from it, by whichever
    // script that code was loaded.
    if (!(bots || client.isOptOut() || mayBeUnseen())) {
      const [id, place] = [newId(), new URL(location.href)]
      const { pathname } = place
      capture[BEGUN] = [{ id, pathname, at: Date.now(), session: client.getSessionId() }, place]
      capture('$pageview', { title: document.title.slice(0, MAX_TITLE), $pageview_id: id }, { uuid: id })
    }
    void loadLate(() => import('./page/script-tag/pageviews')).then((code) =>
      code.startPageviews(client, pageviews, bots),
    )
  }
  if (tracingHeaders)
    void loadLate(() => import('./tracing-headers')).then((code) => code.tracingHeaders(client, tracingHeaders))
  if (webVitals !== undefined)
    void loadLate(() => import('./page/script-tag/web-vitals')).then((code) =>
      code.startWebVitals(client, webVitals, bots),
    )
  if (exceptions) {
    // Errors wait here for the code of exceptions, which then puts a function of its own in the place of `push`.
    const early: EarlyError[] = []
    // Where that code never comes, no more than ten errors stay in memory.
    const keep = (event: Event) => client.isOptOut() || early[9] || early.push([event, client.getAnonymousId()])
    addEventListener('error', keep)
    addEventListener('unhandledrejection', keep)
    void loadLate(() => import('./page/script-tag/exceptions')).then((code) =>
      code.startExceptions(client, exceptions, early),
    )
  }
}
