/** The public types of a page's client. */

import type { PersonClient } from '../client/person-client'
import type { CommonOptions } from '../client/types'

export interface OutlastOptions extends CommonOptions {
  /** The distinct id of a person who is seen for the first time. Default a new UUIDv7. */
  bootstrap?: { distinctId?: string }
  /** `'memory'` stores nothing on the device; what is not delivered when the page closes is lost. Default `'auto'`. */
  persistence?: 'auto' | 'memory'
  /**
   * The worker's file and scope on this origin, or `false` for none.
   * Default `{ url: '/__outlast/worker.js', scope: '/__outlast/' }`; without `scope`, the folder of `url`.
   * `type: 'module'` is for a worker of your own that has `import` in it. Default `'classic'`.
   * `beforeSend: true` says that this worker has a `beforeSend` of its own: nothing is then sent past it, on the very first
   * visit either. Later pages know it from the worker itself.
   */
  worker?: { url?: string; scope?: string; type?: 'classic' | 'module'; beforeSend?: boolean } | false
}

/** The client of a page. */
export type Outlast = PersonClient
