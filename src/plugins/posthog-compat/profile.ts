/** Whether the person is a known one, and whether events make a profile: posthog-js's `person_profiles`. */

import type { Own } from './device'
import { onceEach, type Self } from './self'

export interface Profile {
  /** What is kept of the present person. Another tab may have reset the person since. */
  its(): Own
  setIts(change: Own): void
  isIdentified(): boolean
  has(): boolean
  /** Whether the person may have a profile, which it then has for good. */
  wants(method: string): boolean
}

export function createProfile(self: Self): Profile {
  const warn = onceEach()

  const profile: Profile = {
    its() {
      const own = self.device.own()
      return own.of === self.client?.getAnonymousId() ? own : {}
    },
    setIts(change) {
      const { profile: known, alias, identified } = profile.its()
      self.device.setOwn({
        of: self.client?.getAnonymousId() ?? '',
        profile: known ?? false,
        alias: alias ?? '',
        identified: identified ?? false,
        ...change,
      })
    },
    isIdentified() {
      const { client } = self
      return (
        client !== undefined &&
        (profile.its().identified === true || client.getDistinctId() !== client.getAnonymousId())
      )
    },
    has() {
      const { person_profiles: whose } = self.config
      const { profile: known, alias } = profile.its()
      if (whose === 'never' || whose === 'always') return whose === 'always'
      return profile.isIdentified() || Boolean(known || alias) || Object.keys(self.device.groups()).length > 0
    },
    wants(method) {
      if (self.config.person_profiles === 'never') {
        warn(method, `posthog.${method} does nothing where person_profiles is "never"`)
        return false
      }
      if (!profile.its().profile) profile.setIts({ profile: true })
      return true
    },
  }
  return profile
}
