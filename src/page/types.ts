/** The public types of a page's client. */

import type { CommonClient, CommonOptions, Properties } from '../client/types'

export interface OutlastOptions extends CommonOptions {
  /** The distinct id of a person who is seen for the first time. Default a new UUIDv7. */
  bootstrap?: { distinctId?: string }
  /** `'memory'` stores nothing on the device; what is not delivered when the page closes is lost. Default `'auto'`. */
  persistence?: 'auto' | 'memory'
  /**
   * The worker's file and scope on this origin, or `false` for none.
   * Default `{ url: '/__outlast/worker.js', scope: '/__outlast/' }`; without `scope`, the folder of `url`.
   */
  worker?: { url?: string; scope?: string } | false
}

export interface Outlast extends CommonClient {
  /** Says who the person is, with properties to set on them. Their anonymous past becomes theirs. */
  identify(distinctId: string, set?: Properties, setOnce?: Properties): void
  /** Adds super properties: they go with every later event, on later pages too. */
  register(properties: Properties): void
  /** Removes one super property. */
  unregister(name: string): void
  /** Forgets the person: a new anonymous id and session, no super properties. What is queued keeps its identity. */
  reset(): void
}
