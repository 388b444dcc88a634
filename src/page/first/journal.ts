/**
 * The journal: a page's first code writes handovers that no host has answered yet to IndexedDB, as they are. Any host
 * takes them up later (`core/queue/journal.ts`). The person's choice is written in the same way, so that it is durable
 * at once. localStorage would not do for either: Chromium writes it to disk 10 to 60 s later.
 */

import { openDatabase } from '../../adapters/open-database'
import { cut, type Outbox } from '../../client/first/outbox'
import type { Handover } from '../../core/queue/handover'
import { isRefused, parseRules, type Rules } from '../../core/queue/rules'
import { shown } from './shown'

export interface Journal {
  /** Writes the outbox's handovers that are not in the journal yet. */
  keep(): void
  /** Whether the handover is in the journal. */
  holds(handover: Handover): boolean
  /** The handovers that are in the journal or are being written. */
  asked: Pick<WeakSet<Handover>, 'has'>
  /**
   * Reads the rules and then does `work`, in one transaction. The transaction takes both tables, so that no other one
   * runs beside it (see `idb-database.ts`). `isFull`: no handover may be added to the queue's journal.
   */
  transact(
    work: (rules: Rules, table: (name: 'journal' | 'rules') => IDBObjectStore, isFull: boolean) => void,
  ): Promise<void>
  /**
   * Resolves once the latest step on the rules has ended. A step is a `decide`, or what the late code does after one
   * and waits for before it connects to a host. Never rejects.
   */
  known?: Promise<void>
  /** The queue's rules: the person's choice, and whether the worker has hooks. Absent until they are read. */
  lastRules?: Rules | undefined
  /**
   * The event in which this page made the tables, if it did. It tells whether the browser has lost the tables of
   * before.
   */
  upgrade?: IDBVersionChangeEvent | undefined
  /** Called whenever the rules have been read. */
  onRules?: (rules: Rules) => void
  /** Reads the rules and changes them, in one transaction, whose end `known` waits for. */
  decide(change?: (rules: Rules) => Rules): void
}

/** Where a page's journal is. It has none while nothing may be stored. */
export interface Disk {
  ownJournal?: Journal | undefined
}

/**
 * Where a queue has more handovers in the journal than this, none is added: if no host ever takes them up, later ones
 * wait in memory.
 */
const MAX_ROWS = 1_000

export function createJournal(queue: string, outbox: Outbox): Journal {
  const asked = new WeakSet<Handover>()
  const kept = new WeakSet<Handover>()
  let opening: Promise<IDBDatabase> | undefined
  let waits = false

  const forget = () => {
    opening = undefined
  }

  async function attempt(work: Parameters<Journal['transact']>[0]): Promise<void> {
    await shown()
    opening ??= openDatabase(forget, (event) => {
      journal.upgrade = event
    })
    const tx = (await opening).transaction(['journal', 'rules'], 'readwrite', { durability: 'relaxed' })
    await new Promise<unknown>((resolve, reject) => {
      tx.oncomplete = resolve
      tx.onabort = () => reject(tx.error)
      const table = (name: string) => tx.objectStore(name)
      const read = table('rules').get([queue])
      const counted = table('journal').count(IDBKeyRange.bound([queue], [queue, []]))
      counted.onsuccess = () => {
        journal.lastRules = parseRules(read.result)
        work(journal.lastRules, table, counted.result > MAX_ROWS)
        // Without a commit the transaction would go on until each write has been answered, and all other transactions
        // would wait.
        tx.commit?.()
        journal.onRules?.(journal.lastRules)
      }
    })
  }

  /** Tries a transaction twice, since browsers lose connections without an event. */
  const transact: Journal['transact'] = (work) =>
    attempt(work).catch(() => {
      forget()
      return attempt(work)
    })

  const journal: Journal = {
    transact,
    async keep() {
      cut(outbox)
      if (waits || [...outbox.unacknowledged].every((handover) => asked.has(handover))) return
      waits = true
      let written: Handover[] = []
      const beginAnew = () => {
        for (const handover of written) asked.delete(handover)
        written = []
        waits = false
      }
      try {
        await transact((rules, table, isFull) => {
          beginAnew()
          if (isFull) return
          // Events that came while the transaction had to wait are written with it.
          cut(outbox)
          for (const handover of outbox.unacknowledged) {
            // The person may have agreed again without that choice being on disk yet: the next `keep` looks at the
            // rules anew.
            if (asked.has(handover) || isRefused(rules, handover.at)) continue
            asked.add(handover)
            written.push(handover)
            table('journal').put(handover, [queue, handover.producer, handover.seq])
          }
        })
        for (const handover of written) kept.add(handover)
      } catch {
        // The handovers stay in memory, and are written to the backup on page exit.
        beginAnew()
      }
    },
    holds: (handover) => kept.has(handover),
    asked,
    decide(change = (rules) => rules) {
      journal.known = transact((rules, table) => {
        journal.lastRules = change(rules)
        if (journal.lastRules !== rules) table('rules').put(journal.lastRules, [queue])
        // A `keep` that was under way may have read the rules of before, and left out handovers that this choice
        // allows.
      }).then(journal.keep, journal.keep)
    },
  }
  journal.decide()
  return journal
}
