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
   * Asked for headers before each request, with the origin where the request is a relay's. For events the function is
   * asked even where the queue's config says nothing of it, since the config may come from a page that does not know
   * this function. For a relay it is asked only where the config says so (`headersAsked`).
   */
  askHeaders?: RelayHeadersSource | undefined
  /** The worker's scope. Default `''`, where hosts need not be told apart. */
  scope?: string
  /**
   * The id of this sender among those that share the queue: `worker:<id>` or `page:<id>`, to which a host adds the name
   * of the queue. Never used twice.
   */
  senderId: string
}
