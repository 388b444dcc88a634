/** The messages of this page, each with a number of its own, and with the queue's config until the host has it. */

import { type GivenConfig, queueKey } from '../../core/config/queue-config'
import { MESSAGE_VERSION, type PageMessage, type PageMessageBody } from '../../core/host/messages'

export interface Outgoing {
  readonly queue: string
  /** Whether the page can get no answer for now. */
  quiet: boolean
  /** The host has the queue's config. */
  configured: boolean
  numbered(body: PageMessageBody): PageMessage
  /** Whether this is the number of a message that was made here. */
  made(id: number): boolean
}

/** The most messages that a client sends in its life: the ids of another client may begin after so many. */
const IDS = 100_000

/** Hexadecimal digits at the end of the producer's id that are random. */
const RANDOM_DIGITS = 8

/** No two clients of a page share a message id, or one would take the worker's answer to the other for its own. */
const firstIdOf = (producer: string) => (Number.parseInt(producer.slice(-RANDOM_DIGITS), 16) || 0) * IDS

export function createOutgoing(config: GivenConfig, producer: string): Outgoing {
  const queue = queueKey(config)
  const firstId = firstIdOf(producer)
  let lastId = firstId
  const self: Outgoing = {
    queue,
    quiet: false,
    configured: false,
    numbered(body) {
      lastId += 1
      const message = { outlast: MESSAGE_VERSION, id: lastId, queue, ...body } as PageMessage
      if (self.quiet) message.quiet = true
      if (!self.configured && (message.type === 'handover' || message.type === 'wake')) message.config = config
      return message
    },
    made: (id) => firstId < id && id <= lastId,
  }
  return self
}
