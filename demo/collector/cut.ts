import type { Socket } from 'node:net'

/**
 * Ends a connection without an answer. A kept-alive connection that just closes makes Chromium send the POST again by
 * itself, so that the page never sees the fault (https://source.chromium.org, HttpNetworkTransaction::
 * ShouldResendRequest); one byte that is not HTTP makes it a network error, as in every other client.
 */
export function cut(socket: Socket) {
  socket.end('x', () => socket.destroy())
}
