import type { Front } from '../../client/first/front'
import { GONE, PERSON_KEY } from '../../client/first/person'
import type { StoragePorts } from './persistence'

/**
 * Has a consent write the person to the device before the choice. Other tabs see one write before the next. A tab that
 * reads a consent and finds no person believes that the site has emptied its storage, and writes back the person it
 * knows, who may just have been erased.
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
