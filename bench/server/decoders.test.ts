import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { PEERS } from '../peers'
import { idsOf, WIRES, type Wire } from './decoders'

const props = (number: number) => ({ bench_id: `run-${number}`, price: 1 })
const json = (value: unknown) => Buffer.from(JSON.stringify(value))
const form = (data: string) => Buffer.from(`data=${encodeURIComponent(data)}`)
const base64 = (value: unknown) => json(value).toString('base64')

const decode = (peer: string, body: Buffer, headers: Record<string, string> = {}) =>
  idsOf(WIRES[peer] as Wire, { path: '/', headers, body })

const BOTH = ['run-1', 'run-2']
const events = [props(1), props(2)].map((properties) => ({ event: 'e', properties }))

describe('every event of a request is counted, in the format of', () => {
  it.each(PEERS)('$name, which has a decoder', ({ name }) => {
    expect(WIRES[name]).toBeDefined()
  })

  it('PostHog: a batch, gzipped, as a list, or as base64 in a form', () => {
    expect(decode('outlast', gzipSync(json({ api_key: 'k', batch: events })))).toEqual(BOTH)
    expect(decode('posthog-js', gzipSync(json(events)))).toEqual(BOTH)
    const type = { 'content-type': 'application/x-www-form-urlencoded' }
    expect(decode('posthog-js', form(base64(events[0])), type)).toEqual(['run-1'])
  })

  it('Segment and RudderStack: one event, or a batch', () => {
    for (const peer of ['segment', 'rudderstack']) {
      expect(decode(peer, json({ type: 'track', properties: props(1) }))).toEqual(['run-1'])
      expect(decode(peer, json({ batch: events }))).toEqual(BOTH)
    }
  })

  it('Snowplow: tp2 with the event as JSON or as base64url', () => {
    const unstruct = (number: number) => ({ schema: 's', data: { schema: 'e', data: props(number) } })
    const data = [
      { e: 'ue', ue_pr: JSON.stringify(unstruct(1)) },
      { e: 'ue', ue_px: json(unstruct(2)).toString('base64url') },
      { e: 'pp' },
    ]
    expect(decode('snowplow', json({ schema: 'payload_data', data }))).toEqual(BOTH)
  })

  it('Amplitude: events with event_properties, also from a gzipped body', () => {
    const body = json({ api_key: 'k', events: [1, 2].map((number) => ({ event_properties: props(number) })) })
    expect(decode('amplitude', body)).toEqual(BOTH)
    expect(decode('amplitude', gzipSync(body), { 'content-encoding': 'gzip' })).toEqual(BOTH)
  })

  it('Mixpanel: a form with JSON or base64', () => {
    const type = { 'content-type': 'application/x-www-form-urlencoded' }
    expect(decode('mixpanel', form(JSON.stringify(events)), type)).toEqual(BOTH)
    expect(decode('mixpanel', form(base64(events)), type)).toEqual(BOTH)
  })

  it('Sentry: an envelope, whose other items are no events', () => {
    const lines = [{ event_id: 'a' }, { type: 'session' }, { sid: 1 }, { type: 'event' }, { extra: props(1) }]
    expect(decode('sentry', Buffer.from(lines.map((line) => JSON.stringify(line)).join('\n')))).toEqual(['run-1'])
  })

  it('OTLP: spans by resource and scope', () => {
    const span = (id: string) => ({ attributes: [{ key: 'bench_id', value: { stringValue: id } }] })
    const body = json({ resourceSpans: [{ scopeSpans: [{ spans: BOTH.map(span) }] }] })
    expect(decode('otlp', body)).toEqual(BOTH)
  })

  it('workbox and the bare page: JSON', () => {
    expect(decode('workbox', json({ properties: props(1) }))).toEqual(['run-1'])
    expect(decode('bare', json(events))).toEqual(BOTH)
  })
})

it('what is no event of the run counts nothing', () => {
  expect(decode('posthog-js', json({ event: '$set', properties: {} }))).toEqual([])
  expect(decode('segment', Buffer.from('not JSON'))).toEqual([])
  expect(decode('amplitude', json(null))).toEqual([])
})
