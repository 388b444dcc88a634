/**
 * Reads what the device knows of a project's queues from earlier pages, for a page that may store nothing yet: a choice
 * that localStorage has lost, or a queue with events of an earlier consent. No database is made.
 */

import { DATABASE_NAME } from '../../adapters/open-database'
import { systemClock } from '../../adapters/system-clock'
import { NO_RULES, parseRules, type Rules } from '../../core/queue/rules'
import { keysOf, latestOf } from './earlier-hosts'
import { oneTransaction } from './one-transaction'

/** How long in ms the browser may take to name its databases. */
const NAMES_LIMIT_MS = 3_000

/**
 * The stored rules of the project's queue that has the latest choice: `NO_RULES` where the queues have no rules, and
 * `undefined` where no queue is left.
 *
 * @param hasBackup whether a page has left events in localStorage, which may have had no time for the database
 */
export async function earlierRules(apiKey: string, hasBackup: boolean): Promise<Rules | undefined> {
  const left = hasBackup ? NO_RULES : undefined
  if (!(await hasDatabase())) return left
  const { rules, counts } = await oneTransaction(
    ['rules', 'queues', 'journal'],
    (tx) => ({
      rules: tx.objectStore('rules').getAll(keysOf(apiKey)),
      counts: ['queues', 'journal'].map((name) => tx.objectStore(name).count(keysOf(apiKey))),
    }),
    systemClock(),
    'readonly',
  )
  const isKnown = counts.some(({ result }) => result > 0)
  return latestOf(rules.result.map(parseRules)) ?? (isKnown ? NO_RULES : left)
}

/** False also in a browser that does not name its databases (Firefox before 126): to open one would make it. */
export async function hasDatabase(): Promise<boolean> {
  const late = new Promise<[]>((resolve) => setTimeout(resolve, NAMES_LIMIT_MS, []))
  const databases = await Promise.race([indexedDB.databases?.() ?? [], late])
  return databases.some(({ name }) => name === DATABASE_NAME)
}
