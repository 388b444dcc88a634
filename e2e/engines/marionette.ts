/**
 * Firefox's own automation: WebDriver commands over a socket, and scripts in the browser's own context, which can do
 * what WebDriver has no command for. `<length>:[0, id, command, parameters]` out, `<length>:[1, id, error, result]` in.
 */

import { connect, type Socket } from 'node:net'
import { WebDriverError, type Wire } from './webdriver'

/** WebDriver commands that go by another name here. */
const NAMES: Record<string, string> = { ExecuteAsync: 'ExecuteAsyncScript' }

export async function connectMarionette(port: number): Promise<Wire & { close: () => void }> {
  const socket = connect(port, '127.0.0.1')
  const open = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>()
  let lastId = 0
  await new Promise((resolve, reject) => {
    socket.once('error', reject)
    readFrames(socket, (frame) => {
      // The first frame is the server's greeting.
      if (!Array.isArray(frame)) return resolve(undefined)
      const [, id, error, result] = frame as Answer
      const asked = open.get(id)
      open.delete(id)
      if (error) asked?.reject(new WebDriverError(error.error, error.message))
      else asked?.resolve(result !== null && typeof result === 'object' && 'value' in result ? result.value : result)
    })
  })
  socket.once('close', () => {
    for (const { reject } of open.values()) reject(new WebDriverError('disconnected', 'the browser has gone'))
    open.clear()
  })
  // The close that follows tells those who wait.
  socket.on('error', () => undefined)

  return {
    send<Result>(command: string, parameters: object = {}) {
      lastId += 1
      const id = lastId
      const name = command.includes(':') ? command : `WebDriver:${NAMES[command] ?? command}`
      return new Promise<unknown>((resolve, reject) => {
        if (socket.destroyed) return reject(new WebDriverError('disconnected', 'the browser has gone'))
        open.set(id, { resolve, reject })
        const text = JSON.stringify([0, id, name, parameters])
        socket.write(`${Buffer.byteLength(text)}:${text}`)
      }) as Promise<Result>
    },
    close: () => void socket.destroy(),
  }
}

/** What answers a command, by its id. */
type Answer = [type: 1, id: number, error: { error: string; message: string } | null, result: unknown]

function readFrames(socket: Socket, onFrame: (frame: Answer | object) => void) {
  let buffered = Buffer.alloc(0)
  socket.on('data', (data) => {
    buffered = Buffer.concat([buffered, data])
    for (;;) {
      const colon = buffered.indexOf(':')
      const end = colon + 1 + Number(buffered.subarray(0, Math.max(0, colon)))
      if (colon < 0 || buffered.length < end) return
      onFrame(JSON.parse(buffered.toString('utf8', colon + 1, end)))
      buffered = buffered.subarray(end)
    }
  })
}
