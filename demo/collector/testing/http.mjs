// @ts-check
import { randomUUID } from 'node:crypto'
import { request as open } from 'node:http'

/** @typedef {{ status: number, headers: import('node:http').IncomingHttpHeaders, body: Buffer, text: string, json: any }} Answer */
/** @typedef {{ method?: string, headers?: Record<string, string>, body?: string | Buffer | object | undefined }} Request */

/**
 * node:http rather than fetch: fetch adds headers of its own and forbids others.
 * @param {string} url
 * @param {Request} [request]
 * @returns {Promise<Answer>}
 */
export function send(url, { method = 'POST', headers = {}, body } = {}) {
  return new Promise((resolve, reject) => {
    const req = open(url, { method, headers, agent: false }, (res) => {
      /** @type {Buffer[]} */
      const chunks = []
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

/** @param {string} url */
export const get = (url) => send(url, { method: 'GET' })

/** @param {Record<string, unknown>} [more] */
export const event = (more = {}) => ({
  event: 'seen',
  uuid: randomUUID(),
  distinct_id: 'someone',
  timestamp: '2026-01-02T03:04:05.678Z',
  properties: { n: 1 },
  ...more,
})

/** @param {object[]} events */
export const v0Batch = (...events) => ({ api_key: 'phc_test', batch: events })

/** @param {object[]} events */
export const v1Batch = (...events) => ({ created_at: '2026-01-02T03:04:05Z', batch: events })

/** @param {Record<string, string | undefined>} [more] undefined removes one */
export function v1Headers(more = {}) {
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
  return /** @type {Record<string, string>} */ (
    Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
  )
}

/**
 * A reader of the live stream.
 * @param {string} url
 * @returns {Promise<{ next: (match: (message: any) => boolean) => Promise<any>, text: () => string, type: string | undefined, leave: () => void }>}
 */
export function watch(url) {
  return new Promise((resolve, reject) => {
    const req = open(`${url}/_control/stream`, { agent: false }, (res) => {
      let text = ''
      let read = 0
      /** @type {(() => void)[]} */
      let waiting = []
      res.setEncoding('utf8')
      res.on('data', (chunk) => {
        text += chunk
        for (const wake of waiting.splice(0)) wake()
      })
      res.on('error', () => (waiting = [])) // the test left, or the collector closed
      const next = async (/** @type {(message: any) => boolean} */ match) => {
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
