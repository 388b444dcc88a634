/** The line to a host in this very context: the same messages, without a worker between. */

import { createHost, type HostPorts } from '../core/host'
import { MAX_DELAY } from '../core/limits'
import type { HostMessage } from '../core/messages'
import { MESSAGE_VERSION } from '../core/messages'
import type { Channel } from './link'

export interface InProcessOptions {
  host: 'page' | 'memory'
  queue: string
  receive(message: HostMessage): void
  ports: HostPorts
}

export interface InProcessChannel extends Channel {
  /** The context may be frozen: lets go of locks and requests, which others and the next wake take up. */
  letGo(): void
}

export function inProcessChannel({ host: name, queue, receive, ports }: InProcessOptions): InProcessChannel {
  const host = createHost(ports)
  let closed = false
  const answer = (message: HostMessage) => {
    if (!closed) receive(message)
  }
  return {
    host: name,
    storage: ports.database.durable ? 'indexeddb' : 'memory',
    post(message) {
      if (closed) return
      void host.receive(message, answer).then(async (left) => {
        if (!left || closed) return
        const done = await host.work({ holdMs: MAX_DELAY, budgetMs: MAX_DELAY }, left.reason, [left.queue])
        const pending = done[0]?.rest.pending ?? 0
        answer({ outlast: MESSAGE_VERSION, id: 0, queue, instance: ports.senderId, type: 'rest', pending })
      })
    },
    letGo: () => void host.pause(),
    async close() {
      closed = true
      await host.close()
    },
  }
}
