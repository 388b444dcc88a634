/** The transports of a context, one for each queue that it works for. */

import { MAX_QUEUES } from '../base/limits'
import type { Transport } from './transport'

export interface TransportPool {
  /** The transport of a queue, which is made if there is none. */
  get(queue: string): Transport
  /** Uses a queue's transport, which stays in the pool meanwhile. */
  use<T>(queue: string, work: (transport: Transport) => Promise<T>): Promise<T>
  /** Ends the pause of a queue's transport, if there is one. */
  resume(queue: string): void
  /** Pauses all transports. */
  pause(): Promise<void>
}

interface Pooled {
  transport: Transport
  /** How many messages and loops use the transport now. */
  users: number
}

export function createTransportPool(create: (queue: string) => Transport): TransportPool {
  const transports = new Map<string, Pooled>()

  function pooled(queue: string): Pooled {
    let found = transports.get(queue)
    if (!found) {
      found = { transport: create(queue), users: 0 }
      transports.set(queue, found)
    }
    return found
  }

  return {
    get: (queue) => pooled(queue).transport,
    async use(queue, work) {
      const used = pooled(queue)
      used.users += 1
      try {
        return await work(used.transport)
      } finally {
        used.users -= 1
        // Only invented names lead to so many queues. Their transports are removed once they are not used any more.
        const mayGo = transports.size > MAX_QUEUES && used.users === 0 && used.transport.isIdle
        if (mayGo) transports.delete(queue)
      }
    },
    resume: (queue) => transports.get(queue)?.transport.resume(),
    async pause() {
      await Promise.all([...transports.values()].map(({ transport }) => transport.pause()))
    },
  }
}
