import type { Database } from './database'
import { EVENTS, RECORD, REQUESTS, RESET, SCHEMA, STATS, UUIDS } from './sql'
import type { IncomingEvent } from './v0'

interface RequestRecord {
  method: string
  path: string
  wire: 'v0' | 'v1' | 'flags'
  request_id: string | null
  attempt: number | null
  /** Null where the request was not answered. */
  status: number | null
  /** How many events are in the body. */
  events: number
  bytes: number
  encoding: string | null
  fault: string | null
  reason: string | null
  user_agent: string | null
}
export interface StoredEvent {
  seq: number
  uuid: string
  event: string
  distinct_id: string
  timestamp: string | null
  properties: Record<string, unknown>
  copies: number
  altered: number
  received_at: string
  request: number
}
export type StoredRequest = RequestRecord & { id: number; received_at: string; compressed: boolean }
interface StoreStats {
  events: number
  copies: number
  duplicates: number
  altered: number
  requests: number
  faults: number
}

/** A row for each event of a request, or one without an event. */
type Written = { id: number } & ({ uuid: string; copies: number } | { uuid: null; copies: null })

export type Store = Awaited<ReturnType<typeof createStore>>

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

  async function read<Read extends { received_at: string }>(sql: string, { after = 0, limit = DEFAULT_LIMIT }: Page) {
    const rows = await db.query<Omit<Read, 'received_at'> & { received_at: Date }>(sql, [after, limit])
    return rows.map((row) => ({ ...row, received_at: row.received_at.toISOString() }))
  }

  return {
    kind: db.kind,
    /** @returns when it is committed */
    record: (
      request: RequestRecord,
      events: IncomingEvent[],
      now: number,
    ): Promise<{ id: number; copies: Map<string, number> }> =>
      inTurn(async () => {
        const rows = await db.query<Written>(RECORD, [
          forJsonb(request),
          forJsonb(distinct(events)),
          new Date(now).toISOString(),
        ])
        const [first] = rows
        if (!first) throw new Error('a request was written, and no row of it came back')
        const written = rows.flatMap(({ uuid, copies }) => (uuid === null ? [] : [[uuid, copies] as const]))
        return { id: first.id, copies: new Map(written) }
      }),
    events: (page: Page = {}): Promise<StoredEvent[]> => read<StoredEvent>(EVENTS, page),
    requests: (page: Page = {}): Promise<StoredRequest[]> => read<StoredRequest>(REQUESTS, page),
    uuids: async (): Promise<Record<string, number>> =>
      Object.fromEntries(
        (await db.query<{ uuid: string; copies: number }>(UUIDS, [])).map(({ uuid, copies }) => [uuid, copies]),
      ),
    async stats(): Promise<StoreStats> {
      const [row] = await db.query<Omit<StoreStats, 'duplicates'>>(STATS, [])
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
