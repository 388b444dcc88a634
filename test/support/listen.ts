/** Has a server listen on this machine alone. */

import type { AddressInfo, Server } from 'node:net'

const HOST = '127.0.0.1'

/**
 * Fails where the port cannot be had.
 *
 * @param port by default one that is free
 */
export function listen(server: Server, port = 0): Promise<{ port: number; origin: string }> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, HOST, () => {
      server.off('error', reject)
      const address = server.address() as AddressInfo
      resolve({ port: address.port, origin: `http://${HOST}:${address.port}` })
    })
  })
}
