/** What every peer's page code is: the same for all, so that one page measures them all. */

export interface PeerConfig {
  /** The endpoint's URL, without a slash at its end. */
  host: string
  /** Options of the peer's own, for a row that needs some. */
  options?: Record<string, unknown>
}

export interface PeerClient {
  /** Resolves once the peer can deliver; outlast tells where its queue is. */
  ready: Promise<unknown>
  capture(name: string, properties: Record<string, unknown>): void
  /** Resolves once all that was captured is on the device. Where a peer cannot tell, its store is looked into. */
  committed?(): Promise<unknown>
}
