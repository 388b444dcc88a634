/** What the line to the host needs of the client that it belongs to, and what it tells it if that has to know. */

import type { Clock } from '../../core/base/ports'
import type { Handover } from '../../core/queue/handover'
import type { Capture } from '../first/capture'
import type { Outbox } from '../first/outbox'
import type { OutlastEvents } from '../types'
import type { Channel, Connect } from './channel'

/** The person's choices: a host that got an event first would judge the event by the choice before. */
export interface AfterChoices {
  /** Whether every choice is known to be on disk. */
  isSettled(): boolean
  /** Resolves once it is. */
  settled(): Promise<void>
}

export interface LinkPorts {
  clock: Clock
  outbox: Outbox
  capture: Pick<Capture, 'tellDropped' | 'warnFull' | 'full'>
  connect: Connect
  /** Holds back each handover's first posting until the person's choices are on disk. Absent in Node, which has none. */
  choices?: AfterChoices
  degraded(change: OutlastEvents['degraded']): void
  warn(message: string): void
  /** The queue went from empty to not empty, or something is known to be left in it. */
  onPending?(channel: Channel): void
  /** Nothing is left in the queue. */
  onEmpty?(): void
  /** Keeps what no host has when the client ends. Returns how many events of it. */
  keep?(open: Handover[]): number
  /** New events have left for the host, whether or not there is one yet. */
  onHandover?(): void
  /** A host has committed it. */
  onCommitted?(handover: Handover): void
  /** Handovers are on disk, or it is known what became of all that is in them: they need not be kept elsewhere. */
  onSafe?(handovers: Handover[]): void
  /** The host knows that the person opted out, and refused what was captured since. */
  onOptedOut?(): void
  /** The host has a `beforeSend` that must see what is sent, or has none. */
  onHooked?(hooked: boolean): void
}
