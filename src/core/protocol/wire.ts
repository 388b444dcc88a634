/** The interface of an ingestion protocol: encodes a batch as a request, interprets an answer as a verdict. */

import type { Millis, SendOutcome, WireRequest } from '../base/ports'
import type { QueueConfig } from '../config/queue-config'
import type { EventJson, WireFormat } from '../event/event'
import type { Verdict } from './verdict'

/** What a wire needs to know of a batch. */
export interface BatchToSend {
  events: readonly EventJson[]
  /** The format for which the events were serialized. */
  format: WireFormat
  historical: boolean
  /** ms that the clock which stamped the events was ahead of the wall clock. */
  skew: number
  /** UUID, constant over the attempts of a batch. */
  requestId: string
  /** When the batch was made, constant over its attempts. */
  createdAt: Millis
  /** 1 for the first request of a batch. */
  attempt: number
}

export interface Wire {
  /** Whether `interpret` needs the body of a 2xx answer. */
  readonly readsBody: boolean
  /** Encodes a batch as a request, whose body is not compressed yet. `now` is by the wall clock. */
  encode(batch: BatchToSend, config: QueueConfig, now: Millis): WireRequest
  interpret(reply: Extract<SendOutcome, { kind: 'reply' | 'reply_too_long' }>, config?: QueueConfig): Verdict
  /** The verdict on a batch of which no request may be made. Absent where each can be sent. */
  unfit?(batch: BatchToSend, config: QueueConfig, now: Millis): Verdict | undefined
}
