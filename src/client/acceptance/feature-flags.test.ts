import { describe, expect, test, vi } from 'vitest'
import { flagsAnswer, on } from '../../../test/support/client/flags-endpoint'
import { TOKEN, type World, watch, world } from '../../../test/support/client/world'
import { type Answer, HANG, UNREACHABLE } from '../../../test/support/core/fake-endpoint'

function answering(answer: Answer, w = world()): World {
  w.flags.answer = () => answer
  return w
}

const json = (body: unknown): Answer => ({ status: 200, body: JSON.stringify(body) })

describe('the request', () => {
  test('for all flags: the person of the page, nothing else, and no Authorization', async () => {
    const w = world()
    await w.client.reloadFeatureFlags()
    expect(w.flags.sent).toHaveLength(1)
    const { url, headers, body, timeoutMs } = w.flags.sent[0] ?? {}
    expect([url?.origin, url?.pathname, url?.search]).toEqual(['https://events.example.com', '/flags/', '?v=2'])
    expect(headers).toMatchObject({ 'Content-Type': 'application/json' })
    expect(Object.keys(headers ?? {}).map((name) => name.toLowerCase())).not.toContain('authorization')
    expect(body).toEqual({
      token: TOKEN,
      distinct_id: w.client.getDistinctId(),
      groups: {},
      person_properties: {},
      group_properties: {},
      geoip_disable: false,
      $device_id: w.client.getAnonymousId(),
    })
    expect(timeoutMs).toBe(3_000)
  })

  test('P6: has the headers of a function, asked for anew each time; without them none is made', async () => {
    let given: (() => Record<string, string>) | undefined
    let count = 0
    const requestHeaders = async () => (given ? given() : Promise.reject(new Error('signed out')))
    const w = world({ options: { requestHeaders } })
    await w.client.reloadFeatureFlags()
    expect(w.flags.sent).toEqual([])
    given = () => ({ Authorization: `Bearer ${++count}` })
    await w.client.reloadFeatureFlags()
    await w.client.reloadFeatureFlags()
    expect(w.flags.sent.map(({ headers }) => headers.Authorization)).toEqual(['Bearer 1', 'Bearer 2'])
  })

  test('follows identify and group', async () => {
    const w = world()
    w.client.identify('ada')
    w.client.group('company', 'acme')
    await w.client.reloadFeatureFlags()
    expect(w.flags.sent[0]?.body).toMatchObject({ distinct_id: 'ada', groups: { company: 'acme' } })
  })

  test('for one flag: what the call gives', async () => {
    const w = world()
    await w.client.getFeatureFlag('beta', {
      distinctId: 'ada',
      groups: { company: 'acme' },
      personProperties: { $device_id: 'device', plan: 'pro' },
      groupProperties: { company: { plan: 'pro' } },
      disableGeoip: true,
    })
    expect(w.flags.sent[0]?.body).toMatchObject({
      distinct_id: 'ada',
      groups: { company: 'acme' },
      person_properties: { $device_id: 'device', plan: 'pro' },
      group_properties: { company: { plan: 'pro' } },
      geoip_disable: true,
      flag_keys_to_evaluate: ['beta'],
    })
  })

  test('the distinct id is not copied into the person properties', async () => {
    const w = world()
    await w.client.getFeatureFlag('beta', { distinctId: 'ada', personProperties: { plan: 'pro' } })
    expect(w.flags.sent[0]?.body.person_properties).toEqual({ plan: 'pro' })
  })

  test.each([
    [{}, true, true],
    [{ disableGeoip: false }, true, false],
    [{ disableGeoip: true }, false, true],
    [{ disableGeoip: false }, false, false],
  ])('geoip_disable: call %j, client %j: %j', async (options, disableGeoip, expected) => {
    const w = world({ options: { disableGeoip } })
    await w.client.getFeatureFlag('beta', options)
    expect(w.flags.sent[0]?.body.geoip_disable).toBe(expected)
  })

  test('forceRemote asks for each read', async () => {
    const w = answering(flagsAnswer({ beta: on() }))
    expect(await w.client.getFeatureFlag('beta', { forceRemote: true })).toBe(true)
    expect(await w.client.getFeatureFlag('beta', { forceRemote: true })).toBe(true)
    expect(w.flags.sent.map(({ body }) => body.flag_keys_to_evaluate)).toEqual([['beta'], ['beta']])
  })

  test('an option that asks nothing else of the server makes no request of its own', async () => {
    const w = answering(flagsAnswer({ beta: on() }))
    await w.client.reloadFeatureFlags()
    expect(await w.client.getFeatureFlags({ sendEvent: false, forceRemote: false })).toEqual({ beta: true })
    expect(w.flags.sent).toHaveLength(1)
  })

  test('no init and no capture makes one', async () => {
    const w = world()
    w.client.capture('one')
    await w.client.flush()
    expect(w.flags.sent).toEqual([])
  })

  test('opted out: none', async () => {
    const w = world()
    w.client.optOut()
    expect(await w.client.getFeatureFlag('beta')).toBeUndefined()
    expect(await w.client.isFeatureEnabled('beta')).toBeUndefined()
    expect(await w.client.getFeatureFlagPayload('beta')).toBeUndefined()
    expect(await w.client.getFeatureFlags()).toEqual({})
    await w.client.reloadFeatureFlags()
    expect(w.requests).toBe(0)
  })

  test('opted out while the code of flags was still loading: none', async () => {
    const w = world()
    const read = w.client.getFeatureFlag('beta')
    w.client.optOut()
    expect(await read).toBeUndefined()
    expect(w.requests).toBe(0)
  })

  test.each([
    ['opt-out', (w: World) => w.client.optOut()],
    ['reset', (w: World) => w.client.reset()],
    ['shutdown', (w: World) => void w.client.shutdown()],
  ])('%s while one waits to be made again: it is not, and the call is over', async (_, end) => {
    const w = answering({ status: 502 })
    const read = watch(w.client.getFeatureFlag('beta', { distinctId: 'ada' }))
    await w.clock.advance(100)
    end(w)
    await w.clock.advance(60_000)
    expect(w.flags.sent.filter(({ body }) => body.distinct_id === 'ada')).toHaveLength(1)
    expect(read).toEqual({ settled: true, value: undefined })
  })
})

describe('the answer', () => {
  const v2 = flagsAnswer({
    beta: on(),
    color: on('blue', { payload: '{"hex":"#00f"}' }),
    off: { enabled: false, variant: 'ignored' },
  })
  const legacy = json({
    featureFlags: { beta: true, color: 'blue', off: false },
    featureFlagPayloads: { color: '{"hex":"#00f"}' },
  })

  test.each([
    ['v2', v2],
    ['legacy', legacy],
  ])('%s: values, variants and payloads', async (_, answer) => {
    const { client } = answering(answer)
    expect(await client.getFeatureFlags()).toEqual({ beta: true, color: 'blue', off: false })
    expect(await client.getFeatureFlag('color')).toBe('blue')
    expect(await client.getFeatureFlag('off')).toBe(false)
    expect(await client.getFeatureFlag('nothing')).toBeUndefined()
    expect(await client.isFeatureEnabled('color')).toBe(true)
    expect(await client.isFeatureEnabled('off')).toBe(false)
    expect(await client.isFeatureEnabled('nothing')).toBeUndefined()
    expect(await client.getFeatureFlagPayload('color')).toEqual({ hex: '#00f' })
    expect(await client.getFeatureFlagPayload('beta')).toBeUndefined()
  })

  test('`flags` selects the present shape', async () => {
    const { client } = answering(json({ flags: { beta: on() }, featureFlags: { old: true } }))
    expect(await client.getFeatureFlags()).toEqual({ beta: true })
  })

  test.each([
    ['{"a":1}', { a: 1 }],
    ['[1]', [1]],
    ['5', 5],
    ['"text"', 'text'],
    ['false', false],
    ['null', null],
    ['not json {', 'not json {'],
    ['', ''],
    [{ already: 'parsed' }, { already: 'parsed' }],
    [0, 0],
  ])('payload %j is read as %j', async (payload, expected) => {
    const w = answering(flagsAnswer({ beta: on(undefined, { payload }) }))
    expect(await w.client.getFeatureFlagPayload('beta')).toEqual(expected)
    answering(json({ featureFlags: { beta: true }, featureFlagPayloads: { beta: payload } }), w)
    await w.client.reloadFeatureFlags()
    expect(await w.client.getFeatureFlagPayload('beta')).toEqual(expected)
  })

  test('errorsWhileComputingFlags: what is missing keeps what it had', async () => {
    const w = answering(flagsAnswer({ beta: on(), color: on('blue') }))
    await w.client.reloadFeatureFlags()
    answering(flagsAnswer({ color: on('red') }, { errorsWhileComputingFlags: true }), w)
    await w.client.reloadFeatureFlags()
    expect(await w.client.getFeatureFlags()).toEqual({ beta: true, color: 'red' })
    expect(await w.restart().client.getFeatureFlags()).toEqual({ beta: true, color: 'red' })
    answering(flagsAnswer({ color: on('red') }), w)
    await w.client.reloadFeatureFlags()
    expect(await w.client.getFeatureFlags()).toEqual({ color: 'red' })
  })

  test.each([
    ['an array', ['events', 'feature_flags']],
    ['a boolean', true],
  ])('quotaLimited as %s keeps the cache', async (_, quotaLimited) => {
    const w = answering(flagsAnswer({ beta: on() }))
    await w.client.reloadFeatureFlags()
    answering(flagsAnswer({}, { quotaLimited }), w)
    await w.client.reloadFeatureFlags()
    expect(await w.client.getFeatureFlag('beta')).toBe(true)
    expect(await w.restart().client.getFeatureFlag('beta')).toBe(true)
  })

  test.each([[['recordings']], [false], [[]]])('quotaLimited %j is none of ours', async (quotaLimited) => {
    const w = answering(flagsAnswer({ beta: on() }))
    await w.client.reloadFeatureFlags()
    answering(flagsAnswer({}, { quotaLimited }), w)
    await w.client.reloadFeatureFlags()
    expect(await w.client.getFeatureFlags()).toEqual({})
  })

  test.each([
    ['HTML', { status: 200, body: '<!doctype html><title>Sign in</title>' }],
    ['nothing', { status: 200 }],
    ['another endpoint', json({ status: 1 })],
    ['an array', json([])],
    ['null', json(null)],
    ['flags that are none', json({ flags: 'no' })],
    ['500', { status: 500 }],
    ['503', { status: 503, body: '{"flags":{}}' }],
    ['302', { status: 302, body: '{"flags":{}}' }],
  ] as [string, Answer][])('%s keeps the cache, with one request and a warning', async (_, bad) => {
    const w = answering(flagsAnswer({ beta: on() }))
    await w.client.reloadFeatureFlags()
    answering(bad, w)
    await w.client.reloadFeatureFlags()
    await w.clock.advance(60_000)
    expect(w.flags.sent).toHaveLength(2)
    expect(await w.client.getFeatureFlag('beta')).toBe(true)
    expect(w.warnings).toEqual([expect.stringContaining('feature flags could not be loaded')])
  })

  test.each([
    ['502', { status: 502 }],
    ['504', { status: 504 }],
    ['a timeout', HANG],
    ['an endpoint that cannot be reached', UNREACHABLE],
  ] as [string, Answer][])('%s twice keeps the cache, with two requests', async (_, bad) => {
    const w = answering(flagsAnswer({ beta: on() }))
    await w.client.reloadFeatureFlags()
    answering(bad, w)
    const reload = watch(w.client.reloadFeatureFlags())
    await w.clock.advance(60_000)
    expect(reload.settled).toBe(true)
    expect(w.flags.sent).toHaveLength(3)
    expect(await w.client.getFeatureFlag('beta')).toBe(true)
  })
})

describe('the cache', () => {
  test('survives a restart, and is served at once', async () => {
    const w = answering(flagsAnswer({ color: on('blue', { payload: '{"hex":"#00f"}' }) }))
    await w.client.reloadFeatureFlags()
    const next = answering(HANG, w.restart())
    expect(await next.client.getFeatureFlag('color')).toBe('blue')
    expect(await next.client.getFeatureFlagPayload('color')).toEqual({ hex: '#00f' })
    expect(next.flags.sent).toHaveLength(2)
  })

  test('survives a shutdown', async () => {
    const w = answering(flagsAnswer({ beta: on() }))
    await w.client.reloadFeatureFlags()
    await w.client.shutdown()
    const next = answering(HANG, w.restart())
    expect(await next.client.getFeatureFlag('beta')).toBe(true)
  })

  test('the first read loads, later ones do not', async () => {
    const w = answering(flagsAnswer({ beta: on() }))
    expect(await w.client.getFeatureFlag('beta')).toBe(true)
    await w.client.getFeatureFlag('other')
    await w.client.isFeatureEnabled('beta')
    await w.client.getFeatureFlags()
    expect(w.flags.sent).toHaveLength(1)
    expect(w.flags.sent[0]?.body).not.toHaveProperty('flag_keys_to_evaluate')
  })

  test('one request is shared by callers at the same time', async () => {
    const w = answering({ ...flagsAnswer({ beta: on() }), afterMs: 100 })
    const calls = [
      watch<unknown>(w.client.reloadFeatureFlags()),
      watch<unknown>(w.client.reloadFeatureFlags()),
      watch<unknown>(w.client.getFeatureFlag('beta')),
      watch<unknown>(w.client.getFeatureFlags()),
    ]
    await w.clock.advance(100)
    expect(w.flags.sent).toHaveLength(1)
    expect(calls.map(({ value }) => value)).toEqual([undefined, undefined, true, { beta: true }])
    await Promise.all([w.client.reloadFeatureFlags(), w.clock.advance(100)])
    expect(w.flags.sent).toHaveLength(2)
  })

  test('a reload after identify brings the flags of the new person, whatever was under way', async () => {
    const w = world()
    w.flags.answer = ({ body }) => ({ ...flagsAnswer({ who: on(body.distinct_id as string) }), afterMs: 1_000 })
    void w.client.reloadFeatureFlags()
    await w.clock.advance(500)
    w.client.identify('ada')
    void w.client.reloadFeatureFlags()
    await w.clock.advance(10_000)
    expect(await w.client.getFeatureFlag('who')).toBe('ada')
  })

  test('flags of somebody else do not enter it', async () => {
    const w = world()
    w.flags.answer = ({ body }) => flagsAnswer({ who: on(body.distinct_id as string) })
    const own = w.client.getDistinctId()
    expect(await w.client.getFeatureFlag('who')).toBe(own)
    expect(await w.client.getFeatureFlag('who', { distinctId: 'ada' })).toBe('ada')
    expect(await w.client.getFeatureFlag('who')).toBe(own)
  })
})

describe('onFeatureFlags', () => {
  test('is told after every load, until it is ended', async () => {
    const w = answering(flagsAnswer({ beta: on() }))
    const heard = vi.fn()
    const off = w.client.onFeatureFlags(heard)
    await w.settle()
    expect(heard).not.toHaveBeenCalled()
    expect(w.flags.sent).toEqual([])
    await w.client.reloadFeatureFlags()
    expect(heard.mock.calls).toEqual([[{ beta: true }]])
    answering({ status: 503 }, w)
    await w.client.reloadFeatureFlags()
    expect(heard).toHaveBeenCalledTimes(1)
    off()
    answering(flagsAnswer({ beta: on() }), w)
    await w.client.reloadFeatureFlags()
    expect(heard).toHaveBeenCalledTimes(1)
  })

  test('is told at once of what an earlier page kept', async () => {
    const w = answering(flagsAnswer({ beta: on() }))
    await w.client.reloadFeatureFlags()
    const next = w.restart()
    const heard = vi.fn()
    next.client.onFeatureFlags(heard)
    await next.settle()
    expect(heard.mock.calls).toEqual([[{ beta: true }]])
    expect(next.flags.sent).toHaveLength(1)
  })

  test('ended before the code was there is never told', async () => {
    const w = answering(flagsAnswer({ beta: on() }))
    const heard = vi.fn()
    w.client.onFeatureFlags(heard)()
    await w.client.reloadFeatureFlags()
    expect(heard).not.toHaveBeenCalled()
  })

  test('a listener from before the consent hears once there is one', async () => {
    const w = answering(flagsAnswer({ beta: on() }))
    const heard = vi.fn()
    w.client.optOut()
    w.client.onFeatureFlags(heard)
    await w.settle()
    w.client.optIn()
    await w.client.reloadFeatureFlags()
    expect(heard.mock.calls).toEqual([[{ beta: true }]])
  })

  test('one that throws stops neither the others nor the call', async () => {
    const w = answering(flagsAnswer({ beta: on() }))
    const heard = vi.fn()
    w.client.onFeatureFlags(() => {
      throw new Error('broken listener')
    })
    w.client.onFeatureFlags(heard)
    await w.client.reloadFeatureFlags()
    expect(heard).toHaveBeenCalledTimes(1)
    expect(w.warnings).toEqual([expect.stringContaining('broken listener')])
  })
})
