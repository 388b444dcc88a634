/** A screen that nobody sees, for browsers that cannot do without one. */

import { start } from './process'

export async function startDisplay() {
  const server = start('Xvfb', ['-displayfd', '3', '-screen', '0', '1280x800x24', '-nolisten', 'tcp'])
  const number = await new Promise<string>((resolve, reject) => {
    server.side.once('data', (data) => resolve(String(data).trim()))
    server.side.once('end', () => reject(new Error(`Xvfb does not start:\n${server.output()}`)))
  })
  return { number, env: { DISPLAY: `:${number}` }, close: server.kill }
}
