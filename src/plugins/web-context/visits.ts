/**
 * The arrivals of a person: the first one ever, that of the session, and that of the tab. They are kept where the
 * client keeps its own values, so they go with the person at a `reset`, and nothing is written while the person
 * refuses.
 */

import { type KeyValueStore, OWN, PERSON_KEY, parsed } from '../../client/first/person'
import { asRecord } from '../../core/base/values'
import type { Properties } from '../../core/event/event'
import { type Arrival, campaignOf, DIRECT, describe, only, prefixed, queryOf, referrerOf, searchOf } from './arrival'
import { tried } from './tried'

/** The most characters of an address that is kept, as in posthog-js. */
const MAX_KEPT_ADDRESS = 1_000

/** Gives what goes with every event of the person, and what is said of the person once. */
export type Visits = (
  anonymousId: string,
  sessionId: string,
  kept: KeyValueStore,
  tab: KeyValueStore,
) => [ofEvent: Properties, ofPerson: () => Properties]

/** The arrival of the tab, which holds as long as the tab: to pay elsewhere and come back is no new arrival. */
interface OfTab extends Arrival {
  /**
   * The query of the latest address with a campaign, as far as the query names the campaign; blank if there was none.
   */
  to: string
  /** The latest referrer that was a search engine; blank if there was none. */
  by: string
}

/** What is known of a person in a session. */
interface Known {
  of: string
  /** The first arrival ever. */
  first: Arrival
  /** The arrival of the session. */
  entry: Arrival
  ofTab: OfTab
}

/**
 * @param page where the page is now
 * @param read gives an address without what the site's mask hides
 * @param landing the page's address as it was at first: a router may take the campaign out of it before anything is
 * captured
 * @param params query parameters of campaigns
 */
export function createVisits(
  page: { readonly location: Pick<Location, 'href'> },
  read: (address: string) => string,
  landing: string,
  params: readonly string[],
): Visits {
  const shown = (address: string) => read(address).slice(0, MAX_KEPT_ADDRESS)
  const referrer = tried(() => shown(document.referrer)) || DIRECT
  /** The address that was looked at last; blank before the first event. */
  let seen = ''
  let known: Known | undefined

  /**
   * Gives the texts that are kept under the key, and keeps them again. Where they are of another person or session than
   * `of`, `otherwise` takes their place; `now` has those that have changed. What is kept may be older than the site's
   * mask, so all of it goes through `read`.
   */
  function keep<Texts extends object>(
    store: KeyValueStore,
    key: string,
    of: string,
    otherwise: Texts,
    now?: Partial<Texts>,
  ): Texts {
    const stored = asRecord(parsed(store, key))
    const texts: Properties = { ...otherwise, ...(stored.of === of && stored), ...now }
    for (const name of Object.keys(texts)) texts[name] = read(String(texts[name]))
    store.set(key, JSON.stringify({ ...texts, of }))
    return texts as Texts
  }

  return (anonymousId, sessionId, kept, tab) => {
    const { href } = page.location
    const arrivalOf = (of: string, what: string) =>
      keep(kept, `${OWN}${anonymousId}:${what}`, of, { from: referrer, to: shown(seen ? href : landing) })
    const ofTab = (now: Partial<OfTab>) =>
      keep(
        tab,
        PERSON_KEY,
        anonymousId,
        { from: referrer, to: '', by: '' },
        { ...(searchOf(referrer).$search_engine ? { by: referrer } : {}), ...now },
      )
    const of = anonymousId + sessionId
    if (known?.of !== of) {
      known = { of, first: arrivalOf(anonymousId, 'initial'), entry: arrivalOf(sessionId, 'entry'), ofTab: ofTab({}) }
    }
    for (const address of seen ? [href] : [landing, href]) {
      const to = address !== seen && queryOf(campaignOf(read(address), params))
      if (to) known.ofTab = ofTab({ to })
    }
    seen = href
    const { first, entry } = known
    const { from, to, by } = known.ofTab
    const { $current_url: url, ...ofEntry } = describe(entry, params)
    return [
      {
        ...referrerOf(from),
        ...(to && campaignOf(to, params)),
        ...searchOf(by),
        ...prefixed(only({ ...ofEntry, url }), '$session_entry_'),
      },
      () => ({ ...prefixed(describe(first, params), '$initial_'), ...describe(entry, params) }),
    ]
  }
}
