/** Who the person is before outlast knows the person: as the site says, or as posthog-js has stored it. */

import { asRecord, isText } from '../../core/base/values'
import { canonicalUuid } from '../../core/event/event'
import { namesNothing } from '../../core/event/ids'
import type { Arrival } from '../web-context/arrival'
import { cleanAddress } from './addresses'
import { readStored } from './consent'
import type { PostHogConfig } from './types'

export interface FirstPerson {
  distinctId: string | undefined
  deviceId: string | undefined
  identified: boolean
  sessionId: string | undefined
  /** What posthog-js has stored of the person's visits: another first visit would be told of the person for good. */
  former?: Former
}

export interface Former {
  /** The first arrival ever, as `Arrival` has it. */
  first: Arrival | undefined
  /** The latest session, which may have ended since. Times are in ms since the epoch. */
  session: { id: string; startedAt: number; lastAt: number } | undefined
  /** The arrival with which that session began. */
  entry: Arrival | undefined
}

/** Where a UUID has its version. */
const VERSION_AT = 14

export function firstPerson(config: PostHogConfig, token: string, durable: boolean): FirstPerson {
  const { distinctID, isIdentifiedID, sessionID } = asRecord(config.bootstrap)
  const given = canonicalUuid(sessionID)
  // Of any other UUID nobody can tell when the session began.
  const sessionId = given?.[VERSION_AT] === '7' ? given : undefined
  if (isText(distinctID) && !namesNothing(distinctID)) {
    return { distinctId: distinctID, deviceId: undefined, identified: isIdentifiedID === true, sessionId }
  }
  // A site that has replaced posthog-js keeps its visitors: they go on under the ids that posthog-js gave them.
  const former = durable ? storedByPostHogJs(config, token) : {}
  const text = (value: unknown) => (isText(value) ? value : undefined)
  const distinctId = text(former.distinct_id)
  const identified = distinctId !== undefined && former.$user_state === 'identified'
  return {
    distinctId,
    deviceId: distinctId && text(former.$device_id),
    identified,
    sessionId,
    ...(distinctId && { former: visitsIn(config, former) }),
  }
}

function visitsIn(config: PostHogConfig, stored: Record<string, unknown>): Former {
  // posthog-js may have stored it before the site removed anything. What outlast's own mask hides is not known here, so
  // with one the address has neither query nor hash.
  const read = (address: string) => {
    const kept = asRecord(config.outlast).mask ? address.replace(/[?#].*/s, '') : address
    return String(cleanAddress(config, '$initial_current_url', kept))
  }
  const arrival = ({ r: from, u: to }: Record<string, unknown>): Arrival | undefined =>
    isText(from) && isText(to) ? { from: read(from), to: read(to) } : undefined
  const [lastAt, given, startedAt] = Array.isArray(stored.$sesid) ? (stored.$sesid as unknown[]) : []
  const id = canonicalUuid(given)
  const isSession = id !== undefined && typeof lastAt === 'number' && typeof startedAt === 'number'
  const { sessionId, props } = asRecord(stored.$client_session_props)
  return {
    first: arrival(asRecord(stored.$initial_person_info)),
    session: isSession ? { id, startedAt, lastAt } : undefined,
    entry: isSession && sessionId === given ? arrival(asRecord(props)) : undefined,
  }
}

function storedByPostHogJs({ persistence_name: name }: PostHogConfig, token: string): Record<string, unknown> {
  try {
    return asRecord(JSON.parse(readStored(`ph_${name ? String(name) : `${token}_posthog`}`) ?? ''))
  } catch {
    // posthog-js has stored nothing, or something else has.
    return {}
  }
}
