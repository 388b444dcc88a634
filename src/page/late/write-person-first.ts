import type { Front } from '../../client/first/front'
import { GONE, PERSON_KEY } from '../../client/first/person'
import type { StoragePorts } from './persistence'

/**
 * Has a consent follow its person to the device. Other tabs see one write before the next: one that reads a consent beside no person
 * takes that for a site which has emptied its storage, and writes back whom it knows, though that person was just erased.
 */
export function writePersonFirst(
  { ofConsent, lasting }: Pick<Front, 'ofConsent' | 'lasting'>,
  kept: StoragePorts['kept'],
): void {
  const { choose } = ofConsent
  ofConsent.choose = (refused) => {
    const stored = kept.get(PERSON_KEY) ?? GONE
    const person = lasting.get(PERSON_KEY)
    if (!refused && stored === GONE && person) kept.set(PERSON_KEY, person)
    return choose(refused)
  }
}
