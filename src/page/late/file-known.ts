/**
 * Files the person whom the device knows by an older name or from posthog-js, for a page that stores from now on: a
 * person that the page stored itself first would hide that person for good.
 */

import type { Front } from '../../client/first/front'
import { fileLeft } from './adopt'
import { copyOlderNames } from './copy-older-names'
import { isPersonFiled } from './older-names'

/**
 * To be called before the page stores a person.
 *
 * @param isAnother the page has reset or erased its person, so that no earlier person may come back
 */
export function fileKnown(front: Front, adopts: boolean, isAnother: boolean): void {
  const { setup, ofConsent } = front
  const { choice } = copyOlderNames(setup.apiKey, ofConsent.choice, !isAnother && !isPersonFiled(setup.apiKey))
  if (choice) ofConsent.keep(choice)
  if (adopts && !ofConsent.optedOut) fileLeft(front, !isAnother)
}
