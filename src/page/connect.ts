/** The ladder of hosts: the worker, this page over IndexedDB, this page over memory. */

import type { InProcessChannel } from '../client/in-process-channel'
import type { Channel, Connect } from '../client/link'
import { MESSAGE_VERSION } from '../core/messages'
import { describe } from '../core/values'
import { shown } from './lifecycle'
import { openWorkerChannel } from './worker-channel'
import type { WorkerLocation } from './worker-options'

export interface ConnectOptions {
  queue: string
  worker: WorkerLocation | false
  durable: boolean
  now: () => number
}

export interface PageConnect {
  connect: Connect
  registration(): ServiceWorkerRegistration | undefined
  /** The channel, while this page is the host. */
  inPage(): InProcessChannel | undefined
}

export function createConnect({ queue, worker, durable, now }: ConnectOptions): PageConnect {
  let registration: ServiceWorkerRegistration | undefined
  let inPage: InProcessChannel | undefined

  async function loadInPage(receive: (raw: unknown) => void): Promise<(storing: boolean) => Promise<Channel>> {
    const { openInPageChannel } = await import('./in-page')
    return async (storing) => {
      inPage = await openInPageChannel({ version: MESSAGE_VERSION, queue, receive, durable: storing, now })
      return inPage
    }
  }

  return {
    registration: () => registration,
    inPage: () => inPage,
    async connect(receive, failed) {
      await shown()
      let reason = failed?.reason
      if (worker && !failed) {
        try {
          return { channel: await openWorkerChannel(worker, receive, (found) => (registration = found)) }
        } catch (error) {
          reason = describe(error)
        }
      }
      registration = undefined
      // That its code cannot be loaded now says nothing about storage, so it is no reason to go on to memory.
      const openInPage = await loadInPage(receive)
      if (durable && failed?.host !== 'page') {
        try {
          const channel = await openInPage(true)
          return reason === undefined ? { channel } : { channel, degraded: reason }
        } catch (error) {
          reason = describe(error)
        }
      }
      const channel = await openInPage(false)
      return reason === undefined ? { channel } : { channel, degraded: reason }
    },
  }
}
