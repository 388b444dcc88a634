/**
 * What goes on the wire, to the byte: a change of it shows in review as a change of `golden/`. After one that is meant,
 * `npx vitest run --project node test/compliance/golden.test.ts -u` writes the files anew.
 */

import { gunzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { readSettings } from '../../src/core/config/settings'
import { serializeEvent } from '../../src/core/event/codec'
import { compressed } from '../../src/core/protocol/compress'
import { wireFor } from '../../src/core/protocol/wires'
import { init } from '../../src/node'

// Every id that the SDK makes. Counting them up instead would show how many it happens to make.
vi.mock('../../src/adapters/new-id', () => ({ newId: () => '0198c0de-0000-7000-8000-00000000face' }))

interface Sent {
  method: string
  url: string
  headers: Record<string, string>
  body: unknown
}

const API_KEY = 'phc_test_key'
const HOST = 'https://events.example.com'
const START = Date.UTC(2025, 0, 1)

let sent: Sent[] = []
let answers: Response[] = []
let now = START

beforeEach(() => {
  sent = []
  answers = []
  now = START
  vi.spyOn(Date, 'now').mockImplementation(() => now)
  vi.spyOn(Math, 'random').mockReturnValue(0)
  vi.stubGlobal('fetch', async (url: string, { method, headers, body }: RequestInit) => {
    sent.push(record(url, String(method), headers as Record<string, string>, body as string | Uint8Array))
    return answers.shift() ?? Response.json({ results: {}, featureFlags: { 'a-flag': 'variant-a' } })
  })
})

afterEach(() => {
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

/** A batch with everything that an event can have. */
const EVENTS = [
  {
    event: 'signup',
    uuid: '0198C0DE-0000-7000-8000-000000000001',
    distinctId: 'visitor',
    properties: { plan: 'pro', seats: 3, trial: false, note: 'Grüße, 世界', nested: { list: [1, null] } },
  },
  {
    event: 'purchase',
    uuid: '0198c0de-0000-7000-8000-000000000002',
    distinctId: 'visitor',
    timestamp: '2025-01-02T08:34:05.1234567+05:30',
    groups: { company: 'acme' },
    properties: { $set: { paid: true }, $set_once: { first_plan: 'pro' } },
  },
  {
    event: 'page left',
    uuid: '0198c0de-0000-7000-8000-000000000003',
    distinctId: 'visitor',
    properties: {
      $session_id: 'session 1',
      $window_id: 'window 1',
      $cookieless_mode: 'true',
      $ignore_sent_at: 1,
      $process_person_profile: false,
      $product_tour_id: 'tour_123',
    },
  },
]

for (const captureMode of ['v0', 'v1'] as const) {
  test(`${captureMode} on the wire`, async () => {
    const golden: Record<string, Sent[]> = {}
    const play = async (name: string, options: object, act: (client: ReturnType<typeof init>) => unknown) => {
      const client = init(API_KEY, { host: HOST, captureMode, compression: 'none', ...options })
      await act(client)
      await client.flush()
      await client.shutdown(0)
      golden[name] = sent.splice(0)
    }

    await play('a batch', {}, (client) => client.captureBatch(EVENTS))
    await play('a second attempt, 30 s later', {}, async (client) => {
      answers.push(new Response(null, { status: 503 }))
      client.captureBatch(EVENTS.slice(0, 1))
      await client.flush()
      now += 30_000
    })
    now = START
    await play('geoip disabled', { disableGeoip: true }, (client) => client.captureBatch(EVENTS.slice(0, 1)))
    await play('historical', { historicalMigration: true }, (client) => client.captureBatch(EVENTS.slice(0, 1)))
    await play('gzip', { compression: 'gzip' }, (client) => client.captureBatch(EVENTS.slice(0, 1)))
    await play('captureAi', {}, (client) => {
      const { event, properties, ...options } = EVENTS[0] as (typeof EVENTS)[0]
      client.captureAi(event, properties, options)
    })
    await play('a flag read, and what it captures', {}, (client) =>
      client.getFeatureFlag('a-flag', { distinctId: 'visitor', groups: { company: 'acme' } }),
    )
    if (captureMode === 'v0') golden['from a page, across origins'] = [await acrossOrigins()]
    await expect(`${JSON.stringify(golden, null, 2)}\n`).toMatchFileSnapshot(`golden/${captureMode}.golden.json`)
  })
}

/** The request that needs no CORS preflight, which only a page's client makes. */
async function acrossOrigins() {
  const settings = readSettings({}, () => undefined)
  const config = { apiKey: API_KEY, host: HOST, style: 'simple', settings } as const
  const event = { event: 'signup', uuid: '0198c0de-0000-7000-8000-000000000001', distinctId: 'visitor', properties: {} }
  const events = [serializeEvent({ ...event, timestamp: new Date(START).toISOString() }, 'v0', API_KEY)]
  const batch = {
    events,
    format: 'v0',
    historical: false,
    skew: 0,
    requestId: '',
    createdAt: START,
    attempt: 1,
  } as const
  const plain = wireFor('v0').encode(batch, config, START)
  const asBytes = async (text: string) => new TextEncoder().encode(text)
  const { url, headers, body } = await compressed(plain, 'v0', config, asBytes)
  return record(url, 'POST', headers, body)
}

/** The body is shown parsed, for people, after it was found to say exactly that. */
function record(url: string, method: string, headers: Record<string, string>, body: string | Uint8Array = ''): Sent {
  const bytes = typeof body === 'string' ? Buffer.from(body) : Buffer.from(body)
  const text = (headers['Content-Encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString('utf8')
  const parsed = JSON.parse(text)
  expect(JSON.stringify(parsed)).toBe(text)
  return { method, url, headers, body: parsed }
}
