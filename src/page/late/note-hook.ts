/**
 * Writes down that the site's worker has a `beforeSend`, or has none any more: in the rules for all hosts, and in
 * localStorage for pages that cannot read the rules.
 */

import type { Log } from '../../client/first/log'
import type { KeyValueStore } from '../../client/first/person'
import type { Journal } from '../first/journal'

/** The key in localStorage under which a page remembers that the site's worker has a `beforeSend`. */
export const HOOKED_KEY = 'hooked'

/**
 * Notes what is known by now, and returns a function to be called with what the page's worker says.
 *
 * @param hooked whether there is a hook, by the site's option or by what an earlier page has stored
 * @param hookedBy the scope of the worker that has the hook by the site's option, if the option says so
 * @param warnOf told once where the worker that answers has no hook, and another one has
 */
export function noteHook(
  journal: Journal | undefined,
  store: KeyValueStore,
  hooked: () => boolean,
  hookedBy: string | undefined,
  warnOf: Log['warnOf'],
): (now: boolean) => Promise<void> {
  // The hook is noted before the page has a host, since another page's worker may be without the hook.
  if (hooked())
    journal?.decide((rules) =>
      rules.hooked && (!hookedBy || hookedBy === rules.hookedBy) ? rules : { ...rules, hookedBy, hooked: true },
    )
  let told = false
  return async (now) => {
    // The worker has written the same into the rules, unless another worker has a hook.
    if (journal?.lastRules?.hooked !== now) journal?.decide()
    await journal?.known
    const isHooked = journal?.lastRules?.hooked === true || now
    if (hooked() !== isHooked) store.set(HOOKED_KEY, String(isHooked))
    if (now || !isHooked || told) return
    told = true
    warnOf('otherHook', journal?.lastRules?.hookedBy)
  }
}
