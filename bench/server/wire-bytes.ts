/** The bytes that a server has read from its connections, headers included. */

import type { Server } from 'node:http'
import type { Socket } from 'node:net'

/** @returns how many there are by now */
export function countWireBytes(server: Server): () => number {
  const open = new Set<Socket>()
  let ofClosed = 0
  server.on('connection', (socket) => {
    open.add(socket)
    socket.once('close', () => {
      ofClosed += socket.bytesRead
      open.delete(socket)
    })
  })
  return () => [...open].reduce((sum, { bytesRead }) => sum + bytesRead, ofClosed)
}
