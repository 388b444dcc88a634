/** What a page does with its journal, where it has one: it heeds the rules in it, and keeps it up to date and tidy. */

import { freshLog, needsFreshLog } from '../../adapters/fresh-log'
import type { Front } from '../../client/first/front'
import { debug } from '../../client/late/debug'
import type { Clock, Millis } from '../../core/base/ports'
import { show } from '../../core/base/values'
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

interface DiskParts extends KnownHook {
  front: Front
  /** `undefined` where nothing may be stored. */
  journal: Journal | undefined
  /** The name of the page's queue. */
  queue: string
  clock: Clock
  /** Whether a host has answered this page. */
  hasHost(): boolean
  /** When the project's pages were asked to erase last: see `heedRules`. */
  erasedAt(): Millis
  /** Called with the rules whenever they have been read or changed. */
  onRules(rules: Rules): void
}

/**
 * A host that has not answered after so many ms may never do so, in which case the page alone writes to the disk. A host
 * that answers sooner begins a new log itself.
 */
const HOST_LATE_MS = 500

export function useJournal(parts: DiskParts): OnDisk {
  const { front, journal, queue, clock, hooked, hookedBy, hasHost, erasedAt, onRules } = parts
  const { logs } = front.setup
  void journal?.known?.then(() => {
    // Where the disk fails, localStorage alone says what holds. Until that is known, no beacon is sent.
    if (!hooked()) journal.lastRules ??= NO_RULES
  })
  const heedChoice = journal && heedRules(front, journal, clock, erasedAt, onRules)
  front.sharing?.onJournal()
  if (journal && needsFreshLog())
    void clock.timer(HOST_LATE_MS).done.then(() => {
      if (!hasHost()) freshLog().catch((error) => debug(logs, `the browser keeps its log: ${show(error)}`))
    })
  return {
    heedChoice,
    onHooked: noteHook(journal, front.lasting, hooked, hookedBy, logs.warnOf),
    upkeep: journal && createJournalUpkeep(journal, queue, front, clock),
  }
}
