/** PGlite as a PostgreSQL server, so that a process of its own reaches it by a URL, and tests read what it has stored. */

import { createServer, type Socket } from 'node:net'
import { PGlite } from '@electric-sql/pglite'
import { listen } from '../../test/support/listen'

/** The first byte of the messages after which a client waits for an answer: Sync and Query. */
const ENDS = ['S'.charCodeAt(0), 'Q'.charCodeAt(0)]
const TERMINATE = 'X'.charCodeAt(0)

/** The length of a message's head in bytes: its type, which the first message lacks, and its length. */
const HEAD = 5

export async function startPostgres() {
  const database = await PGlite.create()
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy())
    serve(socket, (message) => database.execProtocolRaw(message))
  })
  const { port } = await listen(server)
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    query: async <Row>(sql: string, parameters: unknown[] = []) => (await database.query<Row>(sql, parameters)).rows,
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
      await database.close()
    },
  }
}

/** PGlite has one session for all connections, so what belongs together is given to it at once. */
function serve(socket: Socket, execute: (messages: Uint8Array) => Promise<Uint8Array>): void {
  let rest = Buffer.alloc(0)
  let isStarted = false
  let before: Promise<void> = Promise.resolve()
  const answer = (messages: Buffer) => {
    before = before.then(async () => {
      const said = await execute(messages)
      if (!socket.destroyed) socket.write(said)
    })
    before.catch((error) => socket.destroy(error as Error))
  }
  socket.on('data', (chunk) => {
    rest = Buffer.concat([rest, chunk])
    if (!isStarted) {
      const length = rest.length >= 4 ? rest.readInt32BE(0) : Number.POSITIVE_INFINITY
      if (rest.length < length) return
      isStarted = true
      answer(rest.subarray(0, length))
      rest = rest.subarray(length)
    }
    for (let at = 0; rest.length >= at + HEAD; ) {
      const end = at + 1 + rest.readInt32BE(at + 1)
      if (rest.length < end) return
      const type = rest[at] as number
      at = end
      if (type === TERMINATE) return void socket.end()
      if (!ENDS.includes(type)) continue
      answer(rest.subarray(0, at))
      rest = rest.subarray(at)
      at = 0
    }
  })
}
