import { describe, expect, test } from 'vitest'
import { world } from '../../../test/support/client/world'
import { fetchSender } from '../../adapters/fetch-sender'
import { followingSender } from '../../adapters/following-sender'
import { traceRequests } from '../../plugins/tracing-headers'

/** A page's `fetch`, which notes the headers of each request, and what the client has on the device. */
function pageOf({ client, kept }: ReturnType<typeof world>, navigator = {}) {
  const sent: Record<string, string>[] = []
  const scope = {
    navigator,
    document: { baseURI: 'https://www.example.com/shop/' },
    get localStorage() {
      return Object.fromEntries([...kept].map(([key, value]) => [`outlast:phc_test:${key}`, value]))
    },
    fetch: async (input: unknown, init?: RequestInit) => {
      sent.push(Object.fromEntries(input instanceof Request ? input.headers : new Headers(init?.headers)))
      return new Response()
    },
  }
  traceRequests(client, ['api.example.com'], scope)
  return { scope, sent }
}

describe('tracing-headers', () => {
  test('Client injects tracing headers into allowlisted hosts', async () => {
    const w = world()
    const { client } = w
    const { scope, sent } = pageOf(w)
    client.identify('user-123')
    await scope.fetch('https://api.example.com/v1/work', {
      headers: { 'x-own': '1', 'X-PostHog-Distinct-Id': 'stale' },
    })
    expect(sent).toEqual([
      {
        'x-own': '1',
        'x-posthog-distinct-id': 'user-123',
        'x-posthog-session-id': client.getSessionId(),
        'x-posthog-window-id': client.getWindowId(),
      },
    ])
  })

  test.each([{ doNotTrack: '1' }, { globalPrivacyControl: true }])(
    'P10: where the browser says %j, no request has them before the client may have heeded it',
    async (says) => {
      const w = world()
      const { scope, sent } = pageOf(w, says)
      await scope.fetch('https://api.example.com/v1/work')
      await w.client.ready
      await scope.fetch('https://api.example.com/v1/work')
      expect(sent).toEqual([{}, expect.objectContaining({ 'x-posthog-distinct-id': w.client.getDistinctId() })])
    },
  )

  test('Client does not inject tracing headers into unlisted hosts', async () => {
    const w = world()
    const { client } = w
    const { scope, sent } = pageOf(w)
    client.identify('user-123')
    for (const url of ['https://other.example/v1/work', 'https://v1.api.example.com/', '/v1/work', 'https://']) {
      await scope.fetch(url)
    }
    expect(sent).toEqual([{}, {}, {}, {}])
  })

  test('Client reads identity at request time', async () => {
    const w = world()
    const { client } = w
    const { scope, sent } = pageOf(w)
    await scope.fetch('https://API.example.com:8443/v1/work')
    client.identify('user-123')
    await scope.fetch(new Request('https://api.example.com/v1/work', { headers: { 'x-own': '1' } }))
    client.optOut()
    await scope.fetch('https://api.example.com/v1/work')
    expect(sent.map((headers) => headers['x-posthog-distinct-id'])).toEqual([
      client.getAnonymousId(),
      'user-123',
      undefined,
    ])
    expect(sent[1]).toHaveProperty('x-own', '1')
  })

  test("P5: outlast's own requests to a listed host get no headers, and are delivered as without them", async () => {
    const { scope, sent } = pageOf(world())
    for (const senderOf of [fetchSender, followingSender]) {
      const request = { url: 'https://api.example.com/batch/', headers: { 'content-type': 'text/plain' }, body: 'x' }
      await senderOf({ fetch: scope.fetch as typeof fetch }).send(request, { timeoutMs: 1_000, readBody: false })
    }
    expect(sent).toEqual([{ 'content-type': 'text/plain' }, { 'content-type': 'text/plain' }])
  })

  test('a page that only asks its server again and again does not keep a session from ending', async () => {
    const w = world()
    const { scope, sent } = pageOf(w)
    w.client.capture('active')
    const first = w.client.getSessionId()
    for (let minute = 0; minute < 40; minute++) {
      await scope.fetch('https://api.example.com/poll')
      w.clock.jump(60_000)
    }
    w.client.capture('active again')
    expect(w.last().$session_id).not.toBe(first)
    expect(new Set(sent.slice(0, 30).map((headers) => headers['x-posthog-session-id']))).toEqual(new Set([first]))
  })
})
