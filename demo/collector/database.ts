/** The little that the store needs of a database, the same for PGlite and for a PostgreSQL server. */
export interface Database {
  kind: 'pglite' | 'postgres'
  query: <Row>(sql: string, parameters: unknown[]) => Promise<Row[]>
  /** Several statements, one transaction. */
  exec: (sql: string) => Promise<void>
  close: () => Promise<void>
}

/** @param where a URL wins; neither: in memory */
export function openDatabase(
  { dataDir, databaseUrl }: { dataDir?: string | undefined; databaseUrl?: string | undefined },
  report: (message: string, error: unknown) => void,
): Promise<Database> {
  return databaseUrl ? openPostgres(databaseUrl, report) : openPglite(dataDir)
}

async function openPglite(dataDir?: string): Promise<Database> {
  const { PGlite } = await import('@electric-sql/pglite')
  const db = await PGlite.create(dataDir === undefined ? {} : { dataDir })
  return {
    kind: 'pglite',
    query: async <Row>(sql: string, parameters: unknown[]) => (await db.query<Row>(sql, parameters)).rows,
    exec: async (sql) => void (await db.exec(sql)),
    close: () => db.close(),
  }
}

/** The part of `pg` used here: the package brings no types. */
interface Pool {
  query: <Row>(sql: string, parameters?: unknown[]) => Promise<{ rows: Row[] }>
  on: (event: 'error', listener: (error: Error) => void) => void
  end: () => Promise<void>
}

async function openPostgres(
  connectionString: string,
  report: (message: string, error: unknown) => void,
): Promise<Database> {
  const name: string = 'pg'
  const { default: pg }: { default: { Pool: new (options: object) => Pool } } = await import(name)
  const pool = new pg.Pool({ connectionString, max: 4, connectionTimeoutMillis: 5_000 })
  // Without a listener a lost idle connection would end the process.
  pool.on('error', (error) => report('a database connection was lost', error))
  return {
    kind: 'postgres',
    query: async <Row>(sql: string, parameters: unknown[]) => (await pool.query<Row>(sql, parameters)).rows,
    exec: async (sql) => void (await pool.query(sql)),
    close: () => pool.end(),
  }
}
