/** When a page writes handovers to the journal itself, and when it may remove them again. */

import type { Front } from '../../client/first/front'
import { debug } from '../../client/late/debug'
import type { HostClient } from '../../client/late/host-client'
import type { Clock } from '../../core/base/ports'
import { show } from '../../core/base/values'
import type { Handover } from '../../core/queue/handover'
import type { Journal } from '../first/journal'

export interface JournalUpkeep {
  /** Writes handovers to the journal that no host answers in time. */
  keepIfLate(host: Pick<HostClient, 'answered' | 'mayBeAsleep'>): void
  /** Removes handovers from the journal, after a pause, because a host has stored them. */
  tidyLater(handovers: Handover[]): void
}

/** An answer that has not come after this many ms is late: the page then writes the handovers to the journal. */
const LATE_MS = 15

/** Rows of the journal that a host has taken over are removed together, after this many ms. */
const TIDY_MS = 250

export function createJournalUpkeep(
  journal: Journal,
  queue: string,
  { outbox, setup: config }: Pick<Front, 'outbox' | 'setup'>,
  clock: Clock,
): JournalUpkeep {
  const safe: Handover[] = []
  let isTimed = false

  function tidy(): void {
    const some = safe.splice(0)
    const removed = journal.transact((_, table) => {
      for (const { producer, seq } of some) table('journal').delete([queue, producer, seq])
    })
    // A row that stays does no harm: a host that takes it up again knows the handover by its number.
    removed.catch((error) => debug(config.logs, `rows stay in the journal: ${show(error)}`))
  }

  return {
    keepIfLate(host) {
      // Timers of a hidden page are late, so none is waited for.
      if (!host.answered() || document.visibilityState === 'hidden') return journal.keep()
      if (isTimed) return
      isTimed = true
      // Where the host has answered before, the journal is not written in this very task: if another listener of the
      // same click asks the visitor (`confirm`), the page's transaction would stay open until there is an answer, and
      // with it all tabs and the worker, which has been given the event, would wait.
      void clock.timer(host.mayBeAsleep() ? 0 : LATE_MS).done.then(() => {
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
