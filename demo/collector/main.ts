/**
 * The collector as a server of its own, in memory on http://127.0.0.1:8010 unless these are set:
 *
 *     PORT=9000                 another port
 *     HOST=0.0.0.0              more than this machine: anyone who reaches it can write to it
 *     DATA_DIR=./events         keeps what it receives there
 *     DATABASE_URL=postgres://… keeps it in a PostgreSQL server
 *     EXPOSE_HEADERS=1          lets pages of other origins read Retry-After
 *
 *     -h, --help                shows this
 */

import { commandLine } from '../../scripts/command-line'
import { Problem, run } from '../../scripts/problem'
import { startCollector } from './collector'

const DEFAULT_PORT = 8010
const LAST_PORT = 65_535

await run(async () => {
  commandLine(import.meta.url, {})
  const port = portOf(process.env.PORT)
  const collector = await startCollector({
    port,
    host: process.env.HOST,
    dataDir: process.env.DATA_DIR,
    exposeHeaders: process.env.EXPOSE_HEADERS === '1',
  }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EADDRINUSE') throw new Problem(`Port ${port} is in use. Set PORT to another one.`)
    if (error.code === 'EACCES') throw new Problem(`Port ${port} may not be used. Set PORT to one from 1024 on.`)
    throw error
  })
  const { database } = await collector.stats()
  console.log(`collector on ${collector.url} (${database}), watch it with: curl -N ${collector.url}/_control/stream`)
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void collector.close())
})

function portOf(text = ''): number {
  if (text === '') return DEFAULT_PORT
  const port = Number(text)
  if (/^\d+$/.test(text) && port <= LAST_PORT) return port
  throw new Problem(`PORT is "${text}"; it must be a number from 0, for any free one, to ${LAST_PORT}.`)
}
