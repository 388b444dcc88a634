/**
 * A page's own way to the disk, with its first code: what no host has answered for yet is written to IndexedDB as it is,
 * and any host takes it up later (`core/queue-journal.ts`). The person's choice goes the same way, so that it is durable
 * at once. localStorage would not do: Chromium writes it out 10 to 60 s later.
 */

import { openDatabase } from '../../adapters/open-database'
import { cut, type Outbox } from '../../client/first/outbox'
import type { Handover } from '../../core/queue/handover'
import { isRefused, NO_RULES, parseRules, type Rules } from '../../core/queue/rules'
import { shown } from './shown'

export interface Journal {
  /** Writes what is open in the outbox and not yet written. */
  keep(): void
  /** Whether it is on disk here, */
  holds(handover: Handover): boolean
  /** or may be so soon. */
  hasAsked(handover: Handover): boolean
  /** Writes these. Rejects where that is not possible now. */
  write(handovers: Handover[]): Promise<void>
  /** Asks no table together with another: a host may be at work on rules for long. */
  transact(table: 'journal' | 'rules', work: (store: IDBObjectStore) => void): Promise<void>
  /** Ends with the latest step on the rules. Never rejects. */
  known?: Promise<void>
  /** What is decided about the queue, once it has been read. */
  rules: Rules | undefined
  /** How the tables were made, if this page made them: the browser may have lost what was in them before. */
  upgrade?: IDBVersionChangeEvent | undefined
  /** Told whenever it is read. */
  onRules: (rules: Rules) => void
  /** Reads what is decided, and changes it, in one transaction: see `known`. */
  decide(change?: (rules: Rules) => Rules): void
}

/** Handovers of a queue that may wait for a host: with no host ever, later ones wait in memory. */
const MAX_ROWS = 1_000

export function createJournal(queue: string, outbox: Outbox): Journal {
  const asked = new WeakSet<Handover>()
  const kept = new WeakSet<Handover>()
  let opening: Promise<IDBDatabase> | undefined
  let writing = false
  let more = false

  const forget = () => {
    opening = undefined
  }

  async function attempt(...[table, work]: Parameters<Journal['transact']>): Promise<void> {
    await shown()
    opening ??= openDatabase(forget, (event) => {
      journal.upgrade = event
    })
    const tx = (await opening).transaction(table, 'readwrite', { durability: 'relaxed' })
    await new Promise<unknown>((resolve, reject) => {
      tx.oncomplete = resolve
      tx.onabort = () => reject(tx.error)
      work(tx.objectStore(table))
    })
  }

  /** Twice, since a connection may have been lost without a word. */
  const transact: Journal['transact'] = (...asked) =>
    attempt(...asked).catch(() => {
      forget()
      return attempt(...asked)
    })

  async function write(handovers: Handover[], isWanted = (_: Handover) => true): Promise<void> {
    await journal.known
    const isAllowed = ({ at }: Handover) => !isRefused(journal.rules as Rules, at)
    // The person may have agreed in another tab meanwhile. A refusal there is for the host to heed.
    if (!handovers.every(isAllowed)) {
      journal.decide()
      await journal.known
    }
    return transact('journal', (table) => {
      const counted = table.count(IDBKeyRange.bound([queue], [queue, []]))
      counted.onsuccess = () => {
        if (counted.result > MAX_ROWS) return table.transaction.abort()
        for (const handover of handovers) {
          if (isWanted(handover) && isAllowed(handover)) {
            table.put(handover, [queue, handover.producer, handover.seq])
          }
        }
      }
    })
  }

  const journal: Journal = {
    rules: undefined,
    onRules: () => undefined,
    transact,
    write,
    async keep() {
      more = true
      if (writing) return
      more = false
      cut(outbox)
      const some = [...outbox.open].filter((handover) => !asked.has(handover))
      if (some.length === 0) return
      writing = true
      for (const handover of some) asked.add(handover)
      try {
        // A host may have taken some of them before the database was open.
        await write(some, (handover) => outbox.open.has(handover))
        for (const handover of some) kept.add(handover)
      } catch {
        // They stay in memory, and in localStorage once the page goes.
        for (const handover of some) asked.delete(handover)
        more = false
      }
      writing = false
      if (more) journal.keep()
    },
    holds: (handover) => kept.has(handover),
    hasAsked: (handover) => asked.has(handover),
    decide(change = (rules) => rules) {
      journal.known = transact('rules', (table) => {
        const asked = table.get([queue])
        asked.onsuccess = () => {
          const rules = parseRules(asked.result)
          journal.rules = change(rules)
          if (journal.rules !== rules) table.put(journal.rules, [queue])
          journal.onRules(journal.rules)
        }
      }).catch(() => {
        // Without a disk, what localStorage says is all there is.
        journal.rules ??= NO_RULES
      })
    },
  }
  journal.decide()
  return journal
}
