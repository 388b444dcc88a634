/** What a page does with its journal, where it has one: it heeds the rules in it, and keeps it up to date and tidy. */

import type { Front } from '../../client/first/front'
import type { Clock, Millis } from '../../core/base/ports'
import { NO_RULES, type Rules } from '../../core/queue/rules'
import type { Journal } from '../first/journal'
import { heedRules } from './heed-rules'
import { createJournalUpkeep, type JournalUpkeep } from './journal-upkeep'
import { noteHook } from './note-hook'

export interface OnDisk {
  /** To be called before events are handed over: see `heedRules`. */
  heedChoice: ((isHostInMemory: boolean) => void) | undefined
  /** To be called with what the worker says of its hook: see `noteHook`. */
  onHooked(now: boolean): Promise<void>
  upkeep: JournalUpkeep | undefined
}

/** What is known of the `beforeSend` of the site's worker. */
export interface KnownHook {
  hooked(): boolean
  /** The scope of the worker that has the hook by the site's option, if the option says so. */
  hookedBy: string | undefined
}

/**
 * @param journal `undefined` where nothing may be stored
 * @param erasedAt when the project's pages were asked to erase last: see `heedRules`
 * @param onRules called with the rules whenever they have been read or changed
 */
export function useJournal(
  front: Front,
  journal: Journal | undefined,
  { hooked, hookedBy }: KnownHook,
  queue: string,
  clock: Clock,
  erasedAt: () => Millis,
  onRules: (rules: Rules) => void,
): OnDisk {
  void journal?.known?.then(() => {
    // Where the disk fails, localStorage alone says what holds. Until that is known, no beacon is sent.
    if (!hooked()) journal.lastRules ??= NO_RULES
  })
  const heedChoice = journal && heedRules(front, journal, clock, erasedAt, onRules)
  front.sharing?.onJournal()
  return {
    heedChoice,
    onHooked: noteHook(journal, front.lasting, hooked, hookedBy, front.setup.logs.warnOf),
    upkeep: journal && createJournalUpkeep(journal, queue, front, clock),
  }
}
