/** The transports of a context, one for each queue that it works for. */

import { MAX_QUEUES } from '../base/limits'
import type { Transport } from './transport'

export interface TransportPool {
  /** The transport of a queue, which is made if there is none. */
  get(queue: string): Transport
  /** Uses a queue's transport, which stays in the pool until then. */
  use<T>(queue: string, work: (transport: Transport) => Promise<T>): Promise<T>
  /** Ends the pause of a queue's transport, if there is one. */
  resume(queue: string): void
  /** Pauses all transports. */
  pause(): Promise<void>
}

export function createTransportPool(create: (queue: string) => Transport): TransportPool {
  const transports = new Map<string, Transport>()
  /** How many messages and loops use a queue's transport now. */
  const users = new Map<string, number>()

  function get(queue: string): Transport {
    let transport = transports.get(queue)
    if (!transport) {
      transport = create(queue)
      transports.set(queue, transport)
    }
    return transport
  }

  /** Beyond `MAX_QUEUES`, which only invented names reach, transports that are not used any more are removed. */
  function leave(queue: string, transport: Transport): void {
    const left = (users.get(queue) ?? 1) - 1
    if (left > 0) users.set(queue, left)
    else users.delete(queue)
    if (left === 0 && transports.size > MAX_QUEUES && transport.idle) transports.delete(queue)
  }

  return {
    get,
    async use(queue, work) {
      users.set(queue, (users.get(queue) ?? 0) + 1)
      const transport = get(queue)
      try {
        return await work(transport)
      } finally {
        leave(queue, transport)
      }
    },
    resume: (queue) => transports.get(queue)?.resume(),
    async pause() {
      await Promise.all([...transports.values()].map((transport) => transport.pause()))
    },
  }
}
