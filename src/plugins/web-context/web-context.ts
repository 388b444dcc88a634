/** What PostHog's web analytics works by, on every event: where the person came from, and with what browser and device. */

import type { ClientOn, Preparing } from '../../client/first/front'
import { asRecord } from '../../core/base/values'
import type { Properties } from '../../core/event/event'
import type { Outlast } from '../../page/types'
import { CAMPAIGN_PARAMS } from './arrival'
import { readerFor } from './masked'
import { hintedVersion, ofBrowser, ofMoment, type Surroundings } from './surroundings'
import { createVisits, type Visits } from './visits'

/** Options of `webContext`. */
export interface WebContextOptions {
  /**
   * More query parameters that name a campaign, besides those of posthog-js (`utm_source`, `gclid` and so on); `false` for none at
   * all. Default those of posthog-js.
   */
  campaignParams?: readonly string[] | false | undefined
  /**
   * Whether the first visit goes with the person, as `$set_once`, or a function that is asked before each event. Default `true`.
   */
  person?: boolean | (() => boolean) | undefined
  /**
   * Whether the version of the system is asked for where the user agent no longer has it: Windows 11, macOS, Android. Default
   * `true`.
   */
  clientHints?: boolean | undefined
}

/** What `webContext` returns. */
export interface WebContext {
  /** Later events go without these properties. */
  stop(): void
}

/** The parts of a client that are used here. */
export type WebContextClient = Pick<Outlast, 'on' | 'getAnonymousId' | 'getDistinctId'>

/** What goes with an event: its properties, and what is said of the person once. */
export interface Context {
  properties: Properties
  once?: Properties
}

/** Gives what goes with an event that is being prepared. */
export type ContextFor = (preparing: Preparing) => Context

/** The ends of what runs already, by the client's `on`. */
const running = new WeakMap<Outlast['on'], () => void>()

/**
 * Adds to every event from now on what PostHog's web analytics works by, under posthog-js's names. Called again for the same client,
 * the latest options count. Properties that the site captures or registers under the same names win. Does nothing on a server
 * and in a worker.
 *
 * @example
 * webContext(outlast)
 */
export function webContext(client: WebContextClient, options: WebContextOptions = {}): WebContext {
  if (typeof document === 'undefined') return { stop: () => undefined }
  return startContext(client, options, window)
}

/** @param first called with what gives the context of an event, before it is asked about the events from now on */
export function startContext(
  client: WebContextClient,
  options: WebContextOptions,
  page: Surroundings,
  first?: (contextFor: ContextFor) => void,
): WebContext {
  const contextFor = createContext(client, options, page)
  first?.(contextFor)
  return listen(client, (preparing) => {
    const [properties, , given] = preparing
    const { properties: added, once } = contextFor(preparing)
    Object.assign(properties, added)
    if (once) setOnce(properties, given, once)
  })
}

/** Has `listener` called for each event of the client's own, in place of the one before it. */
function listen({ on }: WebContextClient, listener: (preparing: Preparing) => void): WebContext {
  running.get(on)?.()
  const stop = (on as ClientOn)('event', listener)
  running.set(on, stop)
  return { stop }
}

function createContext(client: WebContextClient, options: WebContextOptions, page: Surroundings): ContextFor {
  const { campaignParams = [], person = true, clientHints = true } = asRecord(options) as WebContextOptions
  const params = campaignParams ? [...CAMPAIGN_PARAMS, ...[campaignParams].flat().map(String)] : []
  const landing = page.location.href
  const ofPage = ofBrowser(page)
  /** The persons whose first visit this page has told. */
  const told = new Set<string>()
  let visits: Visits | undefined

  if (clientHints) {
    hintedVersion(page).then(
      (version) => version && Object.assign(ofPage, { $os_version: version }),
      // A browser that does not say keeps what its user agent says.
      () => undefined,
    )
  }

  /** Whether the event is to say of the person where they came from first. */
  function mayTell(name: string, given: unknown, asked: string | undefined, anonymousId: string): boolean {
    if (asRecord(given).$process_person_profile === false) return false
    // Another person's first visit is not known here.
    if (asked !== undefined && asked !== client.getDistinctId()) return false
    if (!(typeof person === 'function' ? person() : person)) return false
    // `$identify` may be the first event that the server takes of a person.
    if (told.has(anonymousId) && name !== '$identify') return false
    // PostHog takes nothing of the person from this one.
    if (name !== '$groupidentify') told.add(anonymousId)
    return true
  }

  return ([properties, name, given, asked, mask, kept, tab]) => {
    // The mask is there with the first event, and stays.
    visits ??= createVisits({ page, read: readerFor(mask), landing, params })
    const anonymousId = client.getAnonymousId()
    return {
      properties: {
        ...ofPage,
        ...ofMoment(page, new Date()),
        $host: page.location.host,
        $pathname: page.location.pathname,
        ...visits.ofEvent(anonymousId, String(properties.$session_id), kept, tab),
      },
      ...(mayTell(name, given, asked, anonymousId) && { once: visits.ofPerson() }),
    }
  }
}

/**
 * Adds what is said of the person once; what the caller says wins. That is put in its place after this: the setter takes it, and
 * leaves a property like any other, which hooks may change as they like.
 */
function setOnce(properties: Properties, given: unknown, once: Properties): void {
  const put = (how: PropertyDescriptor) =>
    Object.defineProperty(properties, '$set_once', { enumerable: true, configurable: true, ...how })
  const plain = (value: unknown) => put({ value, writable: true })
  if (!Object.hasOwn(asRecord(given), '$set_once')) plain(once)
  else put({ get: () => once, set: (own: unknown) => void plain({ ...once, ...asRecord(own) }) })
}
