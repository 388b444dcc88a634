/** Whose events PostHog makes a person profile of: the option `personProfiles`. */

import type { Properties } from '../../core/event/event'
import { namesNobody } from '../../core/event/ids'
import type { CaptureConfig } from './options'
import type { PersonState } from './person'

/** Nobody has a profile. */
export const NEVER = 0

/** Everybody has one. Between the two is `'identified_only'`. */
const ALWAYS = 2

/** How many persons have profiles. Fails closed: with a value that is none of the option's nobody has one. */
export const profilesOf = (option: unknown = 'always'): number =>
  ['identified_only', 'always'].indexOf(option as string) + 1

export const hasProfile = (
  profiles: number,
  { anonymousId, identified, profile, groups }: Readonly<PersonState>,
): boolean =>
  profiles === ALWAYS ||
  (profiles !== NEVER && (identified || profile === anonymousId || Object.keys(groups).length > 0))

/**
 * The property by which an event says whether the server makes a profile of its person. The server's default is yes, so
 * with `'always'` nothing is said (docs/protocol.md §2.5). Of a person whom the caller has named only `'never'` is said.
 *
 * @param of the distinct id of the event. That of nobody gets no profile, with a warning
 */
export function profileProperty(
  { profiles, log }: Pick<CaptureConfig, 'profiles' | 'log'>,
  person: Readonly<PersonState>,
  of: string,
): Properties | undefined {
  const ofNobody = namesNobody(of)
  if (ofNobody) log.warnOf('nobody', of)
  else if (profiles === ALWAYS || (profiles !== NEVER && of !== person.distinctId)) return
  return { $process_person_profile: !ofNobody && hasProfile(profiles, person) }
}
