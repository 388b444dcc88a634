/** What a client answers, from its host's answer and its outbox. Nothing here has an effect. */

import { addDropped, type Stats, totalDropped } from '../../core/base/accounting'
import type { Flushed } from '../../core/delivery/flush'
import { type HostMessage, MESSAGE_VERSION, type PageMessageBody } from '../../core/host/messages'
import type { Outbox } from '../first/outbox'
import type { ShutdownResult } from '../types'
import { droppedHere } from './outbox-settle'

/** What a host tells that has counted nothing. */
const UNCOUNTED: Stats = { accepted: 0, delivered: 0, pending: 0, dropped: {} }

/** The answer to a question while there is no host to ask. */
export function answerWithoutHost(queue: string, { count }: Outbox, { type }: PageMessageBody): HostMessage {
  const base = { outlast: MESSAGE_VERSION, id: 0, queue, instance: '' }
  // `mergeStats` adds what is in the outbox itself.
  if (type === 'stats') return { ...base, type, stats: UNCOUNTED }
  return { ...base, type: 'flushed', flushed: { delivered: 0, pending: count, dropped: 0 } }
}

/** The queue's counts with this page's own, which no host has counted yet. */
export function mergeStats(there: Stats, outbox: Outbox): Stats {
  const here = droppedHere(outbox)
  const dropped = { ...there.dropped }
  addDropped(dropped, here)
  return {
    accepted: there.accepted + outbox.count + totalDropped(here),
    delivered: there.delivered,
    pending: there.pending + outbox.count,
    dropped,
  }
}

/** The counts of this page alone, where no host has told its own. */
export const statsOfOutbox = (outbox: Outbox): Stats => mergeStats(UNCOUNTED, outbox)

/** @param refused events that the host refused on the way to this flush, which never came into its queue */
export function flushResult(flushed: Flushed, refused: number): Flushed {
  return { ...flushed, dropped: flushed.dropped + refused }
}

/**
 * @param flushed what the host said of its queue, if it did in time
 * @param left events that no host has taken
 * @param lost how many of these events are kept nowhere
 */
export function shutdownResult(flushed: Flushed | undefined, left: number, lost: number): ShutdownResult {
  const { delivered, pending, dropped } = flushed ?? { delivered: 0, pending: left, dropped: 0 }
  return { delivered, kept: pending - lost, dropped: dropped + lost }
}
