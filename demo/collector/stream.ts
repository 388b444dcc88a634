import type { ServerResponse } from 'node:http'

const HEARTBEAT_MS = 15_000

/** A page that stopped reading is cut off: EventSource connects again, memory does not come back. */
const MAX_BUFFERED_BYTES = 8 * 1024 * 1024

/** Server-Sent Events to any number of pages. */
export function createStream({ heartbeatMs = HEARTBEAT_MS }: { heartbeatMs?: number | undefined } = {}) {
  const clients = new Set<ServerResponse>()
  let heartbeat: NodeJS.Timeout | undefined

  const send = (text: string) => {
    for (const res of clients) {
      res.write(text)
      if (res.writableLength > MAX_BUFFERED_BYTES) res.destroy()
    }
  }

  const remove = (res: ServerResponse) => {
    clients.delete(res)
    if (clients.size === 0) clearInterval(heartbeat)
  }

  return {
    get size() {
      return clients.size
    },
    /** @param hello the state to begin with */
    attach(res: ServerResponse, headers: Record<string, string>, hello: object) {
      res.on('close', () => remove(res))
      // A client that vanishes in the middle of a write; 'close' follows and does what there is to do.
      res.on('error', () => remove(res))
      res.writeHead(200, { ...headers, 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' })
      res.write(`retry: 1000\n\n${frame(hello)}`)
      if (clients.size === 0) heartbeat = setInterval(() => send(': still here\n\n'), heartbeatMs).unref()
      clients.add(res)
    },
    publish(message: { type: string } & Record<string, unknown>) {
      if (clients.size > 0) send(frame(message))
    },
    close() {
      for (const res of clients) res.end()
    },
  }
}

const frame = (message: object) => `data: ${JSON.stringify(message)}\n\n`
