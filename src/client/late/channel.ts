/** A way to the host of the queue, and what opens one. */

import type { PageMessage } from '../../core/host/messages'
import type { PendingEvents } from '../../core/queue/pending-events'
import type { Ready } from '../types'

export interface Channel extends Ready {
  /** Posts without waiting: what matters is acknowledged. Never throws, and returns why the host cannot be reached. */
  post(message: PageMessage): string | undefined
  close(): Promise<void>
  /** What a host in memory still has, once it is closed. Absent for a host that stores. */
  takeBack?(): Promise<PendingEvents[]>
}

/** A host that the connection has left, and why. */
export interface Failed {
  host: Ready['host']
  reason: string
}

/** Opens the channel to the next host of the ladder after `failed`. Rejects where not even the last can be had now. */
export type Connect = (
  receive: (raw: unknown) => void,
  failed: Failed | undefined,
) => Promise<{
  channel: Channel
  degraded?: string
  /** Resolves once a host further up the ladder answers, until `cancelled`. */
  better?(cancelled: () => boolean): Promise<Channel>
}>
