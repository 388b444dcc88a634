/** Compares the person's choice on disk with the one that this page knows: the later choice replaces the other one. */

import { dataLossOf } from '../../adapters/data-loss'
import type { Front } from '../../client/first/front'
import type { Clock, Millis } from '../../core/base/ports'
import { chosen } from '../../core/queue/chosen'
import { erasing } from '../../core/queue/erasing'
import type { Rules } from '../../core/queue/rules'
import type { Journal } from '../first/journal'
import { tellErased } from './drop-waiting'

/**
 * After so many ms a process of the browser has what another process wrote to localStorage before it wrote the choice
 * to disk.
 */
const OTHERS_WRITTEN_MS = 1_000

/**
 * @param erasedAt the moment of the latest erasure that any page of the project was asked for; 0 for none. Where the
 * person has agreed again since, a page with another endpoint may have written that consent alone to this queue
 * @param publish called with the rules whenever they have been read or changed
 * @returns a function to be called before events are handed over: another tab may have stored a choice that is not on
 * disk yet, and a host that reads the disk first would refuse what was captured after that choice. A host in memory
 * reads no rules, so the page reads the rules each time
 */
export function heedRules(
  front: Front,
  journal: Journal,
  clock: Clock,
  erasedAt: () => Millis,
  publish: (rules: Rules) => void,
): (isHostInMemory: boolean) => void {
  const { ofConsent: consent, choices, setup } = front
  if (!choices) return () => undefined
  const { choose, eraseAll, erased } = choices
  let recordedAt = 0
  let askedAt = 0
  /** The choice with this time is known to be torn: its other half has had time to arrive. */
  let tornAt = 0
  journal.onRules = heed
  if (journal.lastRules) heed(journal.lastRules)
  return (isHostInMemory) => {
    const { at } = consent.choice
    if (!isHostInMemory && at <= Math.max(askedAt, journal.lastRules?.at ?? 0)) return
    askedAt = at
    journal.decide()
  }

  function heed(rules: Rules): void {
    publish(rules)
    const loss = journal.upgrade && dataLossOf(journal.upgrade)
    journal.upgrade = undefined
    if (loss) setup.logs.warn(loss)
    const { at, refused } = consent.choice
    // localStorage may have kept one half of a choice alone: its time, or whether the person refused.
    const isTorn = at > 0 && rules.at === at && rules.refused !== refused
    const isNews = rules.at > at
    if (isTorn && refused && tornAt !== at) {
      // The half may be the first one of a refusal that another tab is storing right now: what is on disk is older than
      // that refusal, and must not be written over it.
      void clock.timer(OTHERS_WRITTEN_MS).done.then(() => {
        tornAt = at
        journal.decide()
      })
    } else if (isNews || isTorn) {
      consent.keep(rules)
      // Without an erasure, what was captured before the refusal is still delivered.
      if (rules.refused && rules.erase >= rules.at) tellErased(front, journal, eraseAll)
    } else if (at > rules.at) {
      // Each choice is written once: a disk that cannot be written now would be asked without end. A later page asks
      // again.
      if (recordedAt === at) return
      recordedAt = at
      const owed = erased() ? at : erasedAt()
      journal.decide((known) =>
        known.at >= at ? known : chosen(known, { refused, at }, owed > known.erase ? owed : 0),
      )
      // Events that the earlier choice on disk kept out of the journal are written after this choice.
      void journal.known?.then(() => journal.keep())
    } else if (refused && !rules.refused) {
      // A choice that an earlier version of this library stored has no time: it is stored again with one.
      choose(true, erased())
    }
    const owedAt = erasedAt()
    if (owedAt > rules.erase && owedAt <= rules.at)
      journal.decide((known) => (known.at >= owedAt ? erasing(known, owedAt) : known))
    // Another tab may have agreed: then no erasure holds any more, and what this tab has kept in memory meanwhile may
    // be written.
    if (!consent.optedOut) front.successor = ''
    const write = () => {
      for (const store of [front.lasting, front.tab]) store.optedIn()
    }
    // The tab that has agreed writes its person to localStorage, then its choice. Where the choice comes from the disk
    // first, this tab would take its own person for the only one.
    if (isNews) void clock.timer(OTHERS_WRITTEN_MS).done.then(write)
    else write()
  }
}
