import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { amplitudePlugin } from './amplitude'
import { relayFetch } from './fetch'
import { otlpExporter } from './otlp'
import { segmentPlugin } from './segment'
import { sentryTransport } from './sentry'
import { snowplowFetch } from './snowplow'

const HOST = 'https://ingest.example.com'
const relayed = vi.hoisted(() => ({
  answer: () => new Response(null, { status: 202 }),
  isRefused: false,
  made: [] as { hosts: string[]; storedHeaders?: object; name: string }[],
  taken: [] as { url: string; init: RequestInit | undefined }[],
}))

vi.mock('../relay', () => ({
  relay: (options: (typeof relayed.made)[number]) => {
    relayed.made.push(options)
    const send = async (input: RequestInfo | URL, init?: RequestInit) => {
      relayed.taken.push({ url: input instanceof Request ? input.url : `${input}`, init })
      return relayed.answer()
    }
    return Object.assign(send, { isOptOut: () => relayed.isRefused })
  },
}))

const refusing = (status: number, statusText: string) => {
  relayed.answer = () => new Response('the detail', { status, statusText })
}

// Afterwards and not before: in a quick run the next file has the same globals.
afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

beforeEach(() => {
  relayed.answer = () => new Response(null, { status: 202 })
  relayed.isRefused = false
  relayed.made.length = 0
  relayed.taken.length = 0
  vi.stubGlobal('window', { addEventListener: () => undefined })
  vi.stubGlobal('addEventListener', () => undefined)
  vi.stubGlobal('location', new URL('https://site.example.com/page'))
  vi.stubGlobal(
    'fetch',
    vi.fn(async () => new Response('plain')),
  )
})

describe('relayFetch', () => {
  const post = { method: 'POST', body: 'x' }

  it.each([
    [413, 'too_large'],
    [507, 'queue_full'],
    [507, 'storage_full'],
    [503, 'shutdown'],
  ])('sends by `fetch` what is refused with %i %s', async (status, reason) => {
    refusing(status, reason)
    expect(await (await relayFetch({ hosts: [HOST] })(`${HOST}/a`, post)).text()).toBe('plain')
    expect(fetch).toHaveBeenCalledWith(`${HOST}/a`, post)
  })

  it.each(['opted_out', 'before_send'])('answers 403 for %s, and sends nothing', async (reason) => {
    refusing(403, reason)
    expect(await relayFetch({ hosts: [HOST] })(`${HOST}/a`, post)).toMatchObject({ status: 403, statusText: reason })
    expect(fetch).not.toHaveBeenCalled()
  })

  it('tells once of what is not set up, with the remedy', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
    refusing(400, 'invalid')
    const send = relayFetch({ hosts: [HOST] })
    await send(`${HOST}/a`, post)
    await send(`${HOST}/a`, post)
    expect(warn.mock.calls).toEqual([[expect.stringMatching(/relay\/fetch: .*storedHeaders.*the detail/)]])
    expect(fetch).toHaveBeenCalledTimes(2)
  })

  it('leaves reads, streams, other hosts and what the filter denies alone', async () => {
    const send = relayFetch({
      hosts: [`${HOST}/path`],
      filter: ({ url, method }) => method !== 'GET' && !url.endsWith('/no'),
    })
    await send(`${HOST}/a`)
    await send('https://other.example.com/a', post)
    await send(`${HOST}/no`, post)
    await send(`${HOST}/a`, { method: 'POST', body: new ReadableStream(), duplex: 'half' } as RequestInit)
    expect(relayed.taken).toEqual([])
    expect(fetch).toHaveBeenCalledTimes(4)
  })

  it('has a `Request` to send after the relay has read it', async () => {
    relayed.answer = () => new Response(null, { status: 507, statusText: 'queue_full' })
    const sent = vi.fn(async (input: Request) => new Response(await input.text()))
    vi.stubGlobal('fetch', sent)
    const request = new Request(`${HOST}/a`, post)
    const answer = relayFetch({ hosts: [HOST] })(request)
    await request.text()
    expect(await (await answer).text()).toBe('x')
  })

  it('sends by `fetch` what a relay could not read before the page is gone, unless a person or a hook may refuse it', async () => {
    const target = new EventTarget()
    vi.stubGlobal('window', target)
    const [send, hooked] = [{}, { beforeSend: () => null }].map((more) => relayFetch({ hosts: [HOST], ...more }))
    type Given = Parameters<typeof fetch>
    const slow = [new Blob(['x']), new FormData()].map((body): Given => [`${HOST}/a`, { method: 'POST', body }])
    const all: Given[] = [...slow, [new Request(`${HOST}/a`, post), undefined]]
    target.dispatchEvent(new Event('pagehide'))
    for (const each of all) await send?.(...each)
    expect([vi.mocked(fetch).mock.calls, relayed.taken]).toEqual([all, []])
    for (const body of ['x', new Uint8Array(1), new ArrayBuffer(1), new URLSearchParams('a=b')])
      await send?.(`${HOST}/a`, { method: 'POST', body })
    expect(relayed.taken).toHaveLength(4)
    await hooked?.(...(slow[0] as Given))
    relayed.isRefused = true
    await send?.(...(slow[0] as Given))
    relayed.isRefused = false
    target.dispatchEvent(new Event('pageshow'))
    await send?.(...(slow[0] as Given))
    expect(relayed.taken).toHaveLength(7)
    expect(fetch).toHaveBeenCalledTimes(3)
  })

  it('leaves to `fetch` what no relay sends, unless a person or a hook may refuse it', async () => {
    const noCors: RequestInit = { ...post, mode: 'no-cors' }
    const [send, hooked] = [{}, { beforeSend: () => null }].map((more) => relayFetch({ hosts: [HOST], ...more }))
    await send?.(`${HOST}/a`, noCors)
    await send?.(new Request(`${HOST}/a`, noCors))
    expect([vi.mocked(fetch).mock.calls.length, relayed.taken]).toEqual([2, []])
    await hooked?.(`${HOST}/a`, noCors)
    relayed.isRefused = true
    await send?.(`${HOST}/a`, noCors)
    expect([vi.mocked(fetch).mock.calls.length, relayed.taken.length]).toEqual([2, 2])
  })

  it('takes a `Request` of another realm', async () => {
    const { url, method } = new Request(`${HOST}/a`, post)
    const foreign = { url, method, clone: () => foreign } as Request
    await relayFetch({ hosts: [HOST] })(foreign)
    expect(relayed.taken).toHaveLength(1)
  })

  it('knows the address of a path as the page does, by its <base>', async () => {
    vi.stubGlobal('document', { baseURI: `${HOST}/app/` })
    await relayFetch({ hosts: [HOST] })('a', post)
    expect(relayed.taken).toHaveLength(1)
  })

  it('leaves a host that is no origin to the warning of the relay', async () => {
    await relayFetch({ hosts: ['ingest.example.com', HOST] })(`${HOST}/a`, post)
    expect(relayed.taken).toHaveLength(1)
  })

  it('answers as the library expects, for what is stored alone', async () => {
    const send = relayFetch({ hosts: [HOST], answer: () => Response.json({ ok: 1 }) })
    expect(await (await send(`${HOST}/a`, post)).json()).toEqual({ ok: 1 })
    refusing(403, 'opted_out')
    expect((await send(`${HOST}/a`, post)).status).toBe(403)
  })
})

describe('what the relay has no place for', () => {
  const post = { method: 'POST', body: 'secret', headers: { 'x-key': 'k' } }
  const beforeSend = (request: object) => request as never
  const refusingWith = (instead: object | undefined) => {
    relayed.answer = () =>
      Object.assign(new Response('the detail', { status: 413, statusText: 'too_large' }), { instead })
  }

  it('P10: goes nowhere where the person has refused meanwhile, or the browser has for them', async () => {
    refusingWith(undefined)
    relayed.isRefused = true
    const refused = { status: 403, statusText: 'opted_out' }
    expect(await relayFetch({ hosts: [HOST] })(`${HOST}/a`, post)).toMatchObject(refused)
    relayed.isRefused = false
    vi.stubGlobal('navigator', { globalPrivacyControl: true, doNotTrack: '1' })
    for (const more of [{ respectGpc: true }, { respectDnt: true }])
      expect(await relayFetch({ hosts: [HOST], ...more })(`${HOST}/a`, post)).toMatchObject(refused)
    expect(fetch).not.toHaveBeenCalled()
    await relayFetch({ hosts: [HOST] })(`${HOST}/a`, post)
    expect(fetch).toHaveBeenCalledTimes(1)
  })

  it('P10: goes out as a hook has made it, and not at all where that cannot be had', async () => {
    const send = relayFetch({ hosts: [HOST], beforeSend })
    refusingWith({ url: `${HOST}/b`, method: 'PUT', body: 'hidden', headers: {}, credentials: 'omit' })
    expect(await (await send(`${HOST}/a`, { ...post, keepalive: true })).text()).toBe('plain')
    const sent = { method: 'PUT', body: 'hidden', headers: {}, credentials: 'omit', keepalive: true }
    expect(vi.mocked(fetch).mock.calls).toEqual([[`${HOST}/b`, sent]])
    refusingWith(undefined)
    expect(await send(`${HOST}/a`, post)).toMatchObject({ status: 403, statusText: 'before_send' })
    expect(fetch).toHaveBeenCalledTimes(1)
  })

  it("is answered by the server, and not by the bridge's own answer", async () => {
    refusingWith({ url: `${HOST}/b`, method: 'PUT' })
    const answer = Object.defineProperty(new Response('of the server'), 'url', { value: `${HOST}/b` })
    vi.mocked(fetch).mockResolvedValue(answer)
    const send = relayFetch({ hosts: [HOST], beforeSend, answer: () => new Response('own') })
    expect(await (await send(`${HOST}/a`, post)).text()).toBe('of the server')
  })

  it('P10: carries the headers that a function gives for the place to which the hook has it go', async () => {
    const headers = vi.fn(async (_origin: string) => ({ Authorization: 'Bearer t' }))
    const serializer = { serializeRequest: () => new TextEncoder().encode('secret') }
    const exporter = otlpExporter(serializer, { url: `${HOST}/v1/traces`, headers, beforeSend })
    refusingWith({ url: 'https://other.example.com/x', method: 'POST', body: 'hidden', headers: { a: 'b' } })
    await new Promise((resolve) => exporter.export([], resolve))
    const [, init] = vi.mocked(fetch).mock.calls[0] ?? []
    expect([init?.body, [...new Headers(init?.headers)]]).toEqual([
      'hidden',
      [
        ['a', 'b'],
        ['authorization', 'Bearer t'],
      ],
    ])
    expect(headers).toHaveBeenCalledWith('https://other.example.com')
  })
})

describe('sentryTransport', () => {
  it('takes the origin of a tunnel, and the headers of the transport', () => {
    const make = vi.fn(() => ({ send: async () => ({}), flush: async () => true }))
    sentryTransport(make)({ url: '/tunnel?o=1', headers: { 'X-Own': '1' } })
    expect(relayed.made).toMatchObject([
      { name: 'sentry', hosts: ['https://site.example.com'], storedHeaders: { 'x-own': 604_800_000 } },
    ])
  })

  it('stores the headers that fetchOptions put in the place of others', () => {
    const make = vi.fn((_options: object) => ({ send: async () => ({}), flush: async () => true }))
    sentryTransport(make)({ url: HOST, headers: { 'X-Own': '1' }, fetchOptions: { headers: { 'X-Proxy': '1' } } })
    expect(relayed.made.map(({ storedHeaders }) => storedHeaders)).toEqual([{ 'x-proxy': 604_800_000 }])
  })

  it('has room for more envelopes than Sentry, unless the site says how many', () => {
    const make = vi.fn((_options: object) => ({ send: async () => ({}), flush: async () => true }))
    sentryTransport(make)({ url: HOST })
    sentryTransport(make)({ url: HOST, bufferSize: 5 })
    expect(make.mock.calls.map(([options]) => options)).toMatchObject([{ bufferSize: 10_000 }, { bufferSize: 5 }])
  })

  it('leaves a server alone', () => {
    vi.stubGlobal('window', undefined)
    const own = { send: async () => ({}), flush: async () => true }
    expect(sentryTransport(() => own)({ url: HOST })).toBe(own)
    expect(relayed.made).toEqual([])
  })
})

it('a bridge whose options leave hosts or name open uses what the SDK is set up with', async () => {
  const open = { hosts: undefined, name: undefined }
  sentryTransport(() => ({ send: async () => ({}), flush: async () => true }), open)({ url: HOST })
  otlpExporter({ serializeRequest: () => undefined }, { url: HOST, ...open })
  snowplowFetch(HOST, open)
  expect(relayed.made).toMatchObject([
    { name: 'sentry', hosts: [HOST] },
    { name: 'otlp', hosts: [HOST] },
    { name: 'snowplow', hosts: [HOST] },
  ])
})

it('the times that a site gives headers count, in whatever case it writes their names', () => {
  const make = () => ({ send: async () => ({}), flush: async () => true })
  sentryTransport(make, { storedHeaders: { 'x-own': 5 } })({ url: HOST, headers: { 'X-Own': '1' } })
  expect(relayed.made.map(({ storedHeaders }) => storedHeaders)).toEqual([{ 'x-own': 5 }])
})

describe('amplitudePlugin', () => {
  type Plugin = ReturnType<typeof amplitudePlugin> & { setup(config: object, client: object): Promise<void> }
  const own = { send: vi.fn(async () => ({ status: 'own' })) }
  async function transportFor(more: object = {}) {
    const config = { transportProvider: own as unknown, offline: true as unknown, flushIntervalMillis: 1_000, ...more }
    await (amplitudePlugin() as Plugin).setup(config, { flush: () => ({ promise: Promise.resolve() }) })
    return {
      config,
      transport: config.transportProvider as typeof own & { send(url: string, payload: object): unknown },
    }
  }

  it.each([
    [{}, 'https://api2.amplitude.com'],
    [{ serverZone: 'EU' }, 'https://api.eu.amplitude.com'],
    [{ serverUrl: '/amplitude' }, 'https://site.example.com'],
  ])('knows the server of %o', async (more, host) => {
    const { config } = await transportFor(more)
    expect(relayed.made).toMatchObject([{ hosts: [host] }])
    expect(config).toMatchObject({ offline: null, flushIntervalMillis: 50 })
  })

  it('tells what Amplitude takes for success, and sends no time of the upload', async () => {
    const { transport } = await transportFor()
    const told = await transport.send('https://api2.amplitude.com/2/httpapi', {
      events: [1, 2],
      client_upload_time: 'now',
    })
    expect(told).toMatchObject({ status: 'success', statusCode: 200, body: { eventsIngested: 2 } })
    expect(relayed.taken[0]?.init?.body).toBe('{"events":[1,2]}')
  })

  it('waits for no disk once its page is left, so that the next upload leaves with it', async () => {
    const listeners: (() => void)[] = []
    vi.stubGlobal('addEventListener', (_type: string, listener: () => void) => listeners.push(listener))
    const { transport } = await transportFor()
    relayed.answer = () => new Promise<Response>(() => undefined) as never
    const upload = transport.send('u', { events: [1] })
    for (const leave of listeners) leave()
    expect(await upload).toMatchObject({ status: 'success' })
  })

  it('leaves what has no place to Amplitude, and has it give up what a person has refused', async () => {
    const { transport } = await transportFor()
    refusing(507, 'queue_full')
    expect(await transport.send('u', {})).toEqual({ status: 'own' })
    refusing(403, 'opted_out')
    expect(await transport.send('u', {})).toMatchObject({ status: 'invalid', body: { missingField: 'opted_out' } })
  })
})

it('snowplowFetch takes a collector without a scheme for one over https, and stores its wish for anonymity', () => {
  for (const collector of ['c.example.com', '//c.example.com', 'https://c.example.com']) snowplowFetch(collector)
  const each = { name: 'snowplow', hosts: ['https://c.example.com'], storedHeaders: { 'sp-anonymous': 604_800_000 } }
  expect(relayed.made).toMatchObject([each, each, each])
})

describe('segmentPlugin', () => {
  const analytics = (plugins: object[], settings: object = {}) => ({
    queue: { plugins },
    settings,
    user: () => ({ id: () => 'u', anonymousId: () => 'a' }),
  })
  const destination = () => ({
    name: 'Segment.io',
    metadata: { writeKey: 'k', apiHost: 'api.segment.io/v1', protocol: 'https' },
    alias: async (context: object) => context,
    track: vi.fn(async (context: object) => context),
  })
  const context = (event: object) => ({ event, setFailedDelivery: vi.fn() })

  it('sends what Segment itself would, with what the page sends to by itself', async () => {
    const segment = destination()
    const integrations = { 'Segment.io': { unbundledIntegrations: ['C'] }, B: { bundlingStatus: 'bundled' } }
    await segmentPlugin().load({}, analytics([segment], { cdnSettings: { integrations } }))
    await segment.track(context({ type: 'track', event: 'e', traits: {}, messageId: 'm' }))
    await segment.alias(context({ type: 'alias', from: 'old', to: 'new' }))
    const bodies = relayed.taken.map(({ init }) => JSON.parse(`${init?.body}`))
    const _metadata = { bundled: ['B', 'Segment.io'], unbundled: ['C'], bundledIds: [] }
    const sentAt = expect.any(String)
    expect(bodies).toEqual([
      { type: 'track', event: 'e', messageId: 'm', writeKey: 'k', userId: 'u', anonymousId: 'a', sentAt, _metadata },
      { type: 'alias', previousId: 'old', writeKey: 'k', userId: 'new', anonymousId: 'a', sentAt, _metadata },
    ])
    expect(relayed.taken.map(({ url }) => url)).toEqual(['https://api.segment.io/v1/t', 'https://api.segment.io/v1/a'])
  })

  it('leaves what has no place to Segment, and fails what a person has refused', async () => {
    const segment = destination()
    const own = segment.track
    await segmentPlugin().load({}, analytics([segment]))
    refusing(413, 'too_large')
    const large = context({ type: 'track' })
    await segment.track(large)
    expect(own).toHaveBeenCalledWith(large)
    refusing(403, 'opted_out')
    const refused = context({ type: 'track' })
    await segment.track(refused)
    expect(refused.setFailedDelivery).toHaveBeenCalledOnce()
    expect(own).toHaveBeenCalledOnce()
  })

  it('sends the headers that the site gives Segment for its requests', async () => {
    for (const headers of [{ 'X-Own': '1' }, () => ({ 'X-Own': '1' })]) {
      const segment = destination()
      const options = { integrations: { 'Segment.io': { deliveryStrategy: { config: { headers } } } } }
      await segmentPlugin().load({}, { ...analytics([segment]), options })
      await segment.track(context({ type: 'track' }))
    }
    const each = { 'Content-Type': 'text/plain', 'X-Own': '1' }
    expect(relayed.taken.map(({ init }) => init?.headers)).toEqual([each, each])
    expect(relayed.made).toMatchObject([
      { storedHeaders: { 'x-own': 604_800_000 } },
      { storedHeaders: { 'x-own': 604_800_000 } },
    ])
  })

  it('says that it cannot, and leaves alone a client without that destination', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
    await segmentPlugin().load({}, analytics([]))
    expect(warn).toHaveBeenCalledOnce()
    expect(relayed.made).toEqual([])
  })
})

describe('otlpExporter', () => {
  const serializer = { serializeRequest: (items: string[]) => new TextEncoder().encode(JSON.stringify(items)) }
  const result = (exporter: ReturnType<typeof otlpExporter<string[]>>, items: string[]) =>
    new Promise((resolve) => exporter.export(items, resolve))

  it('hands JSON over as a text, Protobuf as bytes, and stores its headers', async () => {
    const url = `${HOST}/v1/traces`
    expect(await result(otlpExporter(serializer, { url, headers: { 'X-Key': 'k' } }), ['s'])).toEqual({ code: 0 })
    await result(otlpExporter(serializer, { url, headers: { 'Content-Type': 'application/x-protobuf' } }), ['s'])
    // A site may write the name in lower case: it is one header, and the body no text.
    await result(otlpExporter(serializer, { url, headers: { 'content-type': 'application/x-protobuf' } }), ['s'])
    expect(relayed.taken.map(({ init }) => typeof init?.body)).toEqual(['string', 'object', 'object'])
    expect(new Headers(relayed.taken[2]?.init?.headers).get('content-type')).toBe('application/x-protobuf')
    expect(relayed.made[0]).toMatchObject({ hosts: [HOST], storedHeaders: { 'x-key': 604_800_000 } })
  })

  it('has a function asked for headers at each try, and stores none of them', async () => {
    const headers = vi.fn(async (_origin: string) => ({ Authorization: 'Bearer t' }))
    const exporter = otlpExporter(serializer, { url: `${HOST}/v1/traces`, headers })
    expect(await result(exporter, ['s'])).toEqual({ code: 0 })
    expect(relayed.made).toMatchObject([{ headers, storedHeaders: {} }])
    expect([...new Headers(relayed.taken[0]?.init?.headers).keys()]).toEqual(['content-type'])
    expect(headers).not.toHaveBeenCalled()
    refusing(507, 'queue_full')
    await result(exporter, ['s'])
    const [, init] = vi.mocked(fetch).mock.calls[0] ?? []
    expect(new Headers(init?.headers).get('authorization')).toBe('Bearer t')
    expect(headers).toHaveBeenCalledWith(HOST)
  })

  it('tells of what a person has refused, what fails and what cannot be serialized, and is flushed with it', async () => {
    const exporter = otlpExporter(serializer, { url: `${HOST}/v1/logs` })
    refusing(403, 'opted_out')
    expect(await result(exporter, [])).toMatchObject({ code: 1, error: new Error('status 403 opted_out') })
    relayed.answer = () => {
      throw new TypeError('no request')
    }
    expect(await result(exporter, [])).toMatchObject({ code: 1, error: new TypeError('no request') })
    const silent = otlpExporter({ serializeRequest: () => undefined }, { url: HOST })
    expect(await result(silent as typeof exporter, [])).toMatchObject({ code: 1 })
    await exporter.forceFlush()
  })
})
