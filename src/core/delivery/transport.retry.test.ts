import { expect, test } from 'vitest'
import { HANG, OK, results, UNREACHABLE } from '../../../test/support/core/fake-endpoint'
import { noLocks, world } from '../../../test/support/core/world'

const gaps = (sent: { at: number }[]) => sent.slice(1).map(({ at }, index) => at - (sent[index]?.at ?? 0))

test('P4: every attempt carries the same events, and v0 stamps sent_at anew', async () => {
  const { clock, capture, endpoint } = world({ settings: { flushAt: 1 } })
  endpoint.answer = (_, count) => (count < 4 ? { status: 503 } : OK)
  await capture()
  await clock.advance(10_000)
  const [first, ...more] = endpoint.sent
  expect(more).toHaveLength(3)
  for (const { body } of more) expect(body.batch).toEqual(first?.body.batch)
  expect(new Set(endpoint.sent.map(({ body }) => body.sent_at)).size).toBe(4)
})

test('v1 keeps request id and created_at, counts attempts from 1 without gaps and stamps each anew', async () => {
  const { clock, capture, endpoint } = world({ settings: { flushAt: 1 } })
  endpoint.answer = (sent, count) => (count < 4 ? { status: 500 } : results(sent, {}))
  await capture(2, { format: 'v1' })
  await clock.advance(10_000)
  const { sent } = endpoint
  expect(sent.map(({ headers }) => headers['PostHog-Attempt'])).toEqual(['1', '2', '3', '4'])
  expect(new Set(sent.map(({ headers }) => headers['PostHog-Request-Id'])).size).toBe(1)
  expect(new Set(sent.map(({ body }) => body.created_at)).size).toBe(1)
  const stamps = sent.map(({ headers }) => headers['PostHog-Request-Timestamp'] ?? '')
  expect(stamps).toEqual([...new Set(stamps)].sort())
})

test('a partial v1 answer prunes the batch in order, under the same request id', async () => {
  const { clock, capture, endpoint, balance } = world({ settings: { flushAt: 1 } })
  endpoint.answer = (sent, count) => results(sent, count === 1 ? { 1: 'retry', 2: 'drop', 3: 'retry' } : {})
  const events = (await capture(5, { format: 'v1' })).map((json) => JSON.parse(json).uuid)
  await clock.advance(0)
  expect(await balance()).toMatchObject({ delivered: 2, dropped: { rejected: 1 }, pending: 2 })
  await clock.advance(10_000)
  const [first, second] = endpoint.sent
  expect(second?.uuids).toEqual([events[1], events[3]])
  expect(second?.headers['PostHog-Request-Id']).toBe(first?.headers['PostHog-Request-Id'])
  expect(second?.headers['PostHog-Attempt']).toBe('2')
  expect(await balance()).toMatchObject({ delivered: 4, pending: 0 })
})

test('pauses double from retryInitialBackoff to retryMaxBackoff', async () => {
  const { clock, capture, endpoint } = world({ settings: { flushAt: 1, retryMaxBackoff: 1_000 } })
  endpoint.answer = () => ({ status: 503 })
  await capture()
  await clock.advance(5_000)
  expect(gaps(endpoint.sent)).toEqual([200, 400, 800, 1_000, 1_000, 1_000])
})

test('Retry-After is a minimum', async () => {
  const { clock, capture, endpoint } = world({ settings: { flushAt: 1 } })
  endpoint.answer = (_, count) => (count === 1 ? { status: 503, retryAfter: '3' } : OK)
  await capture()
  await clock.advance(2_999)
  expect(endpoint.sent).toHaveLength(1)
  await clock.advance(1)
  expect(endpoint.sent).toHaveLength(2)
})

test.each(['86401', '9'.repeat(320), 'Fri, 31 Dec 9999 23:59:59 GMT'])(
  'P6: a hostile Retry-After of %s is cut to retryMaxBackoff',
  async (retryAfter) => {
    const { clock, capture, endpoint } = world({ settings: { flushAt: 1, retryMaxBackoff: 60_000 } })
    endpoint.answer = (_, count) => (count === 1 ? { status: 429, retryAfter } : OK)
    await capture()
    await clock.advance(60_000)
    expect(endpoint.sent).toHaveLength(2)
  },
)

test('an absurd back-off is cut to one day, and no timer is longer', async () => {
  const day = 86_400_000
  const settings = { flushAt: 1, retryInitialBackoff: day * 365, retryMaxBackoff: day * 365, flushInterval: day * 365 }
  const { clock, capture, endpoint } = world({ settings, random: () => 0.999 })
  endpoint.answer = (_, count) => (count < 3 ? { status: 503, retryAfter: String(10 * day) } : OK)
  await capture()
  await clock.advance(day)
  expect(endpoint.sent).toHaveLength(2)
  await clock.advance(day)
  expect(endpoint.sent).toHaveLength(3)
  for (const delay of clock.delays) expect(delay).toBeLessThanOrEqual(day)
})

test.each([
  { name: 'answered failures', answer: { status: 500 } as const, attempts: 4 },
  { name: 'timeouts', answer: HANG, attempts: 4 },
])('maxRetries ends $name with attempts_exhausted', async ({ answer, attempts }) => {
  const { clock, capture, endpoint, balance, reports } = world({ settings: { flushAt: 1, maxRetries: 3 } })
  endpoint.answer = () => answer
  await capture(2)
  await clock.advance(600_000)
  expect(endpoint.sent).toHaveLength(attempts)
  expect(await balance()).toMatchObject({ pending: 0, dropped: { attempts_exhausted: 2 } })
  expect(reports.filter(({ type }) => type === 'drop')).toHaveLength(1)
})

test('an endpoint that cannot be reached uses up no retry', async () => {
  const { clock, capture, endpoint, balance } = world({
    settings: { flushAt: 1, maxRetries: 0, retryMaxBackoff: 1_000 },
  })
  endpoint.answer = (_, count) => (count < 20 ? UNREACHABLE : OK)
  await capture()
  await clock.advance(60_000)
  expect(await balance()).toMatchObject({ delivered: 1, pending: 0 })
})

test('P5: a page where events should go uses up no retry, is told, and no network that comes back brings it forward', async () => {
  const settings = { flushAt: 1, maxRetries: 0, retryInitialBackoff: 10_000, retryMaxBackoff: 10_000 }
  const { clock, capture, endpoint, balance, transport, go } = world({ settings })
  endpoint.answer = (_, count) => (count < 4 ? { kind: 'not_taken', detail: 'answered with a page' } : OK)
  await capture()
  await clock.advance(0)
  expect(await transport.wake()).toMatchObject({ blockedBy: 'answered with a page' })
  go('online')
  await clock.advance(9_999)
  expect(endpoint.sent).toHaveLength(1)
  await clock.advance(60_000)
  expect(endpoint.sent).toHaveLength(4)
  expect(await balance()).toMatchObject({ delivered: 1, pending: 0 })
  expect(await transport.wake()).not.toHaveProperty('blockedBy')
})

test.each([
  { requestTimeout: 30_000, afterMs: 5_000 },
  { requestTimeout: 1_000, afterMs: 1_000 },
])(
  'P6: a compressor that never settles holds a request for $afterMs ms, and the body then goes as it is',
  async ({ requestTimeout, afterMs }) => {
    const settings = { flushAt: 1, maxConcurrentRequests: 1, requestTimeout, compression: 'gzip' } as const
    const { clock, capture, endpoint, balance } = world({ settings, compress: () => new Promise(() => undefined) })
    await capture()
    await clock.advance(afterMs - 1)
    expect(endpoint.sent).toHaveLength(0)
    await clock.advance(1)
    expect(endpoint.sent).toHaveLength(1)
    expect(endpoint.sent[0]?.headers).not.toHaveProperty('Content-Encoding')
    await capture()
    await clock.advance(afterMs)
    expect(await balance()).toMatchObject({ delivered: 2, pending: 0 })
  },
)

test('P6: a pause does not wait for a compressor that never settles', async () => {
  const settings = { flushAt: 1, compression: 'gzip' } as const
  const { clock, capture, transport, endpoint } = world({ settings, compress: () => new Promise(() => undefined) })
  await capture()
  await clock.advance(0)
  let paused = false
  void transport.pause().then(() => (paused = true))
  await clock.advance(0)
  expect(paused).toBe(true)
  expect(endpoint.sent).toHaveLength(0)
})

test('maxEventAge ends retries', async () => {
  const { clock, capture, endpoint, balance } = world({ settings: { flushAt: 1, maxEventAge: 60_000 } })
  endpoint.answer = () => ({ status: 503 })
  await capture(3)
  await clock.advance(120_000)
  expect(await balance()).toMatchObject({ pending: 0, dropped: { expired: 3 } })
})

test('P6: with 1000 waiting batches a failing endpoint gets few requests, and fewer as it goes on failing', async () => {
  const settings = { maxBatchSize: 1, flushAt: 1, maxConcurrentRequests: 3 }
  const { clock, capture, endpoint, transport } = world({ settings })
  endpoint.answer = () => ({ status: 503 })
  await capture(1_000)
  await transport.flush()
  const flushed = endpoint.sent.length
  expect(flushed).toBeGreaterThanOrEqual(1_000)
  await clock.advance(60_000)
  expect(endpoint.sent.length - flushed).toBeLessThan(10)
  const before = endpoint.sent.length
  await clock.advance(600_000)
  expect(endpoint.sent.length - before).toBeLessThanOrEqual(20)
}, 30_000)

test('P6: waiting batches that have hardly failed yet do not shorten the pause of a failing endpoint', async () => {
  const settings = { maxBatchSize: 1, flushAt: 1, maxConcurrentRequests: 1 }
  const { clock, capture, endpoint } = world({ settings })
  endpoint.answer = () => ({ status: 503 })
  await capture(50)
  await clock.advance(120_000) // All 50 have been in a request once, a second apart.
  expect(new Set(endpoint.sent.flatMap(({ uuids }) => uuids)).size).toBe(50)
  const before = endpoint.sent.length
  await clock.advance(300_000)
  expect(endpoint.sent.length - before).toBeLessThanOrEqual(11)
})

test('recovery drains everything promptly', async () => {
  const settings = { maxBatchSize: 1, flushAt: 1, retryMaxBackoff: 30_000 }
  const { clock, capture, endpoint, transport, balance } = world({ settings })
  endpoint.answer = () => ({ status: 503 })
  await capture(200)
  await transport.flush()
  await clock.advance(300_000)
  endpoint.answer = () => OK
  await clock.advance(36_001)
  expect(await balance()).toMatchObject({ delivered: 200, pending: 0 })
}, 30_000)

test('the network coming back is tried at once', async () => {
  const { clock, capture, endpoint, go, balance } = world({ settings: { maxBatchSize: 1, flushAt: 1 } })
  endpoint.answer = () => UNREACHABLE
  await capture(5)
  await clock.advance(600_000)
  endpoint.answer = () => OK
  const before = endpoint.sent.length
  go('online')
  await clock.advance(100)
  expect(endpoint.sent.length).toBeGreaterThan(before)
  expect(await balance()).toMatchObject({ delivered: 5, pending: 0 })
})

test('a pause that the server asked for holds for everything', async () => {
  const { clock, capture, endpoint } = world({ settings: { flushAt: 1 } })
  endpoint.answer = (_, count) => (count === 1 ? { status: 429, retryAfter: '20' } : OK)
  await capture()
  await clock.advance(1_000)
  await capture()
  await clock.advance(18_000)
  expect(endpoint.sent).toHaveLength(1)
  await clock.advance(2_000)
  expect(endpoint.taken.size).toBe(2)
})

test('a later failure without Retry-After does not shorten the pause that the server asked for', async () => {
  const { clock, capture, endpoint } = world({ settings: { flushAt: 1, maxBatchSize: 1 } })
  endpoint.answer = (_, count) => {
    if (count === 1) return { status: 503, retryAfter: '20', afterMs: 10 }
    return count === 2 ? { status: 503, afterMs: 20 } : OK
  }
  await capture(2)
  await clock.advance(19_000)
  expect(endpoint.sent).toHaveLength(2)
  await clock.advance(2_000)
  expect(endpoint.taken.size).toBe(2)
})

test('a batch that the endpoint always chokes on holds up nobody else', async () => {
  const { clock, capture, endpoint } = world({ settings: { flushAt: 1, maxBatchSize: 1 } })
  endpoint.answer = ({ body }) => (body.batch[0]?.event === 'event 1' ? { status: 500 } : OK)
  await capture()
  for (let n = 0; n < 10; n++) {
    await capture()
    await clock.advance(2_000)
  }
  expect(endpoint.taken.size).toBe(10)
})

test('413 halves a batch until the event that is too large stands alone', async () => {
  const { clock, capture, endpoint, balance } = world({ settings: { flushAt: 8 } })
  endpoint.answer = ({ body }) => (body.batch.some(({ event }) => event === 'event 3') ? { status: 413 } : OK)
  await capture(8)
  await clock.advance(1_000)
  expect(await balance()).toMatchObject({ delivered: 7, pending: 0, dropped: { too_large: 1 } })
})

test('413 in v1 makes new batches: a new request id each, from attempt 1', async () => {
  const { clock, capture, endpoint } = world({ settings: { flushAt: 2 } })
  endpoint.answer = (sent) => (sent.uuids.length > 1 ? { status: 413 } : results(sent, {}))
  await capture(2, { format: 'v1' })
  await clock.advance(1_000)
  expect(endpoint.sent.map(({ headers }) => headers['PostHog-Attempt'])).toEqual(['1', '1', '1'])
  expect(new Set(endpoint.sent.map(({ headers }) => headers['PostHog-Request-Id'])).size).toBe(3)
})

test('after a 413 batches stay small and grow back', async () => {
  const { clock, capture, endpoint } = world({ settings: { flushAt: 10, maxBatchSize: 10 } })
  endpoint.answer = (_, count) => (count === 1 ? { status: 413 } : OK)
  await capture(10)
  await clock.advance(100)
  for (let n = 0; n < 8; n++) {
    await capture(10)
    await clock.advance(100)
  }
  const largest = endpoint.sent.map(({ uuids }) => uuids.length)
  expect(largest[1]).toBe(5)
  expect(Math.max(...largest.slice(1))).toBeLessThanOrEqual(10)
  expect(largest.at(-1)).toBeGreaterThan(5)
})

test('a rejected batch is dropped with its status and the next one goes out', async () => {
  const { clock, capture, endpoint, reports, balance } = world({ settings: { flushAt: 1 } })
  endpoint.answer = (_, count) => (count === 1 ? { status: 401 } : OK)
  await capture(2)
  await clock.advance(0)
  await capture(1)
  await clock.advance(100)
  expect(await balance()).toMatchObject({ delivered: 1, dropped: { rejected: 2 }, pending: 0 })
  expect(reports).toContainEqual(expect.objectContaining({ type: 'drop', reason: 'rejected', status: 401, count: 2 }))
})

test('a compressor that fails sends the text as it is; one that throws synchronously costs a retry, not the events', async () => {
  const { createTransport } = await import('./transport')
  const w = world({ settings: { flushAt: 1, compression: 'gzip' } })
  let calls = 0
  const transport = createTransport(w.queue, {
    clock: w.clock,
    random: () => 0,
    newId: () => '00000000-0000-7000-8000-00000000ffff',
    sender: w.endpoint,
    compress() {
      calls += 1
      if (calls === 1) throw new Error('no memory')
      return Promise.reject(new Error('no memory'))
    },
    locks: noLocks,
    report: () => undefined,
    hooks: [],
    senderId: 'page:2',
  })
  await w.transport.append(w.config, {
    producer: 'p',
    seq: 1,
    at: 0,
    skew: 0,
    lane: 'live',
    format: 'v0',
    dropped: {},
    events: await import('../../../test/support/core/fixtures').then(({ eventsFrom }) => eventsFrom(1, 1)),
  })
  await transport.wake()
  await w.clock.advance(1_000)
  await transport.wake()
  await w.clock.advance(0)
  expect(w.endpoint.sent).toHaveLength(1)
  expect(w.endpoint.sent[0]?.headers).not.toHaveProperty('Content-Encoding')
  expect(await w.balance()).toMatchObject({ delivered: 1 })
})

test('a sender that throws costs a retry, not the events', async () => {
  const w = world({ settings: { flushAt: 1 } })
  const send = w.endpoint.send.bind(w.endpoint)
  let broken = true
  w.endpoint.send = (...args) => {
    if (broken) throw new TypeError('patched')
    return send(...args)
  }
  await w.capture()
  await w.clock.advance(1_000)
  broken = false
  await w.clock.advance(60_000)
  expect(await w.balance()).toMatchObject({ delivered: 1, pending: 0 })
})

test('P7: a batch that another sender failed with meanwhile is a second request, and counts as one', async () => {
  const settings = { flushAt: 1, maxConcurrentRequests: 2 }
  const one = world({ settings, locks: noLocks, senderId: 'worker:1' })
  one.endpoint.answer = () => ({ status: 200, afterMs: 5_000 })
  await one.capture()
  await one.clock.advance(0)
  // A second worker cannot know that the first one lives: it takes the batch over, and fails.
  const { clock, database, config } = one
  const two = world({ settings, locks: noLocks, senderId: 'worker:2', clock, database })
  two.endpoint.answer = () => ({ status: 503 })
  await two.transport.configure(config)
  await two.transport.wake()
  await clock.advance(1_000)
  for (let count = 0; count < 3; count++) await one.capture()
  await clock.advance(1_000)
  expect(one.endpoint.sent.length).toBeGreaterThan(1)
  expect(one.endpoint.mostInFlight).toBe(2)
})
