/** What a server, or whatever stands in its place, may answer. */

import fc, { type Arbitrary } from 'fast-check'
import { createFeatureFlags } from '../../src/client/flags/feature-flags'
import { MAX_DELAY, MAX_REPLY_BYTES } from '../../src/core/base/limits'
import type { SendOutcome } from '../../src/core/base/ports'
import type { WireFormat } from '../../src/core/event/event'
import { fakeEndpoint } from '../support/core/fake-endpoint'
import { configOf, uuid } from '../support/core/fixtures'
import { speaking } from '../support/core/speaking'
import { world } from '../support/core/world'
import { type Boundary, hold, holdNothingElseBroke, type Outcome } from './boundary'
import { watchedClock } from './clock'
import { clonable, mixed, TRAP_NAMES } from './hostile'

const HTML = '<!doctype html><html><title>Sign in</title></html>'

const STATUSES = [
  ...[200, 201, 202, 204, 206, 299, 300, 301, 302, 304, 307, 308, 400, 401, 402, 403, 404, 408, 409, 413, 415, 418],
  ...[425, 429, 431, 451, 500, 501, 502, 503, 504, 505, 507, 511, 520, 521, 522, 523, 524, 530, 599],
]

/** Whether docs/protocol.md §3.1 says of a status that it is tried again. */
const isRetried = (status: number) => status === 408 || status === 425 || status === 429 || status >= 500

const retryAfters = fc.oneof(
  fc.constantFrom(null, '', '0', '1', '3', '-1', '1.5', '1e9', '9'.repeat(400), 'NaN', 'soon', '0x10', ' 2 ', '2, 3'),
  fc.constantFrom('Thu, 01 Jan 2026 00:00:30 GMT', 'Thu, 01 Jan 9999 00:00:00 GMT', 'Thu, 32 Foo 2026 99:99:99 GMT'),
  fc.string(),
)

const results = ['ok', 'warning', 'limited', 'drop', 'retry', 'RETRY', '__proto__', '']

/** The results of events 1 to 4, some of them, and of events that nobody sent. */
const someResults = fc
  .tuple(
    fc.uniqueArray(fc.tuple(fc.integer({ min: 1, max: 8 }), fc.constantFrom(...results)), { selector: ([n]) => n }),
    fc.option(fc.constantFrom(...TRAP_NAMES), { nil: undefined }),
  )
  .map(([given, trap]) => {
    const table: Record<string, { result: string; details?: string }> = {}
    const add = (name: string, entry: (typeof table)[string]) =>
      Object.defineProperty(table, name, { value: entry, enumerable: true, configurable: true, writable: true })
    for (const [n, result] of given) add(n === 4 ? uuid(n).toUpperCase() : uuid(n), { result, details: 'because' })
    if (trap !== undefined) add(trap, { result: 'drop' })
    return { results: table }
  })

/** The same as a site's own endpoint says it. */
const listed = someResults.map(({ results: table }) => ({
  results: Object.entries(table).map(([of, { result, details }]) => ({ uuid: of, status: result, reason: details })),
}))

const asText = (value: unknown): string => {
  try {
    return JSON.stringify(value) ?? ''
  } catch {
    return '{"results":'
  }
}

const bodies: Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: mixed(someResults, clonable).map(asText) },
  { weight: 3, arbitrary: mixed(listed, clonable).map(asText) },
  { weight: 2, arbitrary: someResults.chain((given) => fc.nat(80).map((at) => asText(given).slice(0, at))) },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      '',
      HTML,
      'null',
      '[]',
      '{}',
      '1',
      '"ok"',
      '{"status":1}',
      '{"results":null}',
      '\ufeff{}',
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '[',
      '{"results":{"a":'.repeat(1_000),
      `{"results":${'['.repeat(50_000)}`,
      `{"results":{"${uuid(1)}":{"result":"ok"},"${uuid(1)}":{"result":"retry"}}}`,
      `{"results":{"${uuid(2)}":{"result":"retry"},"__proto__":{"result":"drop"}}}`,
    ),
  },
  { weight: 1, arbitrary: fc.string() },
)

interface Case {
  format: WireFormat
  answers: SendOutcome[]
  maxRetries: number
}

const outcomes: Arbitrary<SendOutcome> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc
      .record({ status: fc.constantFrom(...STATUSES, 200, 200, 200, 200), retryAfter: retryAfters, body: bodies })
      .map((reply) => ({ kind: 'reply', ...reply }) as const),
  },
  { weight: 1, arbitrary: fc.constantFrom(200, 204).map((status) => ({ kind: 'reply_too_long', status }) as const) },
  { weight: 1, arbitrary: fc.constant({ kind: 'timeout' } as const) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.string(), fc.boolean())
      .map(([detail, instant]) => ({ kind: 'unreachable', detail, instant }) as const),
  },
  { weight: 1, arbitrary: fc.string().map((detail) => ({ kind: 'not_taken', detail }) as const) },
)

const cases: Arbitrary<Case> = fc.record({
  format: fc.constantFrom<WireFormat>('v0', 'v1', 'v1', 'ai', 'json'),
  answers: fc.array(outcomes, { minLength: 1, maxLength: 3 }),
  maxRetries: fc.constantFrom(0, 2, Number.POSITIVE_INFINITY),
})

type Fate = 'delivered' | 'lost' | 'again'

/** What the protocol makes of an answer for one event: written down apart from the code that it judges. */
function fateOf(format: WireFormat, answer: SendOutcome, of: string): Fate {
  if (answer.kind === 'timeout' || answer.kind === 'unreachable' || answer.kind === 'not_taken') return 'again'
  if (answer.status < 200 || answer.status > 299) return isRetried(answer.status) ? 'again' : 'lost'
  // What is not read to its end may have said so of any event.
  if (format === 'json') return answer.kind === 'reply' ? fateInList(answer.body, of) : 'again'
  if (format !== 'v1') return 'delivered'
  if (answer.kind === 'reply_too_long') return 'lost'
  let given: unknown
  try {
    given = JSON.parse(answer.body)
  } catch {
    return 'lost'
  }
  const table = given === null || given === undefined ? undefined : (given as { results?: unknown }).results
  if (typeof table !== 'object' || table === null || Array.isArray(table)) return 'lost'
  let fate: Fate = 'delivered'
  for (const [name, entry] of Object.entries(table)) {
    if (name.toLowerCase() !== of) continue
    const result = (entry as { result?: unknown } | null)?.result
    fate = result === 'retry' ? 'again' : result === 'drop' ? 'lost' : 'delivered'
  }
  return fate
}

/** What the verdicts of a site's own endpoint make of one event. */
function fateInList(body: string, of: string): Fate {
  let list: unknown
  try {
    list = (JSON.parse(body) as { results?: unknown } | null)?.results
  } catch {
    return 'delivered'
  }
  let fate: Fate = 'delivered'
  for (const entry of Array.isArray(list) ? (list as ({ uuid?: unknown; status?: unknown } | null)[]) : []) {
    if (String(entry?.uuid).toLowerCase() !== of) continue
    fate = entry?.status === 'retry' ? 'again' : entry?.status === 'drop' ? 'lost' : 'delivered'
  }
  return fate
}

async function check({ format, answers, maxRetries }: Case): Promise<Outcome> {
  const clock = watchedClock()
  const endpoint = fakeEndpoint(clock)
  const hostile = answers[0] as SendOutcome
  const told: { answer: SendOutcome; uuids: string[] }[] = []
  const send = endpoint.send.bind(endpoint)
  endpoint.send = async (request, how) => {
    const sent = send(request, how)
    const answer = answers[told.length]
    const { uuids } = endpoint.sent.at(-1) as (typeof endpoint.sent)[number]
    told.push({ answer: answer ?? OK, uuids })
    await sent
    return answer ?? OK
  }
  const settings = { maxRetries, flushInterval: 0, retryMaxBackoff: 60_000 }
  const { capture, transport, stats, reports, balance } = world({
    clock,
    endpoint,
    settings,
    own: format === 'json' ? { path: '/in', body: 'json' } : undefined,
  })
  await capture(4, { format })
  await clock.advance(1)
  // It is as bad as it is, and something new happens.
  await capture(2, { format: 'v0' })
  const flushed: unknown[] = []
  void transport.flush().then((result) => flushed.push(result))
  await clock.advance(2 * 3_600_000)

  hold(flushed.length === 1, 'a flush is answered')
  await balance()
  const end = await stats()
  hold(end.pending === 0, 'nothing stays pending', end)
  const delivered = new Set(reports.flatMap((report) => (report.type === 'delivered' ? report.uuids : [])))
  const dropped = new Set(reports.flatMap((report) => (report.type === 'drop' ? report.uuids : [])))
  for (let n = 1; n <= 6; n++) {
    const mine = told.filter(({ uuids }) => uuids.includes(uuid(n)))
    const of = n > 4 && format !== 'json' ? 'v0' : format
    const fates = mine.map(({ answer }) => fateOf(of, answer, uuid(n)))
    const told200 = fates.includes('delivered')
    hold(delivered.has(uuid(n)) === told200, 'delivered is what the server says is', { n, fates, hostile })
    hold(delivered.has(uuid(n)) !== dropped.has(uuid(n)), 'every event has one end', { n, fates })
    const final = fates.indexOf('delivered')
    hold(final < 0 || final === fates.length - 1, 'what is delivered is not sent again', { n, fates })
  }
  for (const report of reports)
    if (report.type === 'drop') hold(report.detail.length > 0, 'a drop has a reason', report)
  for (const report of reports) if (report.type === 'drop') hold(report.detail.length < 2_000, 'a reason is short')
  hold(endpoint.violations.length === 0, 'no request breaks the protocol', endpoint.violations)
  clock.holdCalm()
  await flagsAsked(hostile)
  holdNothingElseBroke()
  return fateOf(format, hostile, uuid(1)) === 'delivered' ? 'accepted' : 'refused'
}

const OK: SendOutcome = { kind: 'reply', status: 200, retryAfter: null, body: '{"results":{}}' }

/** The same answer from the flags' endpoint. */
async function flagsAsked(answer: SendOutcome): Promise<void> {
  const clock = watchedClock()
  const kept = new Map<string, string>()
  const warnings: string[] = []
  const captured: unknown[] = []
  const asFlags =
    answer.kind === 'reply'
      ? { ...answer, body: answer.body.replace('"results"', '"flags"').replaceAll('result', 'variant') }
      : answer
  const flags = createFeatureFlags({
    queue: configOf(),
    clock,
    sender: { send: async () => asFlags },
    store: {
      get: (key) => kept.get(key),
      set: (key, value) => void kept.set(key, value),
      remove: (key) => void kept.delete(key),
    },
    person: () => ({ distinctId: 'visitor', groups: {} }),
    allowed: () => true,
    disableGeoip: false,
    write: JSON.stringify,
    options: { featureFlagsRequestTimeout: 1_000 },
    capture: (event, properties) => void captured.push(JSON.stringify([event, properties])),
    warn: (message) => void warnings.push(message),
    warnOf: speaking(warnings).warnOf,
  })
  let answered = 0
  const asked = [
    flags.value('absent-everywhere'),
    flags.value('constructor'),
    flags.value('toString', { forceRemote: true }),
    flags.payload('__proto__'),
    flags.all(),
    flags.reload(),
  ]
  for (const one of asked) void one.then(() => (answered += 1))
  await clock.advance(MAX_DELAY)
  hold(answered === asked.length, 'every question for flags is answered', answered)
  for (const value of await Promise.all(asked.slice(0, 3))) {
    const isFlag = value === undefined || typeof value === 'boolean' || typeof value === 'string'
    hold(isFlag, 'a flag is a flag', value)
  }
  hold((await asked[0]) === undefined, 'a flag that nobody named is not there')
  for (const text of kept.values()) hold(text.length < 2 * MAX_REPLY_BYTES, 'what is kept of flags is bounded')
}

export const answers: Boundary<Case> = { name: 'answers', share: 44, cases, check }
