import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { eventJson, eventsFrom, handoverOf } from '../../../test/support/core/fixtures'
import type { CaptureConfig } from '../../client/first/options'
import type { Handover } from '../../core/queue/handover'
import { beacon } from '../first/beacon'
import { beacons } from './beacons'

afterEach(() => vi.unstubAllGlobals())

const NOW = 1_767_225_600_000
const config = { apiKey: 'phc_test', host: 'https://h.example', wall: () => NOW } as CaptureConfig
const sendBeacon = vi.fn()

/** The browser's quota of a page. */
let left = Number.POSITIVE_INFINITY

beforeEach(() => {
  left = Number.POSITIVE_INFINITY
  sendBeacon.mockReset().mockImplementation((_url: string, { size }: Blob) => {
    const fits = size <= left
    if (fits) left -= size
    return fits
  })
  vi.stubGlobal('navigator', { sendBeacon })
})

/** What the browser took: each request's URL and body. */
async function taken() {
  const calls = sendBeacon.mock.calls.filter((_, index) => sendBeacon.mock.results[index]?.value === true)
  return Promise.all(
    calls.map(async ([url, blob]) => {
      const { batch, ...rest } = JSON.parse(await (blob as Blob).text())
      return { url: url.slice(config.host.length), events: batch.map(({ event }: { event: string }) => event), ...rest }
    }),
  )
}

const long = (n: number) => eventJson(n, 'v0', { padding: 'x'.repeat(3_000) })

test('each kind of event goes to its endpoint, historical ones as such, each by the clock that stamped it', async () => {
  const handovers = [
    handoverOf(1, eventsFrom(1, 1)),
    handoverOf(2, eventsFrom(2, 1), { lane: 'historical' }),
    handoverOf(3, eventsFrom(3, 1), { format: 'ai' }),
    handoverOf(4, eventsFrom(4, 1), { skew: 60_000 }),
    handoverOf(5, eventsFrom(5, 2)),
    handoverOf(6, []),
  ]
  expect(beacons(handovers, config)).toEqual(handovers)
  const sent_at = '2026-01-01T00:00:00.000Z'
  const common = { api_key: 'phc_test', sent_at }
  expect(await taken()).toEqual([
    { ...common, url: '/batch/?beacon=1', events: ['event 1', 'event 5', 'event 6'] },
    { ...common, url: '/batch/?beacon=1', events: ['event 2'], historical_migration: true },
    { ...common, url: '/i/v0/ai/batch/?beacon=1', events: ['event 3'] },
    { ...common, url: '/batch/?beacon=1', events: ['event 4'], sent_at: '2026-01-01T00:01:00.000Z' },
  ])
})

test('what was made for v1 goes as v0', async () => {
  const handovers = [handoverOf(1, eventsFrom(1, 2, 'v1'), { format: 'v1' })]
  beacons(handovers, config)
  const blob = sendBeacon.mock.calls[0]?.[1] as Blob
  expect(JSON.parse(await blob.text()).batch).toEqual(eventsFrom(1, 2).map((json) => JSON.parse(json)))
})

test('P7: of more than the browser takes, halves go while they fit, and it is told which handovers went whole', async () => {
  const seqs = (handovers: Handover[]) => handovers.map(({ seq }) => seq)
  const handovers = [
    handoverOf(1, [long(1), long(2)]),
    handoverOf(2, [long(3), long(4)]),
    handoverOf(3, [long(5)], { lane: 'historical' }),
  ]
  // Two of the long ones, and what stands around them.
  left = 7_000
  expect(seqs(beacons(handovers, config))).toEqual([1])
  expect(await taken()).toMatchObject([{ events: ['event 1', 'event 2'] }])
})

test('P1, P7: a page that is left with thousands of events asks for a few beacons, and fills most of what the browser gives', () => {
  left = 65_536
  const handovers = Array.from({ length: 40 }, (_, n) =>
    handoverOf(
      n + 1,
      Array.from({ length: 100 }, (_, m) => eventJson(n * 100 + m, 'v0', { padding: 'x'.repeat(300) })),
    ),
  )
  expect(beacons(handovers, config).length).toBeLessThan(handovers.length)
  expect(sendBeacon.mock.calls.length).toBeLessThan(32)
  expect(left).toBeLessThan(8_192)
})

test('one that a page has patched so that it throws took nothing', () => {
  sendBeacon.mockImplementation(() => {
    throw new Error('patched')
  })
  const empty = handoverOf(2, [])
  expect(beacons([handoverOf(1, eventsFrom(1, 2)), empty], config)).toEqual([empty])
  expect(beacon([handoverOf(1, eventsFrom(1, 2))], config)).toEqual([])
})

test('before late code is there, live events of one clock go, and the others wait', async () => {
  const [first, ...others] = [
    handoverOf(1, eventsFrom(1, 2)),
    handoverOf(2, eventsFrom(3, 1), { lane: 'historical' }),
    handoverOf(3, eventsFrom(4, 1), { format: 'ai' }),
    handoverOf(4, eventsFrom(5, 1), { skew: 60_000 }),
  ] as [Handover, ...Handover[]]
  const last = handoverOf(5, eventsFrom(6, 1))
  expect(beacon([first, ...others, last], config)).toEqual([first, last])
  expect(await taken()).toMatchObject([{ url: '/batch/?beacon=1', events: ['event 1', 'event 2', 'event 6'] }])
  expect(beacon(others, config)).toEqual([])
  expect(beacon([], config)).toEqual([])
})

const asJson = (seq: number, from: number) => handoverOf(seq, eventsFrom(from, 1, 'json'), { format: 'json' })

test("P10: to a site's own endpoint beacons carry plain events, whatever they were captured for", async () => {
  const own = { ...config, endpoint: { path: '/in', body: 'json' } } as const
  const handovers = [
    asJson(1, 1),
    handoverOf(2, eventsFrom(2, 1)),
    handoverOf(3, eventsFrom(3, 1, 'v1'), { format: 'v1' }),
    handoverOf(4, eventsFrom(4, 1), { format: 'ai' }),
  ]
  expect(beacons(handovers, own)).toEqual(handovers)
  const event = (n: number) => {
    const { uuid, event: name, timestamp } = JSON.parse(eventJson(n))
    return { event: name, uuid, timestamp, distinctId: 'visitor', properties: {} }
  }
  const bodies = sendBeacon.mock.calls.map(async ([url, blob]) => [
    url,
    (blob as Blob).type,
    await (blob as Blob).text(),
  ])
  for (const [index, [url, type, body]] of (await Promise.all(bodies)).entries()) {
    expect([url, type]).toEqual([`${config.host}/in`, 'text/plain'])
    expect(JSON.parse(body)).toEqual({ sentAt: '2026-01-01T00:00:00.000Z', batch: [event(index + 1)] })
  }
})

test('lines go as lines', async () => {
  beacons([asJson(1, 1), asJson(2, 2)], { ...config, endpoint: { path: '/in', body: 'ndjson' } })
  const blob = sendBeacon.mock.calls[0]?.[1] as Blob
  const text = await blob.text()
  expect(text.split('\n').map((line) => line && JSON.parse(line).event)).toEqual(['event 1', 'event 2', ''])
})

test('P10: no beacon goes where it is not known where to, or without the headers that the endpoint expects', () => {
  const handovers = [asJson(1, 1), handoverOf(2, eventsFrom(2, 1))]
  const endpoint = { path: '/in', body: 'json' } as const
  expect(beacons(handovers, { ...config, endpoint: { ...endpoint, path: '' } })).toEqual([])
  expect(beacons(handovers, { ...config, endpoint, requestHeaders: { 'X-Key': 'secret' } })).toEqual([])
  expect(sendBeacon).not.toHaveBeenCalled()
  // Events for an endpoint of the site's own, which this page does not name.
  expect(beacons(handovers.slice(0, 1), config)).toEqual([])
  expect(sendBeacon).not.toHaveBeenCalled()
})

test("P10: before late code is there, nothing goes of what is for a site's own endpoint", () => {
  expect(beacon([asJson(1, 1), asJson(2, 2)], config)).toEqual([])
  expect(sendBeacon).not.toHaveBeenCalled()
})
