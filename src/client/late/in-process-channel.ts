/** The channel to a host that runs in this very context. Its messages are the same as those to a worker. */

import { MAX_DELAY } from '../../core/base/limits'
import type { IdleStatus } from '../../core/delivery/transport'
import { createHost, type HostPorts, idleMessage } from '../../core/host/host'
import type { HostMessage } from '../../core/host/messages'
import type { Channel } from './channel'

export interface InProcessOptions {
  host: 'page' | 'memory'
  receive(message: HostMessage): void
  ports: Omit<HostPorts, 'onBlocked'>
}

export interface InProcessChannel extends Channel {
  /** Releases locks and ends requests, because the context may be frozen. Others, or the next wake, go on with them. */
  letGo(): void
}

/** No limits of work: they are for a worker, which its browser ends when an event takes too long. */
const UNHURRIED = { holdMs: MAX_DELAY, budgetMs: MAX_DELAY, shareMs: MAX_DELAY }

export function inProcessChannel({ host: name, receive, ports }: InProcessOptions): InProcessChannel {
  let closed = false
  const answer = (message: HostMessage) => {
    if (!closed) receive(message)
  }
  const postStatus = (queueKey: string, status: IdleStatus) => answer(idleMessage(queueKey, ports.senderId, status))
  const host = createHost({ ...ports, onBlocked: postStatus })
  return {
    host: name,
    storage: ports.database.durable ? 'indexeddb' : 'memory',
    post(message) {
      if (closed) return 'closed'
      void host.receive(message, answer).then(async (left) => {
        if (!left || closed) return
        const done = await host.work(UNHURRIED, left.cause, [left.queue])
        for (const { queue, status } of done) postStatus(queue, status)
      })
    },
    letGo: () => void host.pause(),
    async close() {
      closed = true
      await host.close()
    },
  }
}
