import { startCollector } from './collector'

const DEFAULT_PORT = 8010

const collector = await startCollector({
  port: Number(process.env.PORT ?? DEFAULT_PORT),
  host: process.env.HOST,
  dataDir: process.env.DATA_DIR,
  exposeHeaders: process.env.EXPOSE_HEADERS === '1',
})
const { database } = await collector.stats()
console.log(`collector on ${collector.url} (${database}), watch it with: curl -N ${collector.url}/_control/stream`)

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void collector.close())
