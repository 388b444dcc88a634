/** What the options about the person change of events that the first code has made before this code had loaded. */

import { copyOf, isText } from '../../core/base/values'
import { SDK_NAME } from '../../core/base/version'
import type { OutlastEvent, Properties } from '../../core/event/event'
import { namesNobody } from '../../core/event/ids-of-nobody'
import type { Early } from '../first/capture'
import type { Front } from '../first/front'
import type * as Bootstrap from './bootstrap'
import { COOKIELESS_ID } from './cookieless-id'
import { isOfPage, isOfPerson, isOfWindow } from './early-persons'
import { createProfiles, MAKERS, somebodysId } from './profiles'
import { createTell } from './told'
import type { WindowMark } from './window-copies'

/**
 * What is to change of an event. `properties` are those that the event gets besides its own, or in place of its own.
 */
export type Corrected = Partial<Pick<OutlastEvent, 'event' | 'distinctId' | 'properties'>>

/** Gives what is to change of an event; `undefined` where the event is right. */
export type Correct = (made: Early) => Corrected | undefined

/**
 * To be called before the first code's events are written in full.
 *
 * @param known the code for `bootstrap`, which only a page with that option has loaded
 */
export function applyPersonOptions(
  front: Front,
  { bootstrap, personProfiles }: { bootstrap: Properties; personProfiles: unknown },
  { replaced }: Pick<WindowMark, 'replaced'>,
  known?: Pick<typeof Bootstrap, 'adoptSession' | 'becomeKnown'>,
): Correct {
  // A person who comes after a reset is not the person of whom the site speaks.
  const isFirst = front.person.state.anonymousId === front.began.anonymousId
  const adopted = isFirst ? known?.adoptSession(front, bootstrap) : undefined
  front.profiles = createProfiles(front, personProfiles)
  const meant = meantByNobody(front)
  front.tell = createTell(front)
  if (isFirst) known?.becomeKnown(front, bootstrap)
  // The anonymous ids of the persons whom this page has had so far, without those for whom one of its events makes a
  // profile.
  const former = new Set(Object.keys(front.windows))
  for (const { event } of front.capture.early ?? []) if (MAKERS.has(event.event)) former.delete(event.distinctId)
  const hadNone = (id: string) =>
    personProfiles === 'identified_only' && id !== front.person.state.distinctId && former.has(id)
  return (made) => {
    const { distinctId, properties } = made.event
    // An event that was assembled elsewhere stays as it is.
    if (properties.$lib !== SDK_NAME) return undefined
    const { state } = front.person
    const theirs = meant(made)
    if (theirs) return theirs
    const whose = isOfAll(made) ? state.distinctId : distinctId
    const isSaid = Object.hasOwn(properties, '$process_person_profile')
    const none = hadNone(whose) ? { $process_person_profile: false } : undefined
    const of = isSaid ? undefined : (front.profiles?.of(whose, state) ?? none)
    const more: Properties = { ...of }
    // Web context could not know yet that PostHog takes nothing of the person from this event.
    if (of?.$process_person_profile === false && isFirstVisit(properties.$set_once)) more.$set_once = undefined
    if (adopted && properties.$session_id === adopted.before) more.$session_id = adopted.id
    if (replaced && properties.$window_id === replaced.before) more.$window_id = replaced.id
    return Object.keys(more).length > 0 ? { properties: more } : undefined
  }
}

/**
 * The first code lets `identify` take some ids that are no person's, such as `guest`. Events under such an id belong to
 * the person of before, known or not, and are corrected to name that person.
 */
function meantByNobody({ capture, began, person, setup, windows }: Front): Correct {
  const owners = new Map<Early, string>()
  const early = capture.early ?? []
  let id = somebodysId(began)
  for (const made of early) {
    const { distinctId, properties } = made.event
    // A caller may have named such an id for one event, and the id of all visitors without identifiers is no mistake.
    if (isOfAll(made) || !isOfPage(made)) continue
    if (!namesNobody(distinctId)) {
      id = distinctId
      continue
    }
    if (owners.size === 0) setup.logs.warnOf('named', 'identify', 0, distinctId)
    const { $anon_distinct_id: before } = properties
    if (isText(before) && before !== COOKIELESS_ID) id = before
    owners.set(made, id)
  }

  /** The id of the first real person whom the site named after that event, before a reset. */
  function namedAfter(made: Early, anonymousId: string): string | undefined {
    const isTheirs = (one: Early) =>
      isOfPerson(one) && isOfWindow(one, windows[anonymousId]) && one.event.distinctId !== anonymousId
    const named = early.slice(early.indexOf(made)).find(isTheirs)
    const { state } = person
    return (
      named?.event.distinctId ?? (state.identified && state.anonymousId === anonymousId ? state.distinctId : undefined)
    )
  }

  return (made) => {
    const own = owners.get(made)
    if (!own) return undefined
    const { event, properties } = made.event
    // The site has named a real person after an id that is no person's. The page took that for a change from one known
    // person to another, so no `$identify` tells of the real person. This event is made to do so.
    const distinctId = event === '$identify' && namedAfter(made, own)
    if (distinctId) return { distinctId, properties: { ...NOTHING_SET, distinct_id: distinctId } }
    const none = { $process_person_profile: false }
    const whose = isCookieless(properties) ? COOKIELESS_ID : own
    if (event !== '$identify') return { distinctId: whose, properties: none }
    const noIds = { distinct_id: undefined, $anon_distinct_id: undefined }
    return { event: '$set', distinctId: whose, properties: { ...NOTHING_SET, ...noIds, ...none } }
  }
}

const isCookieless = ({ $cookieless_mode }: Properties): boolean => $cookieless_mode === true

/** Whether the hook of `cookieless` has put the id of all visitors in the place of the person's. */
const isOfAll = ({ event: { distinctId, properties } }: Early): boolean =>
  distinctId === COOKIELESS_ID && isCookieless(properties)

/** Properties that were given with an id that is no person's are not set on any person. */
const NOTHING_SET: Properties = { $set: undefined, $set_once: undefined }

/**
 * Whether these are the `$initial_` properties of web context, with the same names without `initial_` beside them, and
 * nothing else.
 */
function isFirstVisit(given: unknown): boolean {
  const once = copyOf(given)
  return Object.keys(once).every((name) => /^\$initial_/.test(name) || `$initial_${name.replace(/^\$/, '')}` in once)
}
