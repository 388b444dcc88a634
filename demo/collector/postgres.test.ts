import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { startCollector } from './collector'
import { openDatabase } from './database'
import { collectorContract, START_MS } from './testing/contract'
import { findPostgres, startPostgres } from './testing/postgres'

const given = process.env.DATABASE_URL
const bin = given ? undefined : findPostgres()

if (given || bin) {
  /** Beside whatever else is in the database: the contract empties its tables. */
  const schema = `outlast_test_${randomUUID().slice(0, 8)}`
  let server: Awaited<ReturnType<typeof startPostgres>> | undefined
  let url = given ?? ''
  const sql = async (text: string) => {
    const db = await openDatabase({ databaseUrl: url }, console.error)
    await db.exec(text)
    await db.close()
  }

  beforeAll(async () => {
    if (bin) {
      server = await startPostgres(bin)
      url = server.url
    }
    await sql(`CREATE SCHEMA ${schema}`)
  }, START_MS)
  afterAll(async () => {
    await sql(`DROP SCHEMA ${schema} CASCADE`)
    await server?.stop()
  })

  collectorContract('on PostgreSQL', () => {
    const searchPath = `options=${encodeURIComponent(`-c search_path=${schema}`)}`
    return startCollector({ databaseUrl: `${url}${url.includes('?') ? '&' : '?'}${searchPath}`, heartbeatMs: 50 })
  })
} else {
  const why = 'no PostgreSQL: set DATABASE_URL, or put initdb and postgres on PATH'
  console.warn(`SKIPPED: the collector on a PostgreSQL server was not tested (${why})`)
  describe('on PostgreSQL', () => it.skip(why))
}
