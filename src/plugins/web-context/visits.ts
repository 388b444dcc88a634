/**
 * The arrivals of a person: the first one ever, that of the session, and that of the tab. They are kept where the client keeps
 * its own values, so they go with the person at a `reset`, and nothing is written while the person refuses.
 */

import { type KeyValueStore, OWN, PERSON_KEY, parsed } from '../../client/first/person'
import { asRecord, isPresent } from '../../core/base/values'
import type { Properties } from '../../core/event/event'
import { type Arrival, campaignOf, DIRECT, describe, only, partsOf, prefixed, searchOf } from './arrival'

/** The most characters of an address that is kept, as in posthog-js. */
const MAX_KEPT_ADDRESS = 1_000

export interface Visits {
  /** What goes with every event of the person. */
  ofEvent(anonymousId: string, sessionId: string, kept: KeyValueStore, tab: KeyValueStore): Properties
  /** What is said once of the person of the latest event. */
  ofPerson(): Properties
}

export interface VisitPorts {
  /** Where the page is now. */
  page: { readonly location: Pick<Location, 'href'> }
  /** Gives an address without what the site's mask hides. */
  read(address: string): string
  /** The page's address as it was at first: a router may take the campaign out of it before anything is captured. */
  landing: string
  /** Query parameters of campaigns. */
  params: readonly string[]
}

/** What is known of the person. */
interface Known {
  of: string
  /** The first arrival ever. */
  first: Arrival
  /** What the tab said of itself, which holds as long as the tab: payment elsewhere and coming back is no other arrival. */
  ofTab: Properties
}

interface Entry {
  of: string
  arrival: Arrival
  properties: Properties
}

export function createVisits({ page, read, landing, params }: VisitPorts): Visits {
  const referrer = read(document.referrer) || DIRECT
  /** Addresses that are not looked at yet. */
  let unseen = [landing]
  let seen = ''
  let known: Known | undefined
  let entry: Entry | undefined

  /** The arrival under this key, or this one where there is none yet. */
  function arrivalOf(store: KeyValueStore, key: string, of: string): Arrival {
    const { of: whose, ...arrival } = asRecord(parsed(store, key))
    if (whose === of) return { from: String(arrival.from), to: String(arrival.to) }
    const [from, to] = [referrer, read(unseen[0] ?? page.location.href)].map((text) => text.slice(0, MAX_KEPT_ADDRESS))
    store.set(key, JSON.stringify({ of, from, to }))
    return { from, to } as Arrival
  }

  function personOf(of: string, kept: KeyValueStore, tab: KeyValueStore): Known {
    const stored = asRecord(parsed(tab, PERSON_KEY))
    const domain = partsOf(referrer).host || DIRECT
    const ofTab = stored.of === of ? asRecord(stored.ofTab) : { $referrer: referrer, $referring_domain: domain }
    Object.assign(ofTab, searchOf(referrer))
    return { of, ofTab, first: arrivalOf(kept, `${OWN}${of}:initial`, of) }
  }

  function entryOf(of: string, kept: KeyValueStore, anonymousId: string): Entry {
    const arrival = arrivalOf(kept, `${OWN}${anonymousId}:entry`, of)
    const { $current_url: url, ...rest } = describe(arrival, params)
    return { of, arrival, properties: prefixed(only({ ...rest, url }, isPresent), '$session_entry_') }
  }

  return {
    ofEvent(anonymousId, sessionId, kept, tab) {
      if (page.location.href !== (unseen.at(-1) ?? seen)) unseen.push(page.location.href)
      const isNew = known?.of !== anonymousId
      const its = isNew || !known ? personOf(anonymousId, kept, tab) : known
      known = its
      if (entry?.of !== sessionId) entry = entryOf(sessionId, kept, anonymousId)
      for (const address of unseen) {
        const campaign = campaignOf(read(address), params)
        if (Object.values(campaign).some(isPresent)) Object.assign(its.ofTab, campaign)
      }
      if (isNew || unseen.length > 0) tab.set(PERSON_KEY, JSON.stringify({ of: anonymousId, ofTab: its.ofTab }))
      unseen = []
      seen = page.location.href
      return { ...its.ofTab, ...entry.properties }
    },
    ofPerson: () =>
      known && entry
        ? { ...prefixed(describe(known.first, params), '$initial_'), ...describe(entry.arrival, params) }
        : {},
  }
}
