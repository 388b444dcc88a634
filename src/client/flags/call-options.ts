/** Parses the options of one question about flags, and warns of names that are no option. */

import { copyOf } from '../../core/base/values'
import type { Log } from '../first/log'
import { warnOfUnknown } from '../late/check-options'
import { FLAG_OPTIONS } from '../late/option-names'
import type { FlagOptions } from '../types'

/** The most unknown names that are warned of: a caller may make up names without end. */
const MAX_TOLD = 20

/** The methods that take such options. */
export type Naming =
  | 'getFeatureFlag'
  | 'isFeatureEnabled'
  | 'getFeatureFlagResult'
  | 'getFeatureFlagPayload'
  | 'getFeatureFlags'

/** Returns a function that parses the options of each question, and warns once of each name that is no option. */
export function callOptionsReader(warnOf: Log['warnOf']): (given: unknown, method: Naming) => FlagOptions {
  const told = new Set<string>()
  return (given, method) => {
    const options = copyOf(given)
    // `isFeatureEnabled` alone has the option `defaultValue`, and `client/late/delivery.ts` answers with it.
    if (method === 'isFeatureEnabled') delete options.defaultValue
    const unknown = Object.keys(options).filter((name) => !FLAG_OPTIONS.includes(name))
    if (unknown.length === 0) return options
    if (told.size < MAX_TOLD) warnOfUnknown(options, [...FLAG_OPTIONS, ...told], method, warnOf)
    for (const name of unknown) told.add(name)
    // Fails closed: under posthog-js's name, `send_event`, the option was to keep an event back too.
    const isHeld = unknown.some((name) => options[name] === false && /^send/i.test(name))
    return isHeld ? { ...options, sendEvent: false } : options
  }
}
