/** Two living senders do not have an event in a request at once, and only the holder of a batch puts it off or splits it. */

import { Breach } from '../../support/breach'
import type { Context, Exchange } from '../exchange'
import type { Commit, Sent } from './facts'
import type { Witness } from './witness'

export function lease({ exchange, events, leasesUnsure }: Sent): Breach | undefined {
  const { sender } = exchange
  for (const { witness } of events) {
    const other = witness.exchanges.find(
      (earlier) => earlier.state === 'open' && !isExcused(earlier, witness, { leasesUnsure }),
    )
    if (other) return breach(`${sender.name} sends ${witness.uuid} while ${other.sender.name} has it in a request`)
  }
  return undefined
}

/** Whether an event may be sent again whatever became of an earlier request with it. */
export function isExcused(
  { sender, startedAt }: Exchange,
  { inMemory }: Witness,
  { leasesUnsure }: Pick<Sent, 'leasesUnsure'>,
): boolean {
  return inMemory || sender.disturbedSince(startedAt) || leasesUnsure
}

export function leaseOfBatch({ by, batches, queue }: Commit): Breach | undefined {
  for (const { before, after } of batches) {
    const holder = before?.lease?.sender
    const failed = before !== undefined && after !== undefined && after.failures > before.failures
    if (failed && !after.lease && !isOf(by, holder)) {
      return breach(`${by.name} puts a batch off that ${holder ?? 'nobody'} holds`)
    }
  }
  const isSplit = batches.some(({ before, after }) => !before && after && !after.lease)
  if (!queue || !isSplit) return undefined
  for (const { before, after } of batches) {
    const holder = before?.lease?.sender
    if (before && !after && !isOf(by, holder)) {
      return breach(`${by.name} splits a batch that ${holder ?? 'nobody'} holds`)
    }
  }
  return undefined
}

/** A sender is named after its queue and an id that its context made. */
const isOf = (context: Context, sender: string | undefined) =>
  sender !== undefined && context.gave(sender.slice(sender.indexOf(':') + 1))

const breach = (detail: string) => new Breach('lease', detail)
