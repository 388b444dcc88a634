/**
 * When a page looks for what earlier ones have left: once, and again where it may have been prerendered beside them.
 */

import type { Front } from '../../client/first/front'
import { debug } from '../../client/late/debug'
import type { HostClient } from '../../client/late/host-client'
import { show } from '../../core/base/values'
import type { Handover } from '../../core/queue/handover'
import { prefixOf } from '../first/backup'
import type { Disk } from '../first/journal'
import { shown } from '../first/shown'
import { addToJournal } from './add-to-journal'
import { expire, recoverBackups } from './recover-backups'

/**
 * Looks for backups of the queue now, where there is a journal to move them to, and wakes the host where there were
 * some.
 *
 * @returns for a prerendered page, a function to be called with each key that another page has written to localStorage.
 * The page before is left only once this page is shown, so the backup of that page comes after the first look
 */
export function recoverEarlier(
  front: Front,
  queue: string,
  { ownJournal: journal }: Disk,
  maxAgeMs: unknown,
  hostClient: Pick<HostClient, 'wake'>,
): ((key: string) => void) | undefined {
  if (!journal) return undefined
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
      (moved) => moved && hostClient.wake('due'),
      (error) => debug(log, `what earlier pages left stays in localStorage: ${show(error)}`),
    )
  }

  look()
  const activated = shown()
  if (!activated) return undefined
  void activated.then(look)
  return (key) => key.startsWith(prefixOf(queue)) && look()
}
