/**
 * What PostHog's web analytics works by, on every event: where the person came from, and with what browser and device.
 */

import type { Addition, ClientOn, Preparing } from '../../client/first/client-events'
import { OWN, parsed } from '../../client/first/person'
import { asRecord } from '../../core/base/values'
import type { Properties } from '../../core/event/event'
import type { Outlast } from '../../page/types'
import { CAMPAIGN_PARAMS } from './arrival'
import { readerFor } from './masked'
import { hintedVersion, ofBrowser, ofMoment, type Surroundings } from './surroundings'
import { tried } from './tried'
import { createVisits, type Visits } from './visits'

/** Options of `webContext`. Nothing warns of an unusable value. */
export interface WebContextOptions {
  /**
   * More query parameters that name a campaign, besides those of posthog-js (`utm_source`, `gclid` and so on); `false`
   * for none at all. Default no more than those of posthog-js.
   *
   * @example
   * webContext(outlast, { campaignParams: ['partner'] })
   */
  campaignParams?: readonly string[] | false | undefined
  /**
   * Whether the first visit goes with the person, as `$set_once`, or a function that is asked before each event. A
   * function that throws counts as `false`. Default `true`.
   *
   * @example
   * webContext(outlast, { person: () => hasAgreedToProfile })
   */
  person?: boolean | (() => boolean) | undefined
  /**
   * Whether the version of the system is asked for where the user agent no longer has it: Windows 11, macOS, Android.
   * Default `true`.
   *
   * @example
   * webContext(outlast, { clientHints: false })
   */
  clientHints?: boolean | undefined
}

/** What `webContext` returns. */
export interface WebContext {
  /**
   * Ends it: later events go without these properties.
   *
   * @example
   * const { stop } = webContext(outlast)
   * banner.onReject = stop
   */
  stop(): void
}

/** The parts of a client that are used here. */
export type WebContextClient = Pick<Outlast, 'on' | 'getAnonymousId' | 'getDistinctId'>

/** Gives what goes with an event that is being prepared. */
export type ContextFor = (preparing: Preparing) => Addition

/**
 * Where a client's `on` has the end of what runs already: a page may have two copies of this code, by a script tag and
 * a bundle.
 */
export const RUNNING: unique symbol = Symbol.for('outlast.web-context')
export type OnWithEnd = ClientOn & { [RUNNING]?: () => void }

/**
 * Adds to every event from now on what PostHog's web analytics works by, under posthog-js's names. Called again for the
 * same client, the latest options count. Properties that the site captures or registers under the same names win. Does
 * nothing on a server and in a worker. An option that is a function may throw without harm.
 *
 * @param client a client of `init`
 * @example
 * webContext(outlast)
 */
export function webContext(client: WebContextClient, options: WebContextOptions = {}): WebContext {
  if (typeof document === 'undefined') return { stop: () => undefined }
  return startContext(client, options, window)
}

/**
 * @param first called with `contextFor` before that is asked about any event from now on: for events that were captured
 * earlier. Where it returns false, later events get no context
 */
export function startContext(
  client: WebContextClient,
  options: WebContextOptions,
  page: Surroundings,
  first?: (contextFor: ContextFor) => boolean,
): WebContext {
  const { campaignParams = [], person = true, clientHints = true } = asRecord(options) as WebContextOptions
  const params = campaignParams ? CAMPAIGN_PARAMS.concat(campaignParams) : []
  const landing = page.location.href
  const ofPage = ofBrowser(page)
  /** The persons whose first visit this page has told, and whether their events said that they have a profile. */
  const told = new Set<string>()
  /** The entry that the latest event has added to `told`; blank if that event tells of no first visit. */
  let telling = ''
  let visits: Visits | undefined

  if (clientHints) {
    hintedVersion(page).then(
      (version) => version && Object.assign(ofPage, { $os_version: version }),
      // A browser that does not say keeps what its user agent says.
      () => undefined,
    )
  }

  /** Gives the entry of `told` for the person whose first visit goes with the event; blank if no first visit does. */
  function whomToTell([properties, name, given, asked, , kept]: Preparing, anonymousId: string): string {
    const profile =
      tried(() => asRecord(given).$process_person_profile) ??
      parsed(kept, `${OWN}${anonymousId}:.$process_person_profile`) ??
      properties.$process_person_profile
    // Until the late code is there, no event says whether its person has a profile. So the first event that says so tells the first
    // visit once more: PostHog may have taken nothing of the person before.
    const whom = anonymousId + profile
    if (
      profile === false ||
      // Another person's first visit is not known here.
      (asked !== undefined && asked !== client.getDistinctId()) ||
      !tried(() => (typeof person === 'function' ? person() : person)) ||
      // `$identify` tells the first visit again, since it may be the first event that the server takes of a person.
      (told.has(whom) && name !== '$identify')
    ) {
      return ''
    }
    // PostHog takes nothing of the person from `$groupidentify`, so the next event tells again.
    if (name !== '$groupidentify') told.add(whom)
    return whom
  }

  const contextFor: ContextFor = (preparing) => {
    const [properties, , , , mask, kept, tab] = preparing
    // The mask is there with the first event, and stays.
    visits ??= createVisits(page, readerFor(mask), landing, params)
    const anonymousId = client.getAnonymousId()
    const [ofEvent, ofPerson] = visits(anonymousId, String(properties.$session_id), kept, tab)
    telling = whomToTell(preparing, anonymousId)
    return [
      {
        ...ofPage,
        ...ofMoment(page, new Date()),
        $host: page.location.host,
        $pathname: page.location.pathname,
        ...ofEvent,
      },
      telling ? ofPerson() : undefined,
    ]
  }

  if (first?.(contextFor) === false) return { stop: () => undefined }
  const on = client.on as OnWithEnd
  on[RUNNING]?.()
  const ends = [
    on('event', (preparing) => {
      const [properties, , given] = preparing
      const [added, once] = contextFor(preparing)
      Object.assign(properties, added)
      if (once) setOnce(properties, given, once)
    }),
    // A hook of the site's may have dropped the event that told the first visit.
    on('drop', () => void told.delete(telling)),
  ]
  const stop = () => {
    for (const end of ends) end()
  }
  on[RUNNING] = stop
  return { stop }
}

/**
 * Adds what is said of the person once; what the caller says wins. The client assigns the caller's own `$set_once`
 * after this, which would replace all of it. So a setter merges the two, and then gives way to a plain property, which
 * hooks may change.
 */
function setOnce(properties: Properties, given: unknown, once: Properties): void {
  const put = (how: PropertyDescriptor) => Object.defineProperty(properties, '$set_once', how)
  properties.$set_once = once
  if (!Object.hasOwn(asRecord(given), '$set_once')) return
  put({ get: () => once, set: (own: unknown) => put({ value: { ...once, ...asRecord(own) }, writable: true }) })
}
