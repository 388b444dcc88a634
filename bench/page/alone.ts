/** A site that uses the peer and nothing else. */

import { start } from 'peer'

globalThis.client = start({ host: globalThis.analyticsHost })
