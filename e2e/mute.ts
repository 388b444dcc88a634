/** Parts of the platform that never answer, as in Safari: in a page, and in the worker that a site serves. */

import type { BrowserContext } from 'playwright'
import { runBeforeAllElse } from './before-all-else'
import type { Site } from './site'

/** Run in a page or a worker. Without anything around it, since it is posted as text. */
const MUTES = {
  /** No lock is granted, and none is listed. */
  locks() {
    // The blank page that comes before a page of the site has none.
    const { LockManager: manager } = globalThis as { LockManager?: { prototype: object } }
    const never = () => new Promise(() => undefined)
    if (manager) Object.assign(manager.prototype, { request: never, query: never })
  },
  /** No database is opened. */
  open() {
    IDBFactory.prototype.open = () => neverAnswered()
    function neverAnswered(): IDBOpenDBRequest {
      const own = { onsuccess: null, onerror: null, onupgradeneeded: null, onblocked: null }
      const names = Object.fromEntries(Object.keys(own).map((name) => [name, { value: null, writable: true }]))
      return Object.create(IDBOpenDBRequest.prototype, {
        ...names,
        addEventListener: { value: () => undefined },
        removeEventListener: { value: () => undefined },
      })
    }
  },
  /** The first database that is asked for is not opened; the second one is, as in Safari 14.1. */
  firstOpen() {
    const { open } = IDBFactory.prototype
    IDBFactory.prototype.open = function (this: IDBFactory, ...args) {
      IDBFactory.prototype.open = open
      const request = open.call(this, 'another', args[1])
      for (const name of ['onsuccess', 'onerror', 'onupgradeneeded', 'onblocked']) {
        Object.defineProperty(request, name, { value: null, writable: true })
      }
      request.addEventListener = () => undefined
      return request
    }
  },
}

/** From now on, in every page that is opened and in the worker of the site. */
export const mute = (what: keyof typeof MUTES, context: BrowserContext, site: Site): Promise<void> =>
  runBeforeAllElse(MUTES[what], context, site)
