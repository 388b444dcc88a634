/** Who the person is before outlast knows the person: as the site says, or as posthog-js has stored it. */

import { asRecord, isText } from '../../core/base/values'
import { canonicalUuid } from '../../core/event/event'
import { readStored } from './consent'
import type { PostHogConfig } from './types'

export interface FirstPerson {
  distinctId: string | undefined
  deviceId: string | undefined
  identified: boolean
  sessionId: string | undefined
}

export function firstPerson(config: PostHogConfig, token: string, durable: boolean): FirstPerson {
  const { distinctID, isIdentifiedID, sessionID } = asRecord(config.bootstrap)
  const sessionId = canonicalUuid(sessionID)
  if (isText(distinctID)) {
    return { distinctId: distinctID, deviceId: undefined, identified: isIdentifiedID === true, sessionId }
  }
  // A site that has replaced posthog-js keeps its visitors: they go on under the ids that posthog-js gave them.
  const former = durable ? storedByPostHogJs(config, token) : {}
  const text = (value: unknown) => (isText(value) ? value : undefined)
  const distinctId = text(former.distinct_id)
  const identified = distinctId !== undefined && former.$user_state === 'identified'
  return { distinctId, deviceId: distinctId && text(former.$device_id), identified, sessionId }
}

function storedByPostHogJs({ persistence_name: name }: PostHogConfig, token: string): Record<string, unknown> {
  try {
    return asRecord(JSON.parse(readStored(`ph_${name ? String(name) : `${token}_posthog`}`) ?? ''))
  } catch {
    // posthog-js has stored nothing, or something else has.
    return {}
  }
}
