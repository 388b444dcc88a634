// @ts-check

const HEARTBEAT_MS = 15_000

/** A page that stopped reading is cut off: EventSource connects again, memory does not come back. */
const MAX_BUFFERED_BYTES = 8 * 1024 * 1024

/** @typedef {import('node:http').ServerResponse} ServerResponse */

/**
 * Server-Sent Events to any number of pages.
 * @param {{ heartbeatMs?: number | undefined }} [options]
 */
export function createStream({ heartbeatMs = HEARTBEAT_MS } = {}) {
  /** @type {Set<ServerResponse>} */
  const clients = new Set()
  /** @type {NodeJS.Timeout | undefined} */
  let heartbeat

  /** @param {string} text */
  const send = (text) => {
    for (const res of clients) {
      res.write(text)
      if (res.writableLength > MAX_BUFFERED_BYTES) res.destroy()
    }
  }

  /** @param {ServerResponse} res */
  const remove = (res) => {
    clients.delete(res)
    if (clients.size === 0) clearInterval(heartbeat)
  }

  return {
    get size() {
      return clients.size
    },
    /**
     * @param {ServerResponse} res
     * @param {Record<string, string>} headers
     * @param {object} hello the state to begin with
     */
    attach(res, headers, hello) {
      res.on('close', () => remove(res))
      // A client that vanishes in the middle of a write; 'close' follows and does what there is to do.
      res.on('error', () => remove(res))
      res.writeHead(200, { ...headers, 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' })
      res.write(`retry: 1000\n\n${frame(hello)}`)
      if (clients.size === 0) heartbeat = setInterval(() => send(': still here\n\n'), heartbeatMs).unref()
      clients.add(res)
    },
    /** @param {{ type: string } & Record<string, unknown>} message */
    publish(message) {
      if (clients.size > 0) send(frame(message))
    },
    close() {
      for (const res of clients) res.end()
    },
  }
}

/** @param {object} message */
const frame = (message) => `data: ${JSON.stringify(message)}\n\n`
