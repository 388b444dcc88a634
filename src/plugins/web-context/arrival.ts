/** What an arrival on a page says: the referrer, and the campaign in the address. All are posthog-js's names. */

import type { Properties } from '../../core/event/event'
import { tried } from './tried'

/** A person's arrival on a page of the site. */
export interface Arrival {
  /** The referrer, or `$direct`. */
  from: string
  /** The address of the page. */
  to: string
}

/** The most characters of a parameter: a link to the site may have any. */
const MAX_VALUE = 1_000

/** In place of a referrer, where there is none. */
export const DIRECT = '$direct'

/** The query parameters of campaigns and click ids. */
export const CAMPAIGN_PARAMS =
  'utm_source utm_medium utm_campaign utm_content utm_term gad_source mc_cid gclid gclsrc dclid gbraid wbraid fbclid msclkid twclid li_fat_id igshid ttclid rdt_cid epik qclid sccid oppref bfcid irclid _kx'.split(
    ' ',
  )

/** Search engines. Google has a host for each country. */
const SEARCH_ENGINE = /^https?:\/\/(?:[^/?#]*\.)?(?:(google)\.|(bing|yahoo|duckduckgo)\.com(?![^/?#]))/

/** The parts of an address; none where the text is no address: a referrer may be any text. */
const partsOf = (address: string): Partial<URL> => tried(() => new URL(address), {})

/** The properties whose values pass the test. Default those that say something. */
export const only = (properties: Properties, test: (value: unknown) => boolean = Boolean): Properties =>
  Object.fromEntries(Object.entries(properties).filter(([, value]) => test(value)))

/** Each parameter with its value, or with null, which says on PostHog's side that there was none. */
export function campaignOf(address: string, names: readonly string[]): Properties {
  const params = new URLSearchParams(/^[^?#]*([^#]*)/.exec(address)?.[1])
  return Object.fromEntries(names.map((name) => [name, params.get(name)?.slice(0, MAX_VALUE) || null]))
}

/** The query with those parameters of a campaign that pass the test; blank where there are none. */
export const queryOf = (campaign: Properties, test?: (value: unknown) => boolean): string =>
  String(new URLSearchParams(only(campaign, test) as Record<string, string>)).replace(/^(?=.)/, '?')

/** The search engine that the person came from, and what was searched for, where the engine still says so. */
export function searchOf(referrer: string): Properties {
  const [, google, other] = SEARCH_ENGINE.exec(referrer) ?? []
  const name = google ?? other
  const key = name === 'yahoo' ? 'p' : 'q'
  return only({ $search_engine: name, ph_keyword: name && campaignOf(referrer, [key])[key] })
}

export const referrerOf = (from: string): Properties => ({
  $referrer: from,
  $referring_domain: partsOf(from).host || DIRECT,
})

/** All that an arrival says, under the names of an event. */
export function describe({ from, to }: Arrival, names: readonly string[]): Properties {
  const { host, pathname } = partsOf(to)
  return {
    ...referrerOf(from),
    $current_url: to,
    $host: host,
    $pathname: pathname,
    ...campaignOf(to, names),
    ...searchOf(from),
  }
}

/** The properties under the names that they have as properties of the session or of the person. */
export const prefixed = (properties: Properties, prefix: string): Properties =>
  Object.fromEntries(Object.entries(properties).map(([name, value]) => [prefix + name.replace('$', ''), value]))
