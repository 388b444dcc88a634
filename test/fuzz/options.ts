/** What a site gives to `init`, to `capture` and to the other calls, and what its hooks return. */

import fc, { type Arbitrary } from 'fast-check'
import type { PersonClient } from '../../src/client/person-client'
import type { OutlastOptions } from '../../src/page/types'
import { type Boundary, hold, holdNothingElseBroke, type Outcome } from './boundary'
import { startClient } from './client'
import { live, nearly } from './hostile'

const validOptions: Arbitrary<Record<string, unknown>> = fc.record(
  {
    host: fc.constantFrom('https://eu.i.posthog.com', 'https://shop.example.com/ingest/', 'http://localhost:8000'),
    captureMode: fc.constantFrom('v0', 'v1', 'json'),
    endpoint: fc.constantFrom('/events', undefined, 'nowhere'),
    flushAt: fc.constantFrom(1, 20),
    flushInterval: fc.constantFrom(0, 5_000, Number.POSITIVE_INFINITY),
    maxBatchSize: fc.constantFrom(1, 100),
    maxBatchBytes: fc.constantFrom(1, 100_000),
    maxEventAge: fc.constantFrom(1_000, 86_400_000),
    requestTimeout: fc.constantFrom(1, 30_000),
    maxRetries: fc.constantFrom(0, 3),
    retryInitialBackoff: fc.constantFrom(0, 200),
    maxConcurrentRequests: fc.constantFrom(1, 3),
    compression: fc.constantFrom('gzip', 'none'),
    requestHeaders: fc.constantFrom({}, { 'X-Own': 'yes' }),
    disableGeoip: fc.boolean(),
    mask: fc.constantFrom({ queryParams: 'secrets' }, { queryParams: ['a'], hash: true }, { hash: true }),
    historicalMigration: fc.boolean(),
    debug: fc.boolean(),
    beforeSend: fc.constantFrom(undefined, (event: unknown) => event),
    bootstrap: fc.constant({ distinctId: 'known' }),
    clock: fc.constant(undefined),
  },
  { requiredKeys: [] },
)

const properties = fc.constantFrom<unknown>({ plan: 'free', nested: { a: [1, 2, 3] } }, {}, undefined)
const captureOptions = fc.constantFrom<unknown>(
  undefined,
  { uuid: '0197d6a5-0000-7000-8000-000000000001' },
  { timestamp: new Date(0), distinctId: 'somebody', groups: { company: 'x' } },
)

const METHODS = [
  'capture',
  'captureBatch',
  'captureAi',
  'identify',
  'alias',
  'group',
  'groupIdentify',
  'setPersonProperties',
  'createPersonProfile',
  'register',
  'unregister',
  'getFeatureFlag',
  'onFeatureFlags',
  'on',
  'debug',
] as const satisfies (keyof PersonClient)[]

interface Call {
  method: (typeof METHODS)[number]
  args: unknown[]
}

const calls: Arbitrary<Call> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .tuple(
        fc.constantFrom<Call['method']>('capture', 'captureAi'),
        fc.oneof(fc.constantFrom<unknown>('signup', ' '), live),
        fc.oneof(properties, nearly(properties, live, 2), live),
        fc.oneof(captureOptions, nearly(captureOptions, live, 2), live),
      )
      .map(([method, ...args]) => ({ method, args })),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom(...METHODS), fc.array(fc.oneof(fc.constant('name'), live), { maxLength: 3 }))
      .map(([method, args]) => ({ method, args })),
  },
)

interface Case {
  apiKey: unknown
  options: unknown
  /** What a hook returns instead of its event, or does. */
  hooked: { kind: 'none' } | { kind: 'returns' | 'throws' | 'mutates'; value: unknown }
  calls: Call[]
}

const cases: Arbitrary<Case> = fc.record({
  apiKey: fc.oneof({ weight: 9, arbitrary: fc.constant('phc_test') }, { weight: 1, arbitrary: live }),
  options: fc.oneof(
    { weight: 3, arbitrary: validOptions },
    { weight: 6, arbitrary: nearly(validOptions, live, 3) },
    { weight: 1, arbitrary: live },
  ),
  hooked: fc.oneof(
    { weight: 3, arbitrary: fc.constant({ kind: 'none' } as const) },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constantFrom('returns', 'throws', 'mutates'), value: live }),
    },
  ),
  calls: fc.array(calls, { minLength: 1, maxLength: 4 }),
})

/** Names of events that a hostile hook is not shown, so that what it does to others can be told. */
const MARK = 'after everything'

function withHook(options: unknown, hooked: Case['hooked']): unknown {
  if (hooked.kind === 'none' || typeof options !== 'object' || options === null) return options
  const beforeSend = (event: { event: string; properties: Record<string, unknown> }) => {
    if (event.event === MARK) return event
    if (hooked.kind === 'throws') throw hooked.value
    if (hooked.kind === 'returns') return hooked.value
    event.properties.hooked = hooked.value
    return event
  }
  try {
    return { ...options, beforeSend }
  } catch {
    // It cannot be read: the client is to find that out.
    return options
  }
}

async function check(given: Case): Promise<Outcome> {
  const apiKey = given.apiKey
  const options = withHook(given.options, given.hooked) as OutlastOptions
  const started = startClient({ apiKey, options })
  const { warnings } = started
  if (!started.client) {
    const isForOptions = warnings.some((warning) => /needs a host|keep something back/.test(warning))
    hold(
      given.apiKey !== 'phc_test' || isForOptions,
      'a good key makes a client, unless it is not to capture',
      warnings,
    )
    // A logger of the case's own may have heard it.
    holdNothingElseBroke()
    return 'refused'
  }
  const { client, clock, queue, endpoint, drops } = started
  const { settings } = queue
  for (const [name, value] of Object.entries(settings)) {
    if (typeof value === 'number') hold(value >= 0 && !Number.isNaN(value), 'every setting is usable', { name, value })
  }
  for (const { method, args } of given.calls) {
    const call = client[method] as (...args: unknown[]) => unknown
    if (method === 'on' || method === 'onFeatureFlags') call.call(client, 'drop', () => undefined)
    else void call.call(client, ...args)
  }
  client.capture(MARK, { fine: true })
  let stats: Awaited<ReturnType<PersonClient['stats']>> | undefined
  let flushed = false
  await clock.advance(0)
  void client.flush().then(() => (flushed = true))
  await clock.advance(86_400_000)
  void client.stats().then((result) => (stats = result))
  await clock.advance(60_000)
  hold(flushed && stats, 'a flush and a question are answered', { flushed, stats })
  const lost = Object.values(stats.dropped).reduce((sum, count) => sum + count, 0)
  hold(stats.accepted === stats.delivered + stats.pending + lost, 'accepted = delivered + dropped + pending', stats)
  const sent = endpoint.sent.flatMap(({ body }) => body.batch)
  const marked = sent.filter(({ event }) => event === MARK)
  const room = settings.maxQueueSize > 20 && settings.maxQueueBytes > 1_000_000 && settings.maxEventBytes > 600_000
  const mine = given.options as { beforeSend?: unknown; maxEventAge?: unknown } | null
  // It is not known to whose place events go.
  const isHeld = warnings.some((warning) => warning.includes('nothing is sent until'))
  if (isHeld) hold(endpoint.sent.length === 0, 'nothing goes where it was not to go')
  else if (room && settings.maxEventAge > 0 && given.hooked.kind !== 'none') {
    hold(marked.length === 1, 'what is good is delivered, whatever came before', { drops, warnings, mine: typeof mine })
  }
  for (const drop of drops) hold(drop.detail.length > 0 && drop.detail.length < 5_000, 'a drop has a reason', drop)
  hold(endpoint.violations.length === 0, 'no request breaks the protocol', endpoint.violations)
  for (const { event, uuid, timestamp } of sent) {
    hold(typeof event === 'string' && event.trim() !== '' && /^[0-9a-f-]{36}$/.test(uuid), 'an event is one', { event })
    hold(!Number.isNaN(Date.parse(timestamp)), 'its time is one', timestamp)
  }
  for (const message of warnings) hold(message.length < 2_000, 'a warning is short', message)
  // A page asks every 30 s for what is held, a whole day here.
  if (!isHeld) clock.holdCalm()
  void client.shutdown(0)
  await clock.advance(1_000)
  holdNothingElseBroke()
  return warnings.length > 0 || drops.length > 0 ? 'refused' : 'accepted'
}

export const options: Boundary<Case> = { name: 'options', share: 4, cases, check }
