/** When a page looks for what earlier ones have left: once, and again where it may have been prerendered beside them. */

import type { Front } from '../../client/first/front'
import { debug } from '../../client/late/debug'
import { show } from '../../core/base/values'
import type { Handover } from '../../core/queue/handover'
import { prefixOf } from '../first/backup'
import type { Journal } from '../first/journal'
import { shown } from '../first/shown'
import { addToJournal } from './add-to-journal'
import { expire, recoverBackups } from './recover-backups'

/**
 * Looks for backups of the queue now.
 *
 * @param onMoved called when there were some
 * @returns to be called with each key of localStorage that another page has written. The page before a prerendered one is
 *   left when that is shown, so its backup comes after the first look
 */
export function recoverEarlier(
  front: Front,
  queue: string,
  journal: Journal,
  maxAgeMs: unknown,
  onMoved: () => void,
): (key: string) => void {
  const { logs: log, wall } = front.setup

  const add = (handovers: Handover[]) => addToJournal(journal, queue, handovers)

  function look(): void {
    // Where they cannot be moved now, a later page does.
    try {
      expire(queue, maxAgeMs, wall())
    } catch (error) {
      debug(log, `what earlier pages left cannot be shortened: ${show(error)}`)
    }
    recoverBackups(queue, front.outbox.producer, add).then(
      (moved) => moved && onMoved(),
      (error) => debug(log, `what earlier pages left stays in localStorage: ${show(error)}`),
    )
  }

  look()
  const activated = shown()
  if (!activated) return () => undefined
  void activated.then(look)
  return (key) => key.startsWith(prefixOf(queue)) && look()
}
