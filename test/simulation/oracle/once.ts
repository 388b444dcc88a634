/** An event is on disk once, and does not come back after it was settled. */

import { EVENT_AGE } from '../../../src/core/config/numbers'
import { Breach } from '../../support/breach'
import type { Commit } from './facts'

export function onceInTransaction({ queue }: Commit): Breach | undefined {
  const twice = queue?.repeated[0]
  return twice && breach(`${twice.uuid} is in a transaction ${twice.times} times`)
}

export function once({ queue, wall }: Commit): Breach | undefined {
  if (!queue) return undefined
  const { added, after, handedOver } = queue
  if (!handedOver && added.length > 0) return breach(`${added.length} events were added without a handover`)
  const remembered = Math.max(after.config.settings.maxEventAge, EVENT_AGE[0])
  for (const { uuid, onDisk, settled, committedAt = 0 } of added) {
    if (onDisk) return breach(`${uuid} is on disk twice`)
    const isForgotten = Math.abs(wall - committedAt) > remembered
    if (settled && !isForgotten) return breach(`${uuid} came back after it had been settled`)
  }
  return undefined
}

const breach = (detail: string) => new Breach('once', detail)
