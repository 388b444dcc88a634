/**
 * What posthog-js has left on a device, as its `posthog-persistence`, `sessionid` and `consent` write it (1.449). Any
 * code of the origin can write there too, and with a cookie any subdomain, so each value is read as hostile text.
 */

import { MAX_ADDRESS, MAX_KEPT, MAX_SUPER_PROPERTIES } from '../../core/base/limits'
import { asRecord, asText, isText } from '../../core/base/values'
import { canonicalUuid, type Properties } from '../../core/event/event'
import { namesNobody } from '../../core/event/ids-of-nobody'

/** The visitor whom posthog-js knew. */
export interface Left {
  distinctId: string
  /** The id that the visitor had, or would have had, before `identify`. */
  anonymousId: string
  identified: boolean
  /** Whether an anonymous visitor has a person profile. */
  hasProfile: boolean
  superProperties: Properties
  groups: Record<string, string>
  /** The latest session, which may have ended. Times are in ms since the epoch. */
  session: { id: string; startedAt: number; lastAt: number } | undefined
  /**
   * The first visit ever, for web context: without it a later visit would be told as the person's first one for good.
   */
  first: Arrival | undefined
  /** The arrival with which that session began. */
  entry: Arrival | undefined
}

/** How a visit began, as the plugin for web context keeps it: by which referrer, and at which address. */
export interface Arrival {
  from: string
  to: string
}

/** The longest id that is taken over, in characters. PostHog cuts a distinct id at 200. */
const MAX_ID = 200

/** The most super properties that are taken over: each has a key of its own in localStorage. */
const MAX_NAMES = 1_000

/**
 * Names under which posthog-js keeps its own state beside the super properties, and the campaign of the latest visit
 * that had one. In posthog-js the next campaign replaces that one; as a super property it would stand on each event for
 * good.
 */
const OWN_NAME =
  /^(\$|__|ph_(product_tours|keyword)$|distinct_id$|utm_|gad_source$|gclsrc$|[gw]braid$|(g|d|fb|tw|tt|q|ir)clid$|(mc_|rdt_|sc|bf)cid$|msclkid$|li_fat_id$|igshid$|epik$|oppref$|_kx$)/

/** The name under which posthog-js stores the person: `parseName` of its persistence. */
export const personName = (token: string) =>
  `ph_${token.replace(/\+/g, 'PL').replace(/\//g, 'SL').replace(/=/g, 'EQ')}_posthog`

/** The name under which posthog-js stores the choice. */
export const choiceName = (token: string) => `__ph_opt_in_out_${token}`

/** Whether one of the stored values says that the person has opted out. */
export const saysNo = (values: readonly string[]): boolean => values.some((value) => /^"?(0|no|false)"?$/i.test(value))

/**
 * @param values what is stored under `personName`. Where two of them differ the first counts, as it does in posthog-js
 * @returns `undefined` where no person is named
 */
export function parseLeft(values: readonly string[]): Left | undefined {
  const stored: Properties = Object.assign(Object.create(null), ...values.map(recordOf).reverse())
  const distinctId = idOf(stored.distinct_id)
  if (distinctId === undefined) return undefined
  const identified = stored.$user_state === 'identified'
  const session = sessionOf(stored.$sesid)
  const { sessionId, props } = asRecord(stored.$client_session_props)
  return {
    distinctId,
    // An anonymous visitor goes by the distinct id, which a reset changes and the device's id outlives.
    anonymousId: (identified && idOf(stored.$device_id)) || distinctId,
    identified,
    hasProfile: stored.$epp === true,
    superProperties: superPropertiesOf(stored),
    groups: groupsOf(stored.$groups),
    session,
    first: arrivalOf(stored.$initial_person_info),
    entry: session && canonicalUuid(sessionId) === session.id ? arrivalOf(props) : undefined,
  }
}

function recordOf(text: string): Properties {
  try {
    return text.length > MAX_KEPT ? {} : asRecord(JSON.parse(text))
  } catch {
    // A text that is no JSON is not posthog-js's.
    return {}
  }
}

function idOf(value: unknown): string | undefined {
  const id = asText(value)
  return isText(id) && id.length <= MAX_ID && !namesNobody(id) ? id : undefined
}

/** As many super properties as a client may have. */
function superPropertiesOf(stored: Properties): Properties {
  const properties: Properties = {}
  let room = MAX_SUPER_PROPERTIES
  const names = Object.keys(stored).filter((name) => !OWN_NAME.test(name))
  for (const name of names.slice(0, MAX_NAMES)) {
    room -= JSON.stringify({ [name]: stored[name] }).length
    if (room >= 0) properties[name] = stored[name]
  }
  return properties
}

function groupsOf(value: unknown): Record<string, string> {
  const groups: Record<string, string> = {}
  for (const [type, given] of Object.entries(asRecord(value))) {
    const key = idOf(given)
    if (key !== undefined && idOf(type) && !type.startsWith('__')) groups[type] = key
  }
  return groups
}

function arrivalOf(value: unknown): Arrival | undefined {
  const { r: from, u: to } = asRecord(value)
  const isPlace = (text: unknown): text is string => isText(text) && text.length <= MAX_ADDRESS
  return isPlace(from) && isPlace(to) ? { from, to } : undefined
}

function sessionOf(value: unknown): Left['session'] {
  const [lastAt, given, startedAt] = Array.isArray(value) ? (value as unknown[]) : []
  const id = canonicalUuid(given)
  return id && typeof lastAt === 'number' && typeof startedAt === 'number' ? { id, startedAt, lastAt } : undefined
}
