/**
 * Drives a page of a browser that offers no automation: the page (e2e/pages/agent.js) asks here what to do and tells
 * what came of it.
 */

import { createServer, type ServerResponse } from 'node:http'
import { listen } from '../../test/support/listen'
import { pageCode } from './page-code'

interface Order {
  id: number
  script: string
  resolve: (value: unknown) => void
  reject: (error: Error) => void
}

export async function startAgentServer() {
  const orders: Order[] = []
  const given = new Map<number, Order>()
  let asking: ServerResponse | undefined
  let lastId = 0

  const give = () => {
    const order = asking && orders.shift()
    if (!order) return
    given.set(order.id, order)
    asking?.end(JSON.stringify({ id: order.id, script: order.script }))
    asking = undefined
  }

  const server = createServer(async (req, res) => {
    res.setHeader('Access-Control-Allow-Origin', '*')
    if (req.method === 'GET') {
      asking = res
      return give()
    }
    let text = ''
    for await (const part of req) text += part
    res.end()
    const { id, value, error } = JSON.parse(text)
    if (error === undefined) given.get(id)?.resolve(value)
    else given.get(id)?.reject(new Error(error))
    given.delete(id)
  })
  const { origin } = await listen(server)

  return {
    url: `${origin}/`,
    evaluate: <Result>(work: (argument: never) => Result | Promise<Result>, argument?: unknown) =>
      new Promise<unknown>((resolve, reject) => {
        lastId += 1
        const script = `${pageCode(work)}(${JSON.stringify(argument ?? null)})`
        orders.push({ id: lastId, script, resolve, reject })
        give()
      }) as Promise<Result>,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      for (const { reject } of [...orders, ...given.values()]) reject(new Error('the browser has gone'))
    },
  }
}
