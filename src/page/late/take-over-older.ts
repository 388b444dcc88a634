/** Has a page that waits go on with the person and the choice that an earlier version of this library has filed under older names. */

import type { Front } from '../../client/first/front'
import { debug } from '../../client/late/debug'
import { beganWith, goOnAsStored } from '../../client/late/restate-person'
import { copyOf, show } from '../../core/base/values'
import type { OutlastOptions } from '../types'
import { copyOlderNames } from './copy-older-names'
import { isPersonFiled, removeOlderNames } from './older-names'

/** To be called first while the client waits: what was refused under an older name holds for all that was captured so far. */
export function takeOverOlder(front: Front, { bootstrap, persistence, cookieless }: OutlastOptions): void {
  const { setup, ofConsent } = front
  const was = beganWith(front, copyOf(bootstrap))
  try {
    const takesPerson = persistence !== 'memory' && !cookieless && !isPersonFiled(setup.apiKey)
    const { choice, host } = copyOlderNames(setup.apiKey, ofConsent.choice, takesPerson)
    // Also where it cannot be stored.
    if (choice) ofConsent.keep(choice)
    if (takesPerson && host !== undefined) goOnAsStored(front, was, !ofConsent.optedOut)
  } catch (error) {
    debug(setup.logs, `what is filed under older names stays there: ${show(error)}`)
  }
}

/** Who has refused, and has no person on the device any more, has none under older names either. */
export function forgetOlder({ setup, ofConsent }: Front, { persistence, cookieless }: OutlastOptions): void {
  // A page that stores nothing knows of no person of its own there; `eraseOthers` erases what was to be erased.
  if (persistence === 'memory' || cookieless || !ofConsent.optedOut || isPersonFiled(setup.apiKey)) return
  removeOlderNames(setup.apiKey, true, true)
}
