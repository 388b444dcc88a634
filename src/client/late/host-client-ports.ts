/** What the host client needs of the client around it, and the functions by which that client learns what happens. */

import type { Clock } from '../../core/base/ports'
import type { Handover } from '../../core/queue/handover'
import type { Capture } from '../first/capture'
import type { Log } from '../first/log'
import type { Outbox } from '../first/outbox'
import type { OutlastEvents, Ready } from '../types'
import type { Channel, Connect } from './channel'
import type { WorkerPlace } from './worker-remedies'

/**
 * The person's choices. A host that got an event before the choice that goes before it would judge the event by an
 * earlier choice.
 */
export interface AfterChoices {
  /** Whether every choice is known to be on disk. */
  isSettled(): boolean
  /** Resolves once every choice is on disk. */
  settled(): Promise<void>
}

export interface HostClientPorts {
  clock: Clock
  outbox: Outbox
  capture: Pick<Capture, 'emitDrop' | 'warnFull' | 'isFull'>
  connect: Connect
  /**
   * Holds back each handover's first posting until the person's choices are on disk. Absent in Node, which has none.
   */
  choices?: AfterChoices
  /**
   * Whether the rules on disk refuse the handover, as far as they are known. A host without the disk does not know
   * them.
   */
  isRefused?(handover: Handover): boolean
  degraded(change: OutlastEvents['degraded']): void
  warn(message: string): void
  warnOf: Log['warnOf']
  /** Whether the device has a network. Absent where that is not known. */
  isOnline?: () => boolean
  /** Where the worker is, for the warning that the worker was left. Absent where there is none. */
  workerAt?(): WorkerPlace | undefined
  /** Another host has answered, or there is none any more. */
  onHost?(ready: Ready): void
  /** Events are pending in the queue. */
  onPending?(channel: Channel): void
  /** No event is pending in the queue any more. */
  onEmpty?(): void
  /** When the client ends: keeps handovers that no host has. Returns how many of their events are kept. */
  keep?(unacknowledged: Handover[]): number
  /** Whether the handover is in the journal, or is being written there: a host takes it up from there. */
  isKept?(handover: Handover): boolean
  /** New events were cut into handovers, whether or not there is a host yet. */
  onHandover?(): void
  /** A host has committed the handover. */
  onCommitted?(handover: Handover): void
  /** Handovers are stored or settled: their rows in the journal can be deleted. */
  onSafe?(handovers: Handover[]): void
  /** The host knows that the person opted out, and refused what was captured since. */
  onOptedOut?(): void
  /** The host has a `beforeSend` that must see what is sent, or has none. */
  onHooked?(hooked: boolean): void
}
