/** What pages give a relay, what they say of it, and what hostile code on the page has made of what is stored. */

import fc, { type Arbitrary } from 'fast-check'
import { memoryDatabase } from '../../src/adapters/memory-database'
import { readCaptureOptions } from '../../src/client/first/options'
import { readDeliveryOptions } from '../../src/client/late/delivery-options'
import { MAX_DELAY } from '../../src/core/base/limits'
import type { Database, Sender, WireRequest } from '../../src/core/base/ports'
import { asRecord } from '../../src/core/base/values'
import { type QueueConfig, queueKey } from '../../src/core/config/queue-config'
import { readQueueConfig } from '../../src/core/config/read-queue-config'
import { relayKey, STORED_ALWAYS } from '../../src/core/config/relay-config'
import { serializeForV0 } from '../../src/core/event/event'
import { createHost } from '../../src/core/host/host'
import { MESSAGE_VERSION } from '../../src/core/host/messages'
import { createQueue } from '../../src/core/queue/queue'
import { clientOptions, originOf } from '../../src/page/relay/options'
import { readRequest } from '../../src/page/relay/read-request'
import { type Passed, storedForm } from '../../src/page/relay/stored-form'
import type { RelayOptions } from '../../src/page/relay/types'
import { handoverOf, idsFrom, uuid } from '../support/core/fixtures'
import { HANDED_OVER, INGEST, relayJson } from '../support/core/relay-fixtures'
import { noLocks } from '../support/core/world'
import { type Boundary, hold, holdNothingElseBroke, type Outcome } from './boundary'
import { watchedClock } from './clock'
import { clonable, live, type Mutation, mixed, mutated, mutationOf } from './hostile'
import { cloned } from './messages'

const addresses: Arbitrary<string> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      `${INGEST}/collect?a=1#part`,
      `${INGEST}`,
      `${INGEST}:443/a`,
      `${INGEST}:8443/a`,
      `${INGEST}.evil.example/a`,
      `${INGEST}@evil.example/a`,
      `https://me:secret@ingest.example.com/a`,
      `HTTPS://INGEST.example.com/../../a`,
      `https:\\\\ingest.example.com\\@evil.example`,
      `https://evil.example/\t${INGEST}`,
      `https://ingest.example.com%2eevil.example/`,
      `http://ingest.example.com/a`,
      'https://evil.example/a',
      'javascript:alert(1)',
      'data:text/plain,x',
      'blob:https://ingest.example.com/1',
      '//evil.example/a',
      '/relative',
      '',
      `${INGEST}/${'x'.repeat(9_000)}`,
      `${INGEST}/\ud800\u202e`,
    ),
  },
  { weight: 1, arbitrary: fc.webUrl() },
)

const HEADER_NAMES = [
  'content-type',
  'Content-Type',
  'idempotency-key',
  'X-Api-Key',
  'authorization',
  'cookie',
  'host',
  'content-length',
  'content-',
  'accept\n',
  '__proto__',
  'constructor',
  'x y',
  '',
]

const bodies: Arbitrary<unknown> = fc.oneof(
  fc.string(),
  fc.uint8Array({ maxLength: 300 }),
  fc.constantFrom<unknown>(undefined, null, '\ud800', '{"a":1}', 'x'.repeat(3_000), new Uint8Array(3_000)),
)

const validInits = fc.record(
  {
    method: fc.constantFrom('GET', 'POST', 'put', 'PATCH', 'DELETE', 'CONNECT', 'x-own', 'a b', ''),
    headers: fc.dictionary(
      fc.constantFrom(...HEADER_NAMES),
      fc.constantFrom('', 'text/plain', 'a\r\nb: c', 'ü', '\u0000'),
    ),
    body: bodies,
    credentials: fc.constantFrom('omit', 'same-origin', 'include', 'none'),
    mode: fc.constantFrom('cors', 'cors', 'cors', 'no-cors', 'same-origin', 'navigate'),
  },
  { requiredKeys: [] },
)

const inits: Arbitrary<unknown> = fc.oneof(
  { weight: 3, arbitrary: validInits },
  { weight: 2, arbitrary: mixed(validInits, live) },
)

const valid: Arbitrary<Record<string, unknown>> = fc.record(
  {
    storedHeaders: fc.constantFrom<unknown>({ 'X-Api-Key': 60_000 }, {}, undefined),
    maxAge: fc.constantFrom(0, 60_000, 604_800_000),
    maxBodyBytes: fc.constantFrom(1, 1_000, 1_000_000, 9_437_184),
    maxQueueSize: fc.constantFrom(1, 10_000),
    maxQueueBytes: fc.constantFrom(1_000, 33_554_432),
    maxRetries: fc.constantFrom(0, 3),
    compress: fc.constantFrom<unknown>('gzip', 'deflate', false),
    requestTimeout: fc.constantFrom(1_000, 30_000),
    dedupe: fc.constantFrom<unknown>(
      ({ url }: { url: string }) => url,
      () => undefined,
      () => 5,
      () => {
        throw new Error('hostile')
      },
    ),
    beforeSend: fc.constantFrom<unknown>(
      (request: object) => request,
      (request: object) => ({ ...request, url: 'https://evil.example/a' }),
      (request: object) => ({ ...request, headers: { authorization: 'secret' } }),
      (request: object) => ({ ...request, method: 'TRACE' }),
      async (request: object) => request,
      () => null,
    ),
  },
  { requiredKeys: [] },
)

/** What is changed in what is stored. */
type Change =
  | { table: 'chunks' | 'queues'; mutation: Mutation }
  | { table: 'chunks' | 'queues'; member: string; value: unknown }

const changes: Arbitrary<Change> = fc.oneof(
  fc.record({ table: fc.constantFrom('chunks', 'queues'), mutation: mutationOf(clonable) }),
  fc
    .record({
      member: fc.constantFrom('url', 'headers', 'method', 'credentials', 'body', 'base64', 'relay', 'host', 'config'),
      value: fc.oneof(
        addresses,
        fc.dictionary(fc.constantFrom(...HEADER_NAMES), fc.string()),
        fc.constantFrom<unknown>('CONNECT', 'GET', 'include', true, 99, null, '!!!', 'https://evil.example'),
        fc.jsonValue(),
      ),
    })
    .map(({ member, value }) => ({
      table: member === 'host' || member === 'config' ? 'queues' : 'chunks',
      member,
      value,
    })),
) as Arbitrary<Change>

interface Case {
  options: unknown
  calls: { input: string; init: unknown }[]
  stored: Change[]
}

const cases: Arbitrary<Case> = fc.record({
  options: fc.oneof({ weight: 3, arbitrary: valid }, { weight: 2, arbitrary: mixed(valid, fc.jsonValue()) }),
  calls: fc.array(fc.record({ input: addresses, init: inits }), { minLength: 1, maxLength: 3 }),
  stored: fc.array(changes, { maxLength: 2 }),
})

/** The headers that the page's options allow, in lower case. */
function allowedBy(options: unknown): Set<string> {
  try {
    return new Set(Object.keys((options as RelayOptions).storedHeaders ?? {}).map((name) => name.toLowerCase()))
  } catch {
    return new Set()
  }
}

/** The queue's config as a worker reads what the page has made of its options; nothing where there is no relay then. */
function configFrom(options: unknown): QueueConfig | undefined {
  const given = (typeof options === 'object' && options !== null ? options : {}) as RelayOptions
  const asked = clientOptions(given, INGEST)
  const logger = { warn: () => undefined }
  const setup = readCaptureOptions(relayKey(''), asked, { logger, now: () => HANDED_OVER, isUrl: () => true })
  if (setup.halted) return undefined
  return readQueueConfig(cloned(readDeliveryOptions(asked, setup, () => 'headers').queue))
}

/** As a page does it, up to the text that is stored. */
async function taken({ input, init }: Case['calls'][number], options: unknown, n: number): Promise<string | undefined> {
  let request: Passed
  try {
    const read = readRequest(input, init as RequestInit)
    request = { ...read, body: await read.body }
  } catch {
    // What is no request is rejected, as `fetch` rejects it.
    return undefined
  }
  const given = (typeof options === 'object' && options !== null ? options : {}) as RelayOptions
  const named = { origin: INGEST }
  const form = storedForm(request, given, new Map([[INGEST, named]]))
  if ('reason' in form) {
    hold(typeof form.reason === 'string' && form.reason !== '', 'a refusal has a reason', form)
    return undefined
  }
  hold(form.host === named && originOf(form.request.url) === INGEST, 'what is taken is for a host that is named', form)
  const properties = form.properties as Record<string, unknown>
  const event = { event: 'request', uuid: uuid(n), distinctId: 'relay', properties }
  return serializeForV0({ ...event, timestamp: new Date(HANDED_OVER).toISOString() }, relayKey(''), undefined)
}

async function change(database: Database, queue: string, given: Change): Promise<void> {
  const { table } = given
  const [row] = await database.transact('readonly', (tx) => tx.list(table, [queue]))
  if (!row) return
  const next = cloned('mutation' in given ? mutated(row.value, given.mutation) : withMember(row.value, given))
  if (typeof next === 'symbol') return
  await database.transact('readwrite', async (tx) => tx.put(table, row.key, next))
}

/** A record with that in its one request, or in its config. */
function withMember(value: unknown, { member, value: put }: Extract<Change, { member: string }>): unknown {
  const record = asRecord(value)
  if (member === 'config') return { ...record, config: put }
  if (member === 'host') return { ...record, config: { ...asRecord(record.config), host: put } }
  const [first] = Array.isArray(record.events) ? record.events : []
  // An earlier change may have left no request of it.
  if (typeof first !== 'string' || !first.endsWith('}}')) return put
  const event = JSON.parse(first)
  return { ...record, events: [JSON.stringify({ ...event, properties: { ...event.properties, [member]: put } })] }
}

async function check({ options, calls, stored }: Case): Promise<Outcome> {
  const clock = watchedClock()
  const config = configFrom(options)
  if (!config) return 'refused'
  const queue = queueKey(config)
  const database = memoryDatabase()
  const sent: WireRequest[] = []
  const sender: Sender = {
    async send(request) {
      sent.push(request)
      return { kind: 'reply', status: sent.length % 3 === 0 ? 503 : 200, retryAfter: null, body: '' }
    },
  }
  const events: string[] = []
  for (const [index, call] of calls.entries()) {
    const json = await taken(call, options, index + 1)
    if (json !== undefined) events.push(json)
  }
  // One that is as it should be goes first, and is what hostile code changes.
  const own = relayJson(50, { headers: { 'content-type': 'text/plain' } })
  const host = createHost({
    clock,
    database,
    random: () => 0,
    newId: idsFrom(10_000_000),
    sender,
    compress: async () => undefined,
    locks: noLocks,
    hooks: [],
    senderId: 'worker:1',
    report: () => undefined,
    onBlocked: () => undefined,
  })
  const answers: string[] = []
  const base = { outlast: MESSAGE_VERSION, queue, config }
  const handOver = async (seq: number, some: string[]) => {
    const message = { ...base, id: seq, type: 'handover', urgent: false, handover: handoverOf(seq, some) }
    return host.receive(message, ({ type }) => void answers.push(type))
  }
  await handOver(1, [own, ...events])
  hold(answers.join() === 'committed', 'what a page hands over is taken', answers)
  for (const one of stored) await change(database, queue, one)
  // A worker that is started with no page open, and the next page.
  const worked = host.work({ holdMs: MAX_DELAY, budgetMs: MAX_DELAY })
  await clock.advance(600_000)
  const left = await handOver(2, [relayJson(60)])
  if (left) void host.work({ holdMs: MAX_DELAY, budgetMs: MAX_DELAY }, left.cause, [left.queue])
  await clock.advance(3_600_000)
  hold(answers.join() === 'committed,committed', 'the next request is taken', answers)

  const allowed = allowedBy(options)
  const isConfigChanged = stored.some(({ table }) => table === 'queues')
  for (const { url, headers, method, credentials } of sent) {
    hold(url.startsWith(`${INGEST}/`) && originOf(url) === INGEST, 'no request goes to a host that is not named', url)
    hold(new URL(url).username === '' && new URL(url).password === '', 'none carries a password in its address', url)
    hold(!/^(connect|trace|track)$/i.test(method ?? ''), 'none has a method that no fetch sends', method)
    hold(['omit', 'same-origin', 'include'].includes(String(credentials)), 'none has credentials of another kind')
    for (const name of Object.keys(headers)) {
      const may = STORED_ALWAYS.test(name) || allowed.has(name.toLowerCase()) || isConfigChanged
      hold(may, 'no header goes that may not be stored', name)
    }
  }
  clock.holdCalm()
  const { accepted, delivered, pending, dropped } = await createQueue(database, queue).stats()
  const gone = Object.values(dropped).reduce((sum, count) => sum + count, 0)
  hold(accepted === delivered + pending + gone, 'accepted = delivered + dropped + pending', {
    accepted,
    delivered,
    dropped,
  })
  if (stored.length === 0) hold(pending === 0 || isWaiting(config), 'nothing stays pending', { pending, dropped })
  await host.close()
  await clock.advance(1_000)
  await worked
  holdNothingElseBroke()
  return events.length === calls.length && stored.length === 0 ? 'accepted' : 'refused'
}

/** Headers are asked of a function that this host does not have. */
const isWaiting = ({ headersAsked }: QueueConfig): boolean => headersAsked === true

export const requests: Boundary<Case> = { name: 'requests', share: 6, cases, check }
