import { describe, expect, test } from 'vitest'
import { traceRequests } from '../../plugins/tracing-headers'
import { world } from './world'

/** A page's `fetch`, which notes the headers of each request. */
function pageOf(client: ReturnType<typeof world>['client']) {
  const sent: Record<string, string>[] = []
  const scope = {
    document: { baseURI: 'https://www.example.com/shop/' },
    fetch: async (_: unknown, init?: RequestInit) => {
      sent.push(Object.fromEntries(new Headers(init?.headers)))
      return new Response()
    },
  }
  traceRequests(client, ['api.example.com'], scope)
  return { scope, sent }
}

describe('tracing-headers', () => {
  test('Client injects tracing headers into allowlisted hosts', async () => {
    const { client } = world()
    const { scope, sent } = pageOf(client)
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

  test('Client does not inject tracing headers into unlisted hosts', async () => {
    const { client } = world()
    const { scope, sent } = pageOf(client)
    client.identify('user-123')
    for (const url of ['https://other.example/v1/work', 'https://v1.api.example.com/', '/v1/work', 'https://']) {
      await scope.fetch(url)
    }
    expect(sent).toEqual([{}, {}, {}, {}])
  })

  test('Client reads identity at request time', async () => {
    const { client } = world()
    const { scope, sent } = pageOf(client)
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
})
