/**
 * The one thing that is asked of the screen itself: to take windows away, as a window manager does that minimizes them.
 * https://www.x.org/releases/X11R7.7/doc/xproto/x11protocol.html#protocol_encoding
 */

import { connect, type Socket } from 'node:net'

const UNMAP_WINDOW = 10
const QUERY_TREE = 15

/**
 * Takes all windows away but the first.
 *
 * @param display its number
 */
export async function minimizeAllButFirst(display: string) {
  const socket = connect(`/tmp/.X11-unix/X${display}`)
  const read = reader(socket)
  // Little-endian, protocol 11.0, no authorization.
  socket.write(Buffer.from([0x6c, 0, 11, 0, 0, 0, 0, 0, 0, 0, 0, 0]))
  const head = await read(8)
  const setup = await read(head.readUInt16LE(6) * 4)
  const vendorLength = setup.readUInt16LE(16)
  const formats = setup.readUInt8(21)
  const root = setup.readUInt32LE(32 + pad(vendorLength) + 8 * formats)

  socket.write(request(QUERY_TREE, root))
  const reply = await read(32)
  const children = await read(reply.readUInt32LE(4) * 4)
  const windows = Array.from({ length: children.length / 4 }, (_, index) => children.readUInt32LE(index * 4))
  for (const window of windows.slice(1)) socket.write(request(UNMAP_WINDOW, window))
  // An answer to a later request says that the earlier ones have been heard.
  socket.write(request(QUERY_TREE, root))
  await read(32)
  socket.destroy()
}

function request(opcode: number, window: number) {
  const bytes = Buffer.alloc(8)
  bytes.writeUInt8(opcode, 0)
  bytes.writeUInt16LE(2, 2)
  bytes.writeUInt32LE(window, 4)
  return bytes
}

const pad = (length: number) => Math.ceil(length / 4) * 4

function reader(socket: Socket) {
  const chunks = socket.iterator({ destroyOnReturn: false })
  let buffered = Buffer.alloc(0)
  return async (length: number) => {
    while (buffered.length < length) {
      const { value, done } = await chunks.next()
      if (done) throw new Error('the screen has gone')
      buffered = Buffer.concat([buffered, value])
    }
    const taken = buffered.subarray(0, length)
    buffered = buffered.subarray(length)
    return taken
  }
}
