/** Chooses the port of the demo. */

import { createServer } from 'node:net'
import { Problem } from './problem'

const DEFAULT_PORT = 4173
const PORTS_TO_TRY = 20

// Browsers take "localhost" for either, so another server on one of them would answer in the demo's place.
const LOOPBACK = ['127.0.0.1', '::1']

/**
 * A port that was asked for is taken or refused. The default one may be moved: to the next ones and not to a random
 * one, so that the origin, and with it what the browser stored, is likely to stay the same.
 *
 * @param asked the PORT variable
 */
export async function choosePort(
  asked: string | undefined,
  isFree: (port: number) => Promise<boolean> = isPortFree,
): Promise<{ port: number; moved: boolean }> {
  if (asked !== undefined && asked !== '') return { port: await askedPort(asked, isFree), moved: false }
  for (let port = DEFAULT_PORT; port < DEFAULT_PORT + PORTS_TO_TRY; port++) {
    if (await isFree(port)) return { port, moved: port !== DEFAULT_PORT }
  }
  const last = DEFAULT_PORT + PORTS_TO_TRY - 1
  throw new Problem(`The ports ${DEFAULT_PORT} to ${last} are all in use. Set PORT to a free one: PORT=8080 npm start`)
}

async function askedPort(asked: string, isFree: (port: number) => Promise<boolean>) {
  const port = Number(asked)
  if (!/^\d+$/.test(asked) || port < 1 || port > 65_535) {
    throw new Problem(`PORT is "${asked}"; it must be a number from 1 to 65535.`)
  }
  if (await isFree(port)) return port
  throw new Problem(`Port ${port} is in use, or may not be used. Set PORT to another one, or unset it.`)
}

async function isPortFree(port: number) {
  for (const host of LOOPBACK) {
    if (!(await canListen(port, host))) return false
  }
  return true
}

function canListen(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => {
      // A machine without IPv6 has no ::1, so nothing can be in the way there.
      resolve(error.code === 'EADDRNOTAVAIL' || error.code === 'EAFNOSUPPORT')
    })
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)))
  })
}
