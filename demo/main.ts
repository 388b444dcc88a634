/** The demo's page: connects the library, the collector and the panels. Each panel's own file says what it shows. */

import { exceptions } from '../src/exceptions'
import { init } from '../src/index'
import { pageviews } from '../src/pageviews'
import { webVitals } from '../src/web-vitals'
import { createAnnouncer } from './announce'
import { createCapture } from './capture'
import { createCollectorView } from './collector-view'
import { showHome } from './home'
import { offerInspector } from './inspect'
import { createJournal } from './journal'
import { createQueueView } from './queue-view'
import { OPTIONS } from './settings'
import { openShop } from './shop'
import { createTools } from './tools'
import { createVisits } from './visits'

const client = init('phc_demo', OPTIONS)
const announce = createAnnouncer()
const journal = createJournal(() => performance.now())
const capture = createCapture(client, journal)

const collector = createCollectorView({ journal, announce })
const stats = createQueueView({
  client,
  journal,
  announce,
  broken: collector.broken,
  onStats: (next) => onStats(next),
})
const onStats = createVisits({ client, journal, stats, collector: collector.stats })
showHome(client)
createTools(client, capture)
offerInspector(client)

openShop(capture)
// What the plugins capture is noted too.
const noted = { ...client, capture }
// Tests look at this page too. The shop's pages are its hashes.
pageviews(noted, { navigation: ['hash'], bots: true })
webVitals(noted, { bots: true })
exceptions(noted)
