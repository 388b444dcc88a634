import type { CaptureConfig } from '../../client/first/options'
import { debug } from '../../client/late/debug'
import { show } from '../../core/base/values'
import type { Handover } from '../../core/queue/handover'
import { isRefused } from '../../core/queue/rules'
import type { Journal } from '../first/journal'

/**
 * Writes amended handovers over their rows on disk. The page has no host before that is done, as after a choice.
 *
 * @returns the end of the writing, if there is anything to write; it never rejects
 */
export function writeAgain(
  journal: Journal,
  queue: string,
  amended: Handover[],
  log: CaptureConfig['logs'],
): Promise<void> | undefined {
  const written = amended.filter((handover) => journal.asked.has(handover))
  if (written.length === 0) return undefined
  const again = journal.transact((rules, table) => {
    for (const handover of written) {
      if (isRefused(rules, handover.at)) continue
      table('journal').put(handover, [queue, handover.producer, handover.seq])
    }
  })
  const done = again.catch((error) => debug(log, `what was amended is on disk as it was: ${show(error)}`))
  journal.known = Promise.all([journal.known, done]).then(() => undefined)
  return done
}
