// @ts-check

/**
 * The little that the store needs of a database, the same for PGlite and for a PostgreSQL server.
 * @typedef {object} Database
 * @property {'pglite' | 'postgres'} kind
 * @property {(sql: string, parameters: unknown[]) => Promise<Record<string, any>[]>} query
 * @property {(sql: string) => Promise<void>} exec several statements, one transaction
 * @property {() => Promise<void>} close
 */

/**
 * @param {{ dataDir?: string | undefined, databaseUrl?: string | undefined }} where a URL wins; neither: in memory
 * @param {(message: string, error: unknown) => void} report
 * @returns {Promise<Database>}
 */
export function openDatabase({ dataDir, databaseUrl }, report) {
  return databaseUrl ? openPostgres(databaseUrl, report) : openPglite(dataDir)
}

/**
 * @param {string} [dataDir]
 * @returns {Promise<Database>}
 */
async function openPglite(dataDir) {
  const { PGlite } = await import('@electric-sql/pglite')
  const db = await PGlite.create(dataDir === undefined ? {} : { dataDir })
  return {
    kind: 'pglite',
    query: async (sql, parameters) => /** @type {Record<string, any>[]} */ ((await db.query(sql, parameters)).rows),
    exec: async (sql) => void (await db.exec(sql)),
    close: () => db.close(),
  }
}

/**
 * The part of `pg` used here: the package brings no types.
 * @typedef {object} Pool
 * @property {(sql: string, parameters?: unknown[]) => Promise<{ rows: Record<string, any>[] }>} query
 * @property {(event: 'error', listener: (error: Error) => void) => void} on
 * @property {() => Promise<void>} end
 */

/**
 * @param {string} connectionString
 * @param {(message: string, error: unknown) => void} report
 * @returns {Promise<Database>}
 */
async function openPostgres(connectionString, report) {
  /** @type {string} */
  const name = 'pg'
  const { default: pg } = await import(name)
  /** @type {Pool} */
  const pool = new pg.Pool({ connectionString, max: 4, connectionTimeoutMillis: 5_000 })
  // Without a listener a lost idle connection would end the process.
  pool.on('error', (error) => report('a database connection was lost', error))
  return {
    kind: 'postgres',
    query: async (sql, parameters) => (await pool.query(sql, parameters)).rows,
    exec: async (sql) => void (await pool.query(sql)),
    close: () => pool.end(),
  }
}
