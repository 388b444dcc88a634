/** Has a page that waits go on with the person and the session of the cookie that the site's subdomains share. */

import { newId } from '../../../adapters/new-id'
import type { Device } from '../../../client/first/consent'
import type { Front } from '../../../client/first/front'
import { OWN, PERSON_KEY, parsed } from '../../../client/first/person'
import {
  type Began,
  beganWith,
  goOnAsStored,
  restate,
  sessionGoesOn,
  sessionKey,
} from '../../../client/late/restate-person'
import { asRecord, isText } from '../../../core/base/values'
import { SDK_NAME } from '../../../core/base/version'
import { asItIs, type OutlastEvent, type Properties } from '../../../core/event/event'
import { type Shared, type SharedPerson, type SharedSession, whoCounts } from './cookie-text'

/** Stores the person. The session is stored before, so that a tab that finds the person finds the session too. */
export function storeShared(lasting: Front['lasting'], person: SharedPerson, session: SharedSession | undefined): void {
  if (session) lasting.set(sessionKey(person.anonymousId), JSON.stringify(session))
  lasting.set(PERSON_KEY, recordOf(person))
}

/** The person as a store has it. */
export function recordOf({ anonymousId, distinctId, identified, hasProfile }: SharedPerson): string {
  const profile = hasProfile ? anonymousId : undefined
  return JSON.stringify({ anonymousId, distinctId, identified, profile }, asItIs)
}

/** The person in a store, if there is one. */
export function personIn(store: Pick<Device, 'get'>): SharedPerson | undefined {
  const record = asRecord(parsed(store, PERSON_KEY))
  const { anonymousId, distinctId, identified, profile } = record
  if (!isText(anonymousId) || !isText(distinctId)) return undefined
  return {
    anonymousId,
    distinctId,
    identified: identified === true,
    hasProfile: identified !== true && profile === anonymousId,
  }
}

/**
 * To be called right before the client begins. What the page has captured and changed so far belongs to the person whom
 * this origin knew, or to a new one.
 *
 * @param device what is in localStorage, without what is in this page's memory alone
 * @param agreed `printOf` of the person on whom origin and cookie agreed last
 */
export function joinShared(
  front: Front,
  { person: given, session }: Shared,
  device: Device,
  agreed: string | undefined,
  bootstrap: Properties,
): void {
  const { person, lasting, tab, setup } = front
  const was = followOtherTab(front, device, bootstrap)
  const isOnDevice = device.get(PERSON_KEY) !== undefined
  const before = isOnDevice ? (personIn(device) ?? personBefore(front, was, agreed)) : undefined
  const { now } = was
  // The page has identified the person under the id that this origin had, which is later news than the cookie's person.
  const isSaidAgain =
    lasting.get(PERSON_KEY) !== device.get(PERSON_KEY) &&
    before?.identified === true &&
    now.distinctId === before.distinctId
  const goesOn = session !== undefined && sessionGoesOn({ ...session }, setup.wall())
  if (given && given !== 'unshared' && whoCounts(before, given, agreed, isSaidAgain) === 'shared') {
    // Nothing that this origin knew of another person is kept. Where origin and cookie never agreed on a person, an
    // anonymous visitor is taken for the cookie's person under another id.
    const isAnother = before !== undefined && before.anonymousId !== given.anonymousId
    const isFormer = isAnother && (agreed !== undefined || before.identified)
    const added = isFormer ? addedByPage(device, front, now) : now
    if (isFormer) tab.set('window', newId())
    storeShared(lasting, given, goesOn ? session : undefined)
    const distinctId = before?.distinctId ?? was.distinctId
    goOnAsStored(front, { ...was, distinctId, now: { ...now, ...added } }, true, true)
    return
  }
  const { anonymousId } = person.state
  const isSame = given && given !== 'unshared' && given.anonymousId === anonymousId
  if (!isSame || !goesOn || anonymousId !== was.anonymousId) return
  lasting.set(sessionKey(anonymousId), JSON.stringify({ ...session, ...(was.session && { lastAt: setup.wall() }) }))
  restate(front, was, {
    ...{ anonymousId, distinctId: was.distinctId, identified: false, superProperties: {}, groups: {} },
    ...{ sessionId: session.id, windowId: was.windowId, hasFirstVisit: false },
  })
}

/**
 * Another tab of this origin may have stored a person since this page has begun with one in memory alone. What the page
 * has captured is that person's.
 */
function followOtherTab(front: Front, device: Device, bootstrap: Properties): Began {
  const was = beganWith(front, bootstrap)
  const stored = personIn(device)
  // A key that is both in memory and on the device is listed twice.
  const isInMemory = front.lasting.keys().filter((key) => key === PERSON_KEY).length > 1
  if (!stored || !isInMemory || stored.anonymousId === was.anonymousId) return was
  goOnAsStored(front, was, false)
  const said = identifyOf(ownEvents(front), stored.anonymousId)
  if (said) front.person.changeTo({ distinctId: said.distinctId, identified: true })
  return beganWith(front, bootstrap)
}

/** What this page has captured itself since it began. */
function ownEvents({ capture }: Front): OutlastEvent[] {
  return (capture.early ?? []).map(({ event }) => event).filter(({ properties }) => properties.$lib === SDK_NAME)
}

/** The event by which the person with this anonymous id became known. */
function identifyOf(events: OutlastEvent[], anonymousId: string): OutlastEvent | undefined {
  return events.find(({ event, properties }) => event === '$identify' && properties.$anon_distinct_id === anonymousId)
}

/**
 * The person whom this origin knew before the page's calls have changed the person. The record on the device then says
 * only that it is outdated, and the changed person is in the page's memory.
 */
function personBefore(front: Front, { anonymousId, now }: Began, agreed: string | undefined): SharedPerson | undefined {
  const [id, distinctId, identified, hasProfile] = listOf(agreed)
  // Another page of this origin has changed the person, and has not stored the new one yet, so this id belongs to no
  // person.
  if (id !== undefined && id !== anonymousId) return undefined
  if (id === anonymousId && isText(distinctId))
    return { anonymousId, distinctId, identified: identified === true, hasProfile: hasProfile === true }
  const own = ownEvents(front)
  const isKnown = now.anonymousId === anonymousId && now.identified && !identifyOf(own, anonymousId)
  const known = isKnown ? (own[0]?.distinctId ?? now.distinctId) : anonymousId
  return { anonymousId, distinctId: known, identified: isKnown, hasProfile: false }
}

function listOf(print = ''): unknown[] {
  try {
    const list: unknown = JSON.parse(print)
    return Array.isArray(list) ? list : []
  } catch {
    // Origin and cookie have never agreed on a person.
    return []
  }
}

/** What the page has registered since it began, as it is not on the device yet. */
function addedByPage(
  device: Device,
  { lasting }: Front,
  now: Began['now'],
): Pick<Began['now'], 'superProperties' | 'groups'> {
  const added = <Value>(values: Record<string, Value>, kind: string): Record<string, Value> =>
    Object.fromEntries(
      Object.entries(values).filter(([name]) => {
        const key = `${OWN}${now.anonymousId}:${kind}${name}`
        return device.get(key) !== lasting.get(key)
      }),
    )
  return { superProperties: added(now.superProperties, '.'), groups: added(now.groups, '$') }
}
