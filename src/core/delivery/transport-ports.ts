import type { Clock, Compressor, Locks, NewId, Random, Reporter, Sender } from '../base/ports'
import type { RelayHeadersSource } from '../config/ask-headers'
import type { BeforeSend } from '../event/before-send'

/** The effects of a transport, and what it is told once and for all. */
export interface TransportPorts {
  clock: Clock
  random: Random
  newId: NewId
  sender: Sender
  compress: Compressor
  locks: Locks
  report: Reporter
  /** Applied to every queued event before its first request. */
  hooks: readonly BeforeSend[]
  /**
   * Asked before each request; of a relay's request it is given the origin. For events it is asked whatever the queue's config
   * says, which may come from a page that knows nothing of this function. For a relay it is asked where the config says so
   * (`headersAsked`).
   */
  askHeaders?: RelayHeadersSource | undefined
  /** The worker's scope. Default `''`, where hosts need not be told apart. */
  scope?: string
  /**
   * The id of this sender among those that share the queue: `worker:<id>` or `page:<id>`, to which a host adds the name of the
   * queue. Never used twice.
   */
  senderId: string
}
