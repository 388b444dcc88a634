// @ts-check
import { EVENTS, RECORD, REQUESTS, RESET, SCHEMA, STATS, UUIDS } from './sql.mjs'

/** @typedef {import('./v0.mjs').IncomingEvent} IncomingEvent */
/**
 * @typedef {object} RequestRecord
 * @property {string} method
 * @property {string} path
 * @property {'v0' | 'v1' | 'flags'} wire
 * @property {string | null} request_id
 * @property {number | null} attempt
 * @property {number | null} status null: not answered
 * @property {number} events in the body
 * @property {number} bytes
 * @property {string | null} encoding
 * @property {string | null} fault
 * @property {string | null} reason
 * @property {string | null} user_agent
 */
/** @typedef {{ seq: number, uuid: string, event: string, distinct_id: string, timestamp: string | null, properties: Record<string, any>, copies: number, altered: number, received_at: string, request: number }} StoredEvent */
/** @typedef {RequestRecord & { id: number, received_at: string, compressed: boolean }} StoredRequest */
/** @typedef {{ events: number, copies: number, duplicates: number, altered: number, requests: number, faults: number }} StoreStats */
/** @typedef {{ after?: number, limit?: number }} Page */

const DEFAULT_LIMIT = 100_000

/**
 * @param {import('./database.mjs').Database} db
 */
export async function createStore(db) {
  await db.exec(SCHEMA)
  /** @type {Promise<unknown>} */
  let last = Promise.resolve()

  /**
   * One write at a time: concurrent batches with the same uuids could deadlock, and a `seq` that became visible after
   * a higher one would be missed by readers that follow `after`.
   * @template T
   * @param {() => Promise<T>} write
   * @returns {Promise<T>}
   */
  const inTurn = (write) => {
    const result = last.then(write)
    last = result.then(
      () => undefined,
      () => undefined, // the caller has the error; the next write must not get it
    )
    return result
  }

  /**
   * @param {string} sql
   * @param {Page} page
   */
  const read = async (sql, { after = 0, limit = DEFAULT_LIMIT }) =>
    (await db.query(sql, [after, limit])).map((row) => ({ ...row, received_at: row.received_at.toISOString() }))

  return {
    kind: db.kind,
    /**
     * @param {RequestRecord} request
     * @param {IncomingEvent[]} events
     * @param {number} now
     * @returns {Promise<{ id: number, copies: Map<string, number> }>} when it is committed
     */
    record: (request, events, now) =>
      inTurn(async () => {
        const rows = await db.query(RECORD, [
          forJsonb(request),
          forJsonb(distinct(events)),
          new Date(now).toISOString(),
        ])
        const written = rows.filter((row) => row.uuid !== null)
        return { id: rows[0]?.id, copies: new Map(written.map(({ uuid, copies }) => [uuid, copies])) }
      }),
    /** @returns {Promise<StoredEvent[]>} */
    events: async (/** @type {Page} */ page = {}) => /** @type {any} */ (await read(EVENTS, page)),
    /** @returns {Promise<StoredRequest[]>} */
    requests: async (/** @type {Page} */ page = {}) => /** @type {any} */ (await read(REQUESTS, page)),
    /** @returns {Promise<Record<string, number>>} */
    uuids: async () => Object.fromEntries((await db.query(UUIDS, [])).map(({ uuid, copies }) => [uuid, copies])),
    /** @returns {Promise<StoreStats>} */
    async stats() {
      const [row] = await db.query(STATS, [])
      const { events = 0, copies = 0, altered = 0, requests = 0, faults = 0 } = row ?? {}
      return { events, copies, duplicates: copies - events, altered, requests, faults }
    },
    reset: () => inTurn(() => db.exec(RESET)),
    close: () => inTurn(() => db.close()),
  }
}

/**
 * PostgreSQL cannot store NUL, and refuses half of a surrogate pair; ingestion replaces both, so does this.
 * JSON.stringify writes both as escapes, and nothing else that begins with \u0000 or \ud.
 * @param {unknown} value
 */
export function forJsonb(value) {
  return JSON.stringify(value).replace(/\\(?:u0000|ud[89a-f][0-9a-f]{2}|.)/g, (found) =>
    /^\\u(?:0000|d)/.test(found) ? '\ufffd' : found,
  )
}

/**
 * A statement may not touch a row twice, so copies within one body are counted here.
 * @param {IncomingEvent[]} events
 */
function distinct(events) {
  /** @type {Map<string, { uuid: string, event: string, distinct_id: string, timestamp: string | null, occurred_at: string | null, properties: object, copies: number, altered: number }>} */
  const rows = new Map()
  for (const { instant, ...event } of events) {
    const first = rows.get(event.uuid)
    if (first) {
      first.copies += 1
      const same = ['event', 'distinct_id', 'timestamp'].every(
        (name) => event[/** @type {'event'} */ (name)] === first[/** @type {'event'} */ (name)],
      )
      if (!same) first.altered += 1
    } else {
      const occurredAt = instant === null ? null : new Date(instant).toISOString()
      rows.set(event.uuid, { ...event, occurred_at: occurredAt, copies: 1, altered: 0 })
    }
  }
  return [...rows.values()]
}
