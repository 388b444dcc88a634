/** Receives what outlast sends with captureMode 'json', and stores each event once. docs/own-endpoint.md is the contract. */

import { createServer } from 'node:http'
import { gunzipSync } from 'node:zlib'

const { PORT = '8080', DATABASE_URL, DATA_DIR = './events', ENDPOINT = '/events', ALLOW_ORIGIN = '*' } = process.env
/** The longest body in bytes, as it is sent and unpacked. After a 413 the client sends halves. */
const MAX_BYTES = 4_194_304
const CORS = { 'Access-Control-Allow-Origin': ALLOW_ORIGIN, 'Access-Control-Expose-Headers': 'Retry-After' }
const ALLOWED = { 'Access-Control-Allow-Headers': 'Content-Type, Content-Encoding', 'Access-Control-Max-Age': '86400' }
/** The columns are in the order of the table's. */
const INSERT = `insert into events select * from jsonb_to_recordset($1::jsonb) as given (uuid uuid, event text,
  "distinctId" text, timestamp timestamptz, properties jsonb, "sentAt" timestamptz) on conflict (uuid) do nothing`

const database = DATABASE_URL
  ? new (await import('pg')).default.Pool({ connectionString: DATABASE_URL }).on('error', console.error)
  : await (await import('@electric-sql/pglite')).PGlite.create(DATA_DIR)
await database.query(`create table if not exists events (uuid uuid primary key, event text not null,
  distinct_id text not null, timestamp timestamptz not null, properties jsonb not null, sent_at timestamptz,
  received_at timestamptz not null default clock_timestamp())`)

async function bodyOf(request) {
  const chunks = []
  let size = 0
  for await (const chunk of request) {
    size += chunk.length
    // What is too long is read to its end all the same, or the client would not hear the answer.
    if (size <= MAX_BYTES) chunks.push(chunk)
  }
  if (size > MAX_BYTES) throw new RangeError('the body is too long')
  const unpack = request.headers['content-encoding'] === 'gzip' ? gunzipSync : Buffer.from
  return String(unpack(Buffer.concat(chunks), { maxOutputLength: MAX_BYTES }))
}

/** A body is one object with a batch, or a line for each event. PostgreSQL stores no U+0000. */
function eventsIn(body) {
  const text = body.replace(/\\(u0000|.)/g, (whole, what) => (what === 'u0000' ? '\\ufffd' : whole))
  const parts = text.split('\n').flatMap((line) => (line.trim() ? [JSON.parse(line)] : []))
  return parts.flatMap((part) => part?.batch?.map?.((event) => ({ sentAt: part.sentAt, ...event })) ?? [{ ...part }])
}

function problemOf({ uuid, event, distinctId, timestamp, properties }) {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(uuid)) return 'no uuid'
  if (!event || typeof event !== 'string') return 'no name'
  if (!distinctId || typeof distinctId !== 'string') return 'no distinctId'
  if (Number.isNaN(Date.parse(timestamp))) return 'no timestamp'
  return properties instanceof Object ? undefined : 'no properties'
}

/** The status that answers a request, and the events that are refused. */
async function answer(request) {
  if (request.url.split('?')[0] !== ENDPOINT) return [404]
  if (request.method !== 'POST') return request.method === 'OPTIONS' ? [204] : [405]
  try {
    const all = eventsIn(await bodyOf(request)).map((event) => ({ event, reason: problemOf(event) }))
    const good = all.flatMap(({ event, reason }) => (reason ? [] : [event]))
    if (good.length > 0) await database.query(INSERT, [JSON.stringify(good)])
    const results = all.flatMap(({ event: { uuid }, reason }) => (reason ? { uuid, status: 'drop', reason } : []))
    return [200, { results }]
  } catch (error) {
    if (error instanceof RangeError) return [413]
    // No JSON, no gzip, or what PostgreSQL has no form for: the client halves the batch until one event is alone.
    if (error instanceof SyntaxError || /^(22|Z_)/.test(error.code)) return [400, { error: error.message }]
    // A body that breaks off is the client's affair.
    if (request.complete) console.error(error)
    return [503]
  }
}

const server = createServer(async (request, response) => {
  const [status, body] = await answer(request)
  if (body) response.setHeader('Content-Type', 'application/json')
  response.writeHead(status, { ...CORS, ...(status === 204 && ALLOWED), ...(status === 503 && { 'Retry-After': '5' }) })
  response.end(JSON.stringify(body))
})
server.listen(Number(PORT), () => console.log(`listening on http://localhost:${server.address().port}${ENDPOINT}`))
