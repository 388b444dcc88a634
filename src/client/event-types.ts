/** The public types of what `ready` and `on` tell. */

import type { Report } from '../core/base/reports'

/** Which context has the queue, and where the queue is stored. */
export interface Ready {
  /**
   * `worker`: a service worker; `page`: this page; `memory`: this page (or process), which the queue does not outlive.
   */
  host: 'worker' | 'page' | 'memory'
  /** `memory`: events that are not delivered when the page or process ends are lost. */
  storage: 'indexeddb' | 'memory'
}

/** The events of `on`, with the detail that their listeners are given. Times are ms since the epoch. */
export interface OutlastEvents {
  /**
   * Events are in the queue, and survive as its storage does.
   *
   * @example
   * outlast.on('queued', ({ uuids }) => console.log('kept', uuids.length))
   */
  queued: Omit<Extract<Report, { type: 'queued' }>, 'type'>
  /**
   * Events go out in a request; `attempt` counts from 1.
   *
   * @example
   * outlast.on('sending', ({ uuids, attempt }) => console.log('sending', uuids.length, 'attempt', attempt))
   */
  sending: Omit<Extract<Report, { type: 'sending' }>, 'type'>
  /**
   * The server has confirmed events.
   *
   * @example
   * outlast.on('delivered', ({ uuids }) => console.log('delivered', uuids.length))
   */
  delivered: Omit<Extract<Report, { type: 'delivered' }>, 'type'>
  /**
   * A request failed by `cause`; its events are tried again at `nextAttemptAt`, in ms since the epoch.
   *
   * @example
   * outlast.on('retry', ({ cause, nextAttemptAt }) => console.warn(cause, new Date(nextAttemptAt)))
   */
  retry: Omit<Extract<Report, { type: 'retry' }>, 'type'>
  /**
   * Events were given up, with the reason. `count` may be higher than the number of `uuids`: some may be unknown.
   *
   * @example
   * outlast.on('drop', ({ reason, count, detail }) => console.error(reason, count, detail))
   */
  drop: Omit<Extract<Report, { type: 'drop' }>, 'type'> & {
    /**
     * Whether the client has a hook or a mask, in the page or in the worker, or may not send anything before the person
     * has agreed. What it refuses when it is captured must not be sent in another way then. Absent otherwise, and where
     * the host of the queue has dropped the events.
     */
    guarded?: true | undefined
  }
  /**
   * The queue had to move to a lesser host. Where `to` equals `from`, the host stays, and `reason` says what happened:
   * the queue's storage was deleted and the queue began anew, or, told once, its requests are stopped until the site, its
   * server or the visitor changes something, by a policy, say, or by a content blocker.
   *
   * @example
   * outlast.on('degraded', ({ from, to, reason }) => console.warn(from, to, reason))
   */
  degraded: { from: Ready['host']; to: Ready['host']; reason: string }
  /**
   * The queue has another host than `ready`, or the latest `host` event, has named. The queue's first host is told too, to
   * listeners that are there by then.
   *
   * @example
   * outlast.on('host', ({ host, storage }) => console.log(host, storage))
   */
  host: Ready
  /**
   * In a page: a newer worker is installed at `url` and waits until the active one of `scope` has ended. The ready-made
   * worker then takes over by itself; one of your own may have to be told.
   *
   * @example
   * outlast.on('update', async ({ scope }) => {
   *   const registration = await navigator.serviceWorker.getRegistration(scope)
   *   registration?.waiting?.postMessage('take over') // the worker calls skipWaiting() for this
   * })
   */
  update: { url: string; scope: string }
}
