/** Warns of options that only a page has and whose values cannot be used. */

import type { Log } from '../../client/first/log'
import { checkOptions } from '../../client/late/check-options'
import { isProfiles } from '../../client/late/profiles'
import type { OutlastOptions } from '../types'

export function warnOfPageOptions(options: OutlastOptions, warnOf: Log['warnOf']): void {
  const check = checkOptions(options, warnOf)
  check('adopt', (given) => given === 'posthog-js')
  check('crossSubdomain', (given) => typeof given === 'boolean')
  check('persistence', (given) => given === 'auto' || given === 'memory')
  check('personProfiles', isProfiles)
}
