/** Cuts the long addresses among the properties of posthog-js's events. */

import { MAX_ADDRESS } from '../core/base/limits'
import { isObject } from '../core/base/values'
import type { Properties } from '../core/event/event'

/** Properties in which posthog-js puts an address, or a part of one, as it is. */
const ADDRESS = /^\$.*(url|referrer|pathname|host|hash|user_agent)$/

/** The properties with long addresses cut, those of the person too: a hash of a megabyte would cost the event. */
export function cutAddresses(properties: Properties): Properties {
  const cut: Properties = {}
  for (const [name, value] of Object.entries(properties)) {
    if (typeof value === 'string' && ADDRESS.test(name)) cut[name] = value.slice(0, MAX_ADDRESS)
    else cut[name] = isObject(value) && /^\$set(_once)?$/.test(name) ? cutAddresses(value) : value
  }
  return cut
}
