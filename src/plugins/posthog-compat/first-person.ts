/** Who the person is before outlast knows the person: as the site says, or as posthog-js has stored it. */

import { asRecord, isText } from '../../core/base/values'
import { canonicalUuid } from '../../core/event/event'
import { namesNothing } from '../../core/event/ids'
import { type Left, parseLeft, personName } from '../../page/late/left-by-posthog-js'
import { storedValues } from '../../page/late/stored-values'
import { type Arrival, CAMPAIGN_PARAMS } from '../web-context/arrival'
import { cleanAddress } from './addresses'
import { stringsOf } from './self'
import type { PostHogConfig } from './types'

export interface FirstPerson {
  distinctId: string | undefined
  deviceId: string | undefined
  identified: boolean
  sessionId: string | undefined
  /**
   * What posthog-js has stored beside the ids. Without the first visit, a later one would be told of the person for
   * good.
   */
  former?: Former
}

export type Former = Pick<Left, 'superProperties' | 'groups' | 'hasProfile' | 'first' | 'session' | 'entry'>

/** Where a UUID has its version. */
const VERSION_AT = 14

export function firstPerson(config: PostHogConfig, token: string, durable: boolean): FirstPerson {
  const { distinctID, isIdentifiedID, sessionID } = asRecord(config.bootstrap)
  const given = canonicalUuid(sessionID)
  // A UUID of version 7 says when the session began, and no other one does.
  const sessionId = given?.[VERSION_AT] === '7' ? given : undefined
  if (isText(distinctID) && !namesNothing(distinctID)) {
    return { distinctId: distinctID, deviceId: undefined, identified: isIdentifiedID === true, sessionId }
  }
  // A site that has replaced posthog-js keeps its visitors: they go on under the ids that posthog-js gave them.
  const { persistence_name: name } = config
  const stored = durable ? storedValues(name ? `ph_${String(name)}` : personName(token)) : []
  const left = parseLeft(stored)
  if (!left) return { distinctId: undefined, deviceId: undefined, identified: false, sessionId }
  const { distinctId, identified } = left
  return { distinctId, deviceId: deviceIn(stored), identified, sessionId, former: formerOf(config, left) }
}

/**
 * The id of the device, which for an anonymous person too may be another than the distinct one: it outlives a reset.
 */
function deviceIn(stored: readonly string[]): string | undefined {
  for (const text of stored) {
    try {
      const { $device_id: id } = asRecord(JSON.parse(text))
      if (isText(id)) return id
    } catch {
      // A text that is no JSON is not posthog-js's.
    }
  }
  return undefined
}

function formerOf(config: PostHogConfig, left: Left): Former {
  // posthog-js may have stored an address before the site had anything removed from it. What outlast's own mask hides
  // is not known here, so with a mask the address has neither query nor hash.
  const read = (address: string) => {
    const kept = asRecord(config.outlast).mask ? address.replace(/[?#].*/s, '') : address
    return String(cleanAddress(config, '$initial_current_url', kept))
  }
  const cleaned = (arrival: Arrival | undefined) => arrival && { from: read(arrival.from), to: read(arrival.to) }
  const superProperties = { ...left.superProperties }
  // posthog-js keeps the latest campaign among the super properties. Here each tab has a campaign of its own, in whose
  // place the stored one would stand for good.
  for (const name of [...CAMPAIGN_PARAMS, 'ph_keyword', ...stringsOf(config.custom_campaign_params)])
    delete superProperties[name]
  return { ...left, superProperties, first: cleaned(left.first), entry: cleaned(left.entry) }
}
