/** A client whose events go to an endpoint of the site's own: `captureMode: 'json'`. */

import { expect, test } from 'vitest'
import { type WorldOptions, world } from '../../test/support/client/world'
import type { CommonOptions } from './types'

const HOST = 'https://collect.example.com'
const own = (options: CommonOptions = {}, early?: WorldOptions['early']) =>
  world({
    options: { host: HOST, captureMode: 'json', endpoint: '/in', flushAt: 1, ...options },
    ...(early ? { early } : {}),
  })

test("events are posted plain to the site's path, those that the first code has made too", async () => {
  const w = own({}, (client) => client.capture('early', { big: 1n }))
  w.client.capture('late', { total: 42 })
  w.client.identify('ann', { plan: 'free' })
  await w.client.flush()
  const { sent } = w.endpoint
  expect(new Set(sent.map(({ url }) => url))).toEqual(new Set([`${HOST}/in`]))
  const events = sent.flatMap(({ body }) => body.batch as unknown as Record<string, Record<string, unknown>>[])
  expect(events.map(({ event }) => event)).toEqual(['early', 'late', '$identify'])
  expect(events[0]?.properties).toMatchObject({ big: '1', $lib: 'outlast' })
  expect(events[1]?.properties).toMatchObject({ total: 42 })
  expect(events[2]).toMatchObject({ distinctId: 'ann', properties: { $set: { plan: 'free' } } })
  for (const { properties } of events) {
    expect(properties).not.toHaveProperty('token')
    expect(properties).not.toHaveProperty('distinct_id')
  }
  for (const { body } of sent) expect(Object.keys(body)).toEqual(['sentAt', 'batch'])
  expect(w.warnings).toEqual([])
})

test('without a path of choice it is /events', async () => {
  const w = own({ endpoint: undefined })
  w.client.capture('one')
  await w.client.flush()
  expect(w.endpoint.sent.map(({ url }) => url)).toEqual([`${HOST}/events`])
})

test('there are no feature flags: nothing is asked for, each has its default, and it is said once', async () => {
  const w = own()
  expect(await w.client.getFeatureFlag('beta')).toBeUndefined()
  expect(await w.client.isFeatureEnabled('beta', { defaultValue: true })).toBe(true)
  expect(await w.client.getFeatureFlagsAndPayloads()).toEqual({ flags: {}, payloads: {} })
  await w.client.reloadFeatureFlags()
  w.client.onFeatureFlags(() => undefined)
  await w.settle()
  expect(w.flags.sent).toEqual([])
  expect(w.warnings).toEqual([expect.stringContaining("there are no feature flags with captureMode 'json'")])
})

test('events of captureAi go where all go, also early ones, and it is said once', async () => {
  const w = own({}, (client) => client.captureAi('$ai_generation', { n: 1 }))
  w.client.captureAi('$ai_generation', { n: 2 })
  w.client.captureAi('$ai_generation', { n: 3 })
  await w.client.flush()
  expect(new Set(w.endpoint.sent.map(({ url }) => url))).toEqual(new Set([`${HOST}/in`]))
  expect(await w.client.stats()).toMatchObject({ delivered: 3 })
  expect(w.warnings).toEqual([expect.stringContaining('captureAi has no endpoint of its own')])
})

test.each([
  ['a path that is none', { endpoint: 'events' }, 'endpoint must be a path of host'],
  ['no host', { host: undefined }, 'needs the host that receives the events'],
  ['an endpoint without the mode', { captureMode: undefined }, "endpoint is a path of captureMode 'json'"],
  ['an endpoint of another mode', { captureMode: 'v1' as const }, "endpoint is a path of captureMode 'json'"],
])('P10: %s: nothing is sent to anyone, events wait, and it is said', async (_, options, said) => {
  const w = own(options)
  w.client.capture('one')
  w.client.captureAi('two')
  await w.client.flush()
  await w.clock.advance(60_000)
  expect(w.requests).toBe(0)
  expect(await w.client.stats()).toMatchObject({ pending: 2, dropped: {} })
  expect(w.warnings).toContainEqual(expect.stringContaining(said))
})

test.each([
  [{ bodyFormat: 'xml' }, "bodyFormat must be 'json' or 'ndjson'"],
  [{ compression: 'deflate' }, "compression must be 'gzip' unless captureMode is 'v1'"],
])('P11: %o has one warning, and events go', async (options, said) => {
  const w = own(options as CommonOptions)
  w.client.capture('one')
  await w.client.flush()
  expect(await w.client.stats()).toMatchObject({ delivered: 1 })
  expect(w.warnings).toEqual([expect.stringContaining(said)])
})

test('a site that goes over to an endpoint of its own on the same host: what waits for PostHog goes there too', async () => {
  const w = world({ options: { host: HOST } })
  w.endpoint.answer = () => ({ status: 503 })
  w.client.capture('before')
  await w.client.flush()
  w.endpoint.sent.length = 0
  w.endpoint.answer = () => ({ status: 200 })
  const next = w.restart({ captureMode: 'json', endpoint: '/in' })
  next.client.capture('after')
  await next.client.flush()
  await next.clock.advance(60_000)
  expect(new Set(w.endpoint.sent.map(({ url }) => url))).toEqual(new Set([`${HOST}/in`]))
  expect(w.endpoint.sent.flatMap(({ body }) => body.batch.map(({ event }) => event)).sort()).toEqual([
    'after',
    'before',
  ])
})
