/** Compares the person's choice on disk with the one that this page knows: the later choice replaces the other one. */

import { dataLossOf } from '../../adapters/data-loss'
import type { Front } from '../../client/first/front'
import type { Clock } from '../../core/base/ports'
import { chosen } from '../../core/queue/chosen'
import type { Rules } from '../../core/queue/rules'
import type { Journal } from '../first/journal'

/** By then, in ms, a process of the browser has what another one wrote to localStorage before it wrote the choice to disk. */
const OTHERS_WRITTEN_MS = 1_000

/**
 * @param publish called with the rules whenever they have been read or changed
 * @returns to be called before events are handed over: another tab may have stored a choice that is not on disk yet, and a host that
 * reads the disk first would refuse what was captured after it
 */
export function heedRules(front: Front, journal: Journal, clock: Clock, publish: (rules: Rules) => void): () => void {
  const { ofConsent: consent, choices, setup } = front
  if (!choices) return () => undefined
  const { choose, eraseAll, erased } = choices
  let recordedAt = 0
  let askedAt = 0
  journal.onRules = heed
  if (journal.lastRules) heed(journal.lastRules)
  return () => {
    const { at } = consent.choice
    if (at <= Math.max(askedAt, journal.lastRules?.at ?? 0)) return
    askedAt = at
    journal.decide()
  }

  function heed(rules: Rules): void {
    publish(rules)
    const loss = journal.upgrade && dataLossOf(journal.upgrade)
    journal.upgrade = undefined
    if (loss) setup.logs.warn(loss)
    const { at, refused } = consent.choice
    // localStorage may have kept one half of a choice: its time, or what it was.
    const isTorn = at > 0 && rules.at === at && rules.refused !== refused
    const isNews = rules.at > at
    if (isNews || isTorn) {
      consent.keep(rules)
      // Without an erasure, what was captured before the refusal is still delivered.
      if (rules.refused && rules.erase >= rules.at) eraseAll()
    } else if (at > rules.at) {
      // Each choice is written once: a disk that cannot be written now would be asked without end. A later page asks
      // again.
      if (recordedAt === at) return
      recordedAt = at
      const owed = erased() ? at : 0
      journal.decide((known) => (known.at >= at ? known : chosen(known, { refused, at }, owed)))
      // What the earlier choice on disk kept out of the journal is written after this one.
      void journal.known?.then(() => journal.keep())
    } else if (refused && !rules.refused) {
      // A choice that an earlier version of this library stored has no time: it is stored again with one.
      choose(true, erased())
    }
    // Another tab may have agreed: an erasure is owed no more, and what this one has kept in memory meanwhile may be written.
    if (!consent.optedOut) front.successor = ''
    const write = () => {
      for (const store of [front.lasting, front.tab]) store.optedIn()
    }
    // The tab that has agreed writes its person to localStorage, then its choice: where the disk says so first, this tab
    // would take its own person for the only one.
    if (isNews) void clock.timer(OTHERS_WRITTEN_MS).done.then(write)
    else write()
  }
}
