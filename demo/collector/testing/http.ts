import { randomUUID } from 'node:crypto'
import { type IncomingHttpHeaders, request as open } from 'node:http'
import type { StoredEvent, StoredRequest } from '../store'

interface Answer {
  status: number
  headers: IncomingHttpHeaders
  body: Buffer
  text: string
  json: Json
}

/** What the collector's answers say; each has some of it. */
interface Json {
  results: Record<string, { result: string; details?: string }>
  events: StoredEvent[]
  requests: StoredRequest[]
  featureFlags: Record<string, string | boolean>
  flags: Record<string, object>
}

/** What the live stream tells; each message has some of it. */
interface StreamMessage {
  type: string
  held: number
  reason: string | null
  /** The fault's name in a request that met it; the whole fault in a message of its own. */
  fault: string | { mode: string }
  events: object[]
}

export interface Request {
  method?: string
  headers?: Record<string, string>
  body?: string | Buffer | object | undefined
}

/** node:http rather than fetch: fetch adds headers of its own and forbids others. */
export function send(url: string, { method = 'POST', headers = {}, body }: Request = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const req = open(url, { method, headers, agent: false }, (res) => {
      const chunks: Buffer[] = []
      res.on('data', (chunk) => chunks.push(chunk))
      res.on('error', reject)
      res.on('end', () => {
        const bytes = Buffer.concat(chunks)
        const text = bytes.toString()
        const json = res.headers['content-type'] === 'application/json' && !res.headers['content-encoding']
        resolve({
          status: res.statusCode ?? 0,
          headers: res.headers,
          body: bytes,
          text,
          json: json ? JSON.parse(text) : undefined,
        })
      })
    })
    req.on('error', reject)
    req.end(body === undefined || typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body))
  })
}

export const get = (url: string) => send(url, { method: 'GET' })

export const event = (more: Record<string, unknown> = {}) => ({
  event: 'seen',
  uuid: randomUUID(),
  distinct_id: 'someone',
  timestamp: '2026-01-02T03:04:05.678Z',
  properties: { n: 1 },
  ...more,
})

export const v0Batch = (...events: object[]) => ({ api_key: 'phc_test', batch: events })

export const v1Batch = (...events: object[]) => ({ created_at: '2026-01-02T03:04:05Z', batch: events })

/** @param more undefined removes one */
export function v1Headers(more: Record<string, string | undefined> = {}) {
  const all = {
    Authorization: 'Bearer phc_test',
    'Content-Type': 'application/json',
    'User-Agent': 'test/1',
    'PostHog-Sdk-Info': 'outlast/1.2.3',
    'PostHog-Attempt': '1',
    'PostHog-Request-Id': randomUUID(),
    'PostHog-Request-Timestamp': '2026-01-02T03:04:05Z',
    ...more,
  }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as Record<string, string>
}

/** A reader of the live stream. */
export function watch(url: string): Promise<{
  next: (match: (message: StreamMessage) => boolean) => Promise<StreamMessage>
  text: () => string
  type: string | undefined
  leave: () => void
}> {
  return new Promise((resolve, reject) => {
    const req = open(`${url}/_control/stream`, { agent: false }, (res) => {
      let text = ''
      let read = 0
      let waiting: (() => void)[] = []
      res.setEncoding('utf8')
      res.on('data', (chunk) => {
        text += chunk
        for (const wake of waiting.splice(0)) wake()
      })
      res.on('error', () => (waiting = [])) // the test left, or the collector closed
      const next = async (match: (message: StreamMessage) => boolean) => {
        for (;;) {
          const end = text.indexOf('\n\n', read)
          if (end === -1) {
            await new Promise((wake) => waiting.push(() => wake(undefined)))
            continue
          }
          const frame = text.slice(read, end)
          read = end + 2
          const message = frame.startsWith('data: ') ? JSON.parse(frame.slice(6)) : undefined
          if (message && match(message)) return message
        }
      }
      resolve({ next, text: () => text, type: res.headers['content-type'], leave: () => req.destroy() })
    })
    req.on('error', reject)
    req.end()
  })
}
