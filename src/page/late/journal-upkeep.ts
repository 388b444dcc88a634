/** When a page writes its events down itself, and when it may remove again what it wrote. */

import type { Front } from '../../client/first/front'
import type { Link } from '../../client/late/link'
import type { Clock } from '../../core/base/ports'
import { show } from '../../core/base/values'
import type { Handover } from '../../core/queue/handover'
import type { Journal } from '../first/journal'

export interface JournalUpkeep {
  /** What no host has answered for in time is written down here. */
  keepIfLate(link: Pick<Link, 'answered' | 'mayBeAsleep'>): void
  /** Hosts have taken them over: what is written of them here can go. */
  tidyLater(handovers: Handover[]): void
}

/** An answer that has not come after this many ms is late: the page writes down itself what it is waiting for. */
const LATE_MS = 15

/** Rows of the journal that a host has taken over are removed together, after this many ms. */
const TIDY_MS = 250

export function createJournalUpkeep(
  journal: Journal,
  queue: string,
  { outbox, config }: Pick<Front, 'outbox' | 'config'>,
  clock: Clock,
): JournalUpkeep {
  const safe: Handover[] = []
  let isTimed = false

  function tidy(): void {
    const some = safe.splice(0)
    const removed = journal.transact((_, table) => {
      for (const { producer, seq } of some) table('journal').delete([queue, producer, seq])
    })
    // What is left of them is known by its number to the host that takes it up.
    removed.catch((error) => config.log.debug(`rows stay in the journal: ${show(error)}`))
  }

  return {
    keepIfLate(link) {
      // Timers of a hidden page are late themselves.
      if (!link.answered() || link.mayBeAsleep() || document.visibilityState === 'hidden') return journal.keep()
      if (isTimed) return
      isTimed = true
      void clock.timer(LATE_MS).done.then(() => {
        isTimed = false
        if (outbox.count > 0) journal.keep()
      })
    },
    tidyLater(handovers) {
      const written = handovers.filter((handover) => journal.asked.has(handover))
      if (safe.length === 0 && written.length > 0) void clock.timer(TIDY_MS).done.then(tidy)
      safe.push(...written)
    },
  }
}
