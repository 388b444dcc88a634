/** What was recorded and what is queued, apart for each `X-Test-Id`. */

import type { WireEvent } from '../read-body'
import type { Answer, Queued } from './respond'

export interface Recorded {
  /** In ms; only differences mean anything. */
  arrivedAt: number
  method: string
  path: string
  query: Record<string, string>
  /** Names in lower case. */
  headers: Record<string, string>
  /** The body as it came. */
  body: Buffer
  /** The body's JSON; undefined where it cannot be read. */
  json: unknown
  events: WireEvent[]
  answer: Answer
}

export interface Partition {
  requests: Recorded[]
  /** First in, first out, over all paths. */
  queue: Queued[]
  record: (request: Recorded) => void
  /** Resolves once that many requests are recorded, or in time. */
  reached: (count: number, timeoutMs: number) => Promise<void>
}

/** Requests without the header share the one under this name. */
const GLOBAL = ''

export function createPartitions() {
  const partitions = new Map<string, Partition>()
  return {
    of(id: string = GLOBAL) {
      const found = partitions.get(id) ?? createPartition()
      partitions.set(id, found)
      return found
    },
    reset(id: string = GLOBAL) {
      partitions.delete(id)
    },
  }
}

function createPartition(): Partition {
  const requests: Recorded[] = []
  const watchers = new Set<() => void>()
  return {
    requests,
    queue: [],
    record(request) {
      requests.push(request)
      for (const look of watchers) look()
    },
    reached(count, timeoutMs) {
      return new Promise((resolve) => {
        const done = () => {
          clearTimeout(timer)
          watchers.delete(look)
          resolve()
        }
        const look = () => {
          if (requests.length >= count) done()
        }
        const timer = setTimeout(done, timeoutMs)
        watchers.add(look)
        look()
      })
    },
  }
}
