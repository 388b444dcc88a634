/** Warns of options that only a page has and whose values cannot be used. */

import type { Log } from '../../client/first/log'
import { checkOptions } from '../../client/late/check-options'
import { isProfiles } from '../../client/late/profiles'
import type { OutlastOptions } from '../types'

/**
 * Options that keep something back. Any truthy value counts as `true`, so that a value of a wrong type keeps it back
 * too.
 */
const GUARDS = ['cookieless', 'respectDnt', 'respectGpc'] as const

export function warnOfPageOptions(options: OutlastOptions, warnOf: Log['warnOf']): void {
  const check = checkOptions(options, warnOf)
  check('adopt', (given) => given === 'posthog-js')
  check('crossSubdomain', (given) => typeof given === 'boolean')
  check('persistence', (given) => given === 'auto' || given === 'memory')
  check('personProfiles', isProfiles)
  // A guard that is on with a wrong value was warned of before the client began.
  for (const name of GUARDS) check(name, (given) => Boolean(given) || given === false, false)
}

/** Warns of a guard that is on with a value other than `true`. */
export function warnOfGuards(options: OutlastOptions, warnOf: Log['warnOf']): void {
  const check = checkOptions(options, warnOf)
  for (const name of GUARDS) check(name, (given) => !given || given === true, true)
}
