/** An endpoint that keeps what requests say besides their events, which the collector leaves out of its answers. */

import { createServer, type IncomingHttpHeaders } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { listen } from '../test/support/listen'
import { test as base } from './fixtures'

export interface Recorded {
  /** With the query. */
  path: string
  headers: IncomingHttpHeaders
  body: {
    sent_at?: string
    historical_migration?: boolean
    batch: { event: string; uuid: string; timestamp: string }[]
  }
}

export interface Recorder {
  /** Without a slash at its end: the `host` of `init`. */
  url: string
  requests: Recorded[]
  /** What it answers. A request that is refused is not kept. */
  status: number
  /** How long it takes to answer, in ms; `Infinity` for ever. What comes is kept at once. */
  answersAfter: number
}

export const test = base.extend<{ recorder: Recorder }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads a fixture's needs from this pattern.
  recorder: async ({}, use) => {
    const recorder: Recorder = { url: '', requests: [], status: 200, answersAfter: 0 }
    const server = createServer(async (req, res) => {
      if (req.method === 'OPTIONS') {
        const allowed = req.headers['access-control-request-headers'] ?? ''
        res.writeHead(200, { 'Access-Control-Allow-Origin': '*', 'Access-Control-Allow-Headers': allowed }).end()
        return
      }
      let text = ''
      try {
        for await (const chunk of req.setEncoding('utf8')) text += chunk
      } catch {
        return // A page that was left has cut it: what did not come in whole was not received.
      }
      const { url: path = '', headers } = req
      if (recorder.status === 200) recorder.requests.push({ path, headers, body: JSON.parse(text) })
      if (recorder.answersAfter === Number.POSITIVE_INFINITY) return
      if (recorder.answersAfter > 0) await pause(recorder.answersAfter)
      res.writeHead(recorder.status, { 'Access-Control-Allow-Origin': '*' }).end('{}')
    })
    recorder.url = (await listen(server)).origin
    await use(recorder)
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  },
})

export { expect } from '@playwright/test'
