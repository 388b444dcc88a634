/**
 * Has a page that waits go on with the person and the choice that an earlier version of this library has filed under
 * older names.
 */

import type { Front } from '../../client/first/front'
import { debug } from '../../client/late/debug'
import { beganWith, goOnAsStored } from '../../client/late/restate-person'
import { copyOf, show } from '../../core/base/values'
import type { OutlastOptions } from '../types'
import { copyOlderNames } from './copy-older-names'
import { isPersonFiled, removeOlderNames } from './older-names'

/** To be called first while the client waits: a refusal under an older name holds for all that was captured so far. */
export function takeOverOlder(front: Front, { bootstrap, persistence, cookieless }: OutlastOptions): void {
  const { setup, ofConsent } = front
  const was = beganWith(front, copyOf(bootstrap))
  try {
    const takesPerson = persistence !== 'memory' && !cookieless && !isPersonFiled(setup.apiKey)
    const { choice, host } = copyOlderNames(setup.apiKey, ofConsent.choice, takesPerson)
    // The choice counts also where it cannot be stored.
    if (choice) ofConsent.keep(choice)
    if (takesPerson && host !== undefined) goOnAsStored(front, was, !ofConsent.optedOut)
  } catch (error) {
    debug(setup.logs, `what is filed under older names stays there: ${show(error)}`)
  }
}

/** Removes what older names hold of a person who has refused and is no longer on the device: that person was erased. */
export function forgetOlder({ setup, ofConsent }: Front, { persistence, cookieless }: OutlastOptions): void {
  // A page that stores nothing has no person of its own on the device, whose absence would tell of an erasure;
  // `eraseOthers` erases for such a page.
  if (persistence === 'memory' || cookieless || !ofConsent.optedOut || isPersonFiled(setup.apiKey)) return
  removeOlderNames(setup.apiKey, true, true)
}
