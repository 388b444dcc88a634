import { describe, expect, test } from 'vitest'
import { flagsAnswer, on } from '../../../test/support/client/flags-endpoint'
import { BEGIN, TOKEN, type World, watch, world } from '../../../test/support/client/world'
import { type Answer, HANG, UNREACHABLE } from '../../../test/support/core/fake-endpoint'

test('HTTP client sends ingestion requests with authentication and JSON payload', async () => {
  const w = world()
  w.client.capture('one')
  await w.client.flush()
  expect(w.endpoint.sent).toHaveLength(1)
  const { url, body } = w.endpoint.sent[0] ?? {}
  expect(url).toMatch(/^https:\/\/events\.example\.com\/(batch|e)\//)
  expect(body).toMatchObject({ api_key: TOKEN, batch: [{ event: 'one', properties: { token: TOKEN } }] })
})

test('HTTP client treats successful status codes as delivered', async () => {
  const w = world()
  w.client.capture('one')
  await w.client.flush()
  expect(await w.client.stats()).toEqual({ accepted: 1, delivered: 1, pending: 0, dropped: {} })
})

test('HTTP client reports retryable failures without throwing to capture callers', async () => {
  const w = world()
  w.endpoint.answer = () => ({ status: 503 })
  expect(() => w.client.capture('one')).not.toThrow()
  await expect(w.client.flush()).resolves.toMatchObject({ pending: 1 })
  expect(await w.client.pending()).toBe(1)
})

describe('flags', () => {
  /** The answers, one after the other; the last one is repeated for ever. */
  const answering = (w: World, ...answers: Answer[]) => {
    w.flags.answer = (_, count) => answers[Math.min(count, answers.length) - 1] as Answer
  }
  const times = (w: World) => w.flags.sent.map(({ at }) => at - BEGIN)
  const GOOD = flagsAnswer({ beta: on() })

  test('Flags request retries one transient transport failure by default', async () => {
    const w = world()
    answering(w, HANG, GOOD)
    const reload = watch(w.client.reloadFeatureFlags())
    await w.clock.advance(3_299)
    expect(times(w)).toEqual([0])
    await w.clock.advance(1)
    expect(times(w)).toEqual([0, 3_300])
    expect(reload.settled).toBe(true)
    expect(await w.client.getFeatureFlag('beta')).toBe(true)
    expect(w.flags.sent).toHaveLength(2)
  })

  test.each([
    ['502', { status: 502 }],
    ['504', { status: 504 }],
    ['an endpoint that cannot be reached', UNREACHABLE],
  ] as [string, Answer][])(
    'Flags request retries transient gateway HTTP status errors by default: %s',
    async (_, bad) => {
      const w = world()
      answering(w, bad, GOOD)
      const value = watch(w.client.getFeatureFlag('beta'))
      await w.clock.advance(299)
      expect(times(w)).toEqual([0])
      await w.clock.advance(1)
      expect(times(w)).toEqual([0, 300])
      expect(value.value).toBe(true)
      const [first, second] = w.flags.sent
      expect(second?.url).toEqual(first?.url)
      expect(second?.body).toEqual(first?.body)
      expect(second?.headers).toEqual(first?.headers)
    },
  )

  test.each([503, 500, 408, 429, 400, 401])(
    'Flags request does not retry non-transient HTTP status errors: %d',
    async (status) => {
      const w = world()
      answering(w, GOOD, { status })
      await w.client.reloadFeatureFlags()
      await expect(w.client.reloadFeatureFlags()).resolves.toBeUndefined()
      await w.clock.advance(60_000)
      expect(w.flags.sent).toHaveLength(2)
      expect(await w.client.getFeatureFlag('beta')).toBe(true)
      expect(w.warnings).toEqual([expect.stringContaining(String(status))])
    },
  )

  test('Zero configured flag retries disables retry', async () => {
    const w = world({ options: { featureFlagsRequestMaxRetries: 0 } })
    answering(w, HANG)
    const reload = watch(w.client.reloadFeatureFlags())
    await w.clock.advance(60_000)
    expect(w.flags.sent).toHaveLength(1)
    expect(reload.settled).toBe(true)
  })

  test('Configured flag retries use 300ms exponential backoff', async () => {
    const w = world({ options: { featureFlagsRequestMaxRetries: 2 } })
    answering(w, { status: 502 })
    const reload = watch(w.client.reloadFeatureFlags())
    await w.clock.advance(60_000)
    expect(times(w)).toEqual([0, 300, 900])
    expect(reload.settled).toBe(true)
  })

  test('a retry of flags is none of the queue: events go out meanwhile', async () => {
    const w = world({ options: { flushAt: 1 } })
    answering(w, HANG)
    void w.client.reloadFeatureFlags()
    w.client.capture('one')
    await w.settle()
    expect(w.endpoint.sent).toHaveLength(1)
  })

  test('a request of flags is given up after featureFlagsRequestTimeout', async () => {
    const w = world({ options: { featureFlagsRequestTimeout: 500, featureFlagsRequestMaxRetries: 0 } })
    answering(w, HANG)
    const reload = watch(w.client.reloadFeatureFlags())
    await w.clock.advance(500)
    expect(w.flags.sent[0]?.timeoutMs).toBe(500)
    expect(reload.settled).toBe(true)
  })
})
