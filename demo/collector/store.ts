import type { Database } from './database'
import { EVENTS, RECORD, REQUESTS, RESET, SCHEMA, STATS, UUIDS } from './sql'
import type { IncomingEvent } from './v0'

interface RequestRecord {
  method: string
  path: string
  wire: 'v0' | 'v1' | 'flags'
  request_id: string | null
  attempt: number | null
  /** Null: not answered. */
  status: number | null
  /** In the body. */
  events: number
  bytes: number
  encoding: string | null
  fault: string | null
  reason: string | null
  user_agent: string | null
}
interface StoredEvent {
  seq: number
  uuid: string
  event: string
  distinct_id: string
  timestamp: string | null
  properties: Record<string, any>
  copies: number
  altered: number
  received_at: string
  request: number
}
type StoredRequest = RequestRecord & { id: number; received_at: string; compressed: boolean }
interface StoreStats {
  events: number
  copies: number
  duplicates: number
  altered: number
  requests: number
  faults: number
}
export interface Page {
  after?: number
  limit?: number
}

const DEFAULT_LIMIT = 100_000

export async function createStore(db: Database) {
  await db.exec(SCHEMA)
  let last: Promise<unknown> = Promise.resolve()

  /**
   * One write at a time: concurrent batches with the same uuids could deadlock, and a `seq` that became visible after
   * a higher one would be missed by readers that follow `after`.
   */
  const inTurn = <T>(write: () => Promise<T>): Promise<T> => {
    const result = last.then(write)
    last = result.then(
      () => undefined,
      () => undefined, // the caller has the error; the next write must not get it
    )
    return result
  }

  const read = async (sql: string, { after = 0, limit = DEFAULT_LIMIT }: Page) =>
    (await db.query(sql, [after, limit])).map((row) => ({ ...row, received_at: row.received_at.toISOString() }))

  return {
    kind: db.kind,
    /** @returns when it is committed */
    record: (
      request: RequestRecord,
      events: IncomingEvent[],
      now: number,
    ): Promise<{ id: number; copies: Map<string, number> }> =>
      inTurn(async () => {
        const rows = await db.query(RECORD, [
          forJsonb(request),
          forJsonb(distinct(events)),
          new Date(now).toISOString(),
        ])
        const written = rows.filter((row) => row.uuid !== null)
        return { id: rows[0]?.id, copies: new Map(written.map(({ uuid, copies }) => [uuid, copies])) }
      }),
    events: async (page: Page = {}): Promise<StoredEvent[]> => (await read(EVENTS, page)) as any,
    requests: async (page: Page = {}): Promise<StoredRequest[]> => (await read(REQUESTS, page)) as any,
    uuids: async (): Promise<Record<string, number>> =>
      Object.fromEntries((await db.query(UUIDS, [])).map(({ uuid, copies }) => [uuid, copies])),
    async stats(): Promise<StoreStats> {
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
 */
export function forJsonb(value: unknown) {
  return JSON.stringify(value).replace(/\\(?:u0000|ud[89a-f][0-9a-f]{2}|.)/g, (found) =>
    /^\\u(?:0000|d)/.test(found) ? '\ufffd' : found,
  )
}

/** A statement may not touch a row twice, so copies within one body are counted here. */
function distinct(events: IncomingEvent[]) {
  const rows = new Map<
    string,
    {
      uuid: string
      event: string
      distinct_id: string
      timestamp: string | null
      occurred_at: string | null
      properties: object
      copies: number
      altered: number
    }
  >()
  for (const { instant, ...event } of events) {
    const first = rows.get(event.uuid)
    if (first) {
      first.copies += 1
      const same = ['event', 'distinct_id', 'timestamp'].every(
        (name) => event[name as 'event'] === first[name as 'event'],
      )
      if (!same) first.altered += 1
    } else {
      const occurredAt = instant === null ? null : new Date(instant).toISOString()
      rows.set(event.uuid, { ...event, occurred_at: occurredAt, copies: 1, altered: 0 })
    }
  }
  return [...rows.values()]
}
