/**
 * Has a page go on with the person who turns out to be known on this device: by another library, or under an older
 * name. The first code has begun with a new person, and has made that person's events.
 */

import { asRecord, asText, isObject, isText } from '../../core/base/values'
import { SDK_NAME } from '../../core/base/version'
import { asItIs, type OutlastEvent, type Properties } from '../../core/event/event'
import { namesNothing } from '../../core/event/ids'
import type { Arguments } from '../first/capture'
import type { Front } from '../first/front'
import { OWN, PERSON_KEY, type PersonState, parsed } from '../first/person'
import { SESSION_IDLE_MS, SESSION_MAX_MS } from '../first/session'
import { allowed } from './allowed'
import { rewriteEarly } from './rewrite-early'

/**
 * The new person with whom the page has made its events so far: the first one in `front.windows`. `front.began` is
 * another person once the page goes on as a known one: the person whom the site's server knew, to whom the flags of
 * `bootstrap` belong.
 */
export interface Began {
  anonymousId: string
  distinctId: string
  sessionId: unknown
  /** The stored session, as JSON. */
  session: string | undefined
  windowId: string | undefined
  /** Whether `bootstrap` has given the id, as that of a known person. */
  bySite: boolean
  /** The person as the page's calls have changed the person since; another one after a reset. */
  now: Readonly<PersonState>
}

export interface Known
  extends Pick<PersonState, 'anonymousId' | 'distinctId' | 'identified' | 'superProperties' | 'groups'> {
  sessionId: unknown
  windowId: string | undefined
  /** Whether the first visit is known, as the plugin for web context keeps it. */
  hasFirstVisit: boolean
}

export const sessionKey = (anonymousId: string) => `${OWN}${anonymousId}:session`

/** To be called before the store has the known person. */
export function beganWith(
  { windows, lasting, person, capture }: Pick<Front, 'windows' | 'lasting' | 'person' | 'capture'>,
  { distinctId, isIdentifiedId }: Properties,
): Began {
  const [[anonymousId, windowId] = ['', undefined]] = Object.entries(windows)
  const given = asText(distinctId)
  const firstId = isIdentifiedId === true && isText(given) && !namesNothing(given) ? given : anonymousId
  const own = capture.early?.find(({ event: { distinctId: id, properties } }) =>
    [id, properties.$anon_distinct_id].some((one) => one === firstId || one === anonymousId),
  )
  return {
    anonymousId,
    distinctId: firstId,
    // After a reset the session is not stored any more, so one of the events tells its id.
    sessionId: asRecord(parsed(lasting, sessionKey(anonymousId))).id ?? own?.event.properties.$session_id,
    session: lasting.get(sessionKey(anonymousId)),
    windowId,
    bySite: firstId !== anonymousId,
    now: person.state,
  }
}

/**
 * To be called once the store has the known person, before the client begins.
 *
 * @param redoes whether what the page's calls have changed is to be changed of the known person too
 * @param mayBeSame whether the known person may have the anonymous id that the page has begun with
 */
export function goOnAsStored(front: Front, was: Began, redoes: boolean, mayBeSame = false): void {
  const { person, lasting, tab, windows, setup } = front
  const { state } = person
  const { anonymousId } = state
  if (anonymousId === was.anonymousId && !mayBeSame) return
  // This comes before the page's calls are done again: the site's server knew the stored person when it made the page.
  front.began = state
  const key = sessionKey(anonymousId)
  const session = asRecord(parsed(lasting, key))
  const now = setup.wall()
  const goesOn = sessionGoesOn(session, now)
  if (was.session) lasting.set(key, goesOn ? JSON.stringify({ ...session, lastAt: now }) : was.session)
  const windowId = tab.get('window') ?? was.windowId
  // A site that says who the person is has that person identified once the client begins.
  const isSites = was.bySite && !state.identified
  restate(front, was, {
    ...state,
    distinctId: isSites ? was.distinctId : state.distinctId,
    sessionId: goesOn ? session.id : was.sessionId,
    windowId,
    hasFirstVisit: lasting.get(`${OWN}${anonymousId}:initial`) !== undefined,
  })
  if (redoes) redo(front, was)
  if (person.state.anonymousId === anonymousId) {
    delete windows[was.anonymousId]
    windows[anonymousId] = windowId
  }
  front.flagWork?.look()
}

/** Whether a session goes on at `now`, by the wall clock. */
export function sessionGoesOn({ startedAt, lastAt }: Record<string, unknown>, now: number): boolean {
  const within = (at: unknown, limit: number) => typeof at === 'number' && Math.abs(now - at) <= limit
  return within(lastAt, SESSION_IDLE_MS) && within(startedAt, SESSION_MAX_MS)
}

function redo({ person, lasting }: Front, { now, anonymousId, distinctId }: Began): void {
  if (now.anonymousId !== anonymousId) {
    // The page has reset the person, so what it captured since is the next person's.
    lasting.set(PERSON_KEY, JSON.stringify({ ...now, superProperties: undefined, groups: undefined }, asItIs))
  } else if (now.identified && now.distinctId !== distinctId) {
    person.changeTo({ distinctId: now.distinctId, identified: true })
  }
  person.add('.', now.superProperties)
  person.add('$', now.groups)
}

/**
 * Ids are changed wherever an event has those that the page began with. Super properties and groups are added where the
 * event has none of the name, as far as the site's hooks let them through.
 */
export function restate(
  front: Pick<Front, 'capture' | 'outbox' | 'setup' | 'emitter' | 'lasting' | 'tab'>,
  was: Began,
  is: Known,
): void {
  const { hooks, mask } = front.setup
  /**
   * What is added to each event whose arrival was not the first one, by the event's uuid. It is asked for once, since a
   * first visit is told once.
   */
  const added = new Map<string, Properties>()
  function addedNow({ uuid, event, properties: { $session_id, $process_person_profile } }: OutlastEvent): Properties {
    const found = added.get(uuid) ?? { $session_id, $process_person_profile }
    if (!added.has(uuid)) {
      added.set(uuid, found)
      front.emitter.emit('event', [found, event, undefined, undefined, mask, front.lasting, front.tab])
    }
    return found
  }

  function change(event: OutlastEvent, isTooLong: boolean, { properties: own }: Arguments): OutlastEvent {
    const distinctId = event.distinctId === was.distinctId ? is.distinctId : event.distinctId
    const given = event.properties
    // The event was assembled elsewhere, or captured after a reset.
    const isOthers = given.$session_id !== was.sessionId && event.distinctId !== was.distinctId
    if (given.$lib !== SDK_NAME || isOthers) return { ...event, distinctId }
    const properties: Properties = { ...given }
    const swap = (name: string, from: unknown, to: unknown) => {
      if (from !== undefined && to !== undefined && given[name] === from) properties[name] = to
    }
    swap('$session_id', was.sessionId, is.sessionId)
    swap('$window_id', was.windowId, is.windowId)
    swap('$anon_distinct_id', was.anonymousId, is.anonymousId)
    // `alias` names the person in `distinct_id`.
    if (event.event === '$create_alias') swap('distinct_id', was.distinctId, is.distinctId)
    const restated = { ...event, distinctId, properties }
    if (event.event === '$identify' && is.identified && given.$anon_distinct_id === was.anonymousId) {
      // A known person is changed, and not merged with the next one.
      restated.event = '$set'
      delete properties.$anon_distinct_id
      delete properties.distinct_id
    }
    const isSessionOlder = properties.$session_id !== given.$session_id
    // An event without web context gets it later, or never.
    const isAsked = Object.keys(given).some((name) => name.startsWith('$session_entry_'))
    const hasTold = forgetArrival(properties, isSessionOlder, is.hasFirstVisit)
    // An event that would become too long gets no additions.
    if (isTooLong) return restated
    const more: Properties = {}
    const now = isAsked && (isSessionOlder || hasTold) ? addedNow(restated) : {}
    for (const [name, value] of Object.entries(now)) {
      if (isSessionOlder && name.startsWith('$session_entry_')) more[name] = value
    }
    if (hasTold && isObject(now.$set_once))
      more.$set_once = { ...asRecord(properties.$set_once), ...now.$set_once, ...asRecord(asRecord(own).$set_once) }
    for (const [name, value] of Object.entries(is.superProperties)) {
      if (!Object.hasOwn(given, name)) more[name] = value
    }
    if (Object.keys(is.groups).length > 0) more.$groups = { ...is.groups, ...asRecord(given.$groups) }
    return { ...restated, properties: { ...properties, ...allowed(restated, more, hooks) } }
  }

  rewriteEarly(front, change)
}

/**
 * The page took this visit for the person's first one, and for the session's entry, and may have told both in the
 * event.
 *
 * @returns whether the event told of a first visit
 */
function forgetArrival(properties: Properties, isSessionOlder: boolean, isPersonOlder: boolean): boolean {
  for (const name of Object.keys(properties)) {
    if (isSessionOlder && name.startsWith('$session_entry_')) delete properties[name]
  }
  const once = asRecord(properties.$set_once)
  if (!isPersonOlder || !Object.keys(once).some((name) => name.startsWith('$initial_'))) return false
  properties.$set_once = Object.fromEntries(Object.entries(once).filter(([name]) => !name.startsWith('$initial_')))
  return true
}
