/** maxQueueSize, maxQueueBytes, maxBatchSize, maxBatchBytes, maxConcurrentRequests, and the length of a handover. */

import { Breach } from '../../support/breach'
import type { Commit, Sent } from './facts'

/** Events in a handover, as the library bounds them itself (`MAX_HANDOVER_EVENTS`). Written here anew: a check is no copy. */
const LONGEST_HANDOVER = 500

export function lengthOfHandover({ length }: { length: number }): Breach | undefined {
  return length > LONGEST_HANDOVER ? breach(`a handover of ${length} events`) : undefined
}

export function sizeOfBatch({ batches, settings }: Commit): Breach | undefined {
  const most = Math.max(1, settings.maxBatchSize)
  const tooLong = batches.find(({ after }) => after && after.count > most)
  return tooLong && breach(`a batch of ${tooLong.after?.count} events`)
}

export function sizeOfQueue({ queue }: Commit): Breach | undefined {
  if (!queue?.handedOver?.committed || queue.added.length === 0) return undefined
  const { pending, inRequest, size, config } = queue.after
  const { maxQueueSize, maxQueueBytes } = config.settings
  const waiting = pending - inRequest
  if (waiting > maxQueueSize) return breach(`${waiting} events wait, maxQueueSize is ${maxQueueSize}`)
  return size > maxQueueBytes ? breach(`${size} wait, maxQueueBytes is ${maxQueueBytes}`) : undefined
}

export function sizeOfRequest({ exchange, settings, open }: Sent): Breach | undefined {
  const { events, sender } = exchange
  const { maxBatchSize, maxBatchBytes, maxConcurrentRequests } = settings
  if (events.length > maxBatchSize) return breach(`${events.length} events in a request`)
  const size = events.reduce((sum, { length }) => sum + length, 0)
  if (events.length > 1 && size > maxBatchBytes) return breach(`${size} bytes of events in a request`)
  return open > maxConcurrentRequests ? breach(`${sender.name} has ${open} requests in flight`) : undefined
}

const breach = (detail: string) => new Breach('bounds', detail)
