import type { NewId } from '../../../src/core/base/ports'
import type { QueueConfig } from '../../../src/core/config/queue-config'
import { readSettings, type TransportSettings } from '../../../src/core/config/settings'
import { serializeEvent } from '../../../src/core/event/codec'
import type { EventJson, WireFormat } from '../../../src/core/event/event'
import type { Handover, Lane } from '../../../src/core/queue/handover'

/** The n-th UUID. */
export const uuid = (n: number) => `00000000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`

/** UUIDs in order. Each use has a range of its own, so that ids of different kinds never meet. */
export function idsFrom(first: number): NewId {
  let next = first
  return () => uuid(next++)
}

const TIMESTAMP = '2026-01-01T00:00:00.000Z'

export function eventJson(n: number, format: WireFormat = 'v0', properties: Record<string, unknown> = {}): EventJson {
  const event = { event: `event ${n}`, uuid: uuid(n), distinctId: 'visitor', timestamp: TIMESTAMP, properties }
  return serializeEvent(event, format, 'phc_test')
}

/** Events `from` to `from + count - 1`. */
export const eventsFrom = (from: number, count: number, format: WireFormat = 'v0') =>
  Array.from({ length: count }, (_, index) => eventJson(from + index, format))

export function configOf(settings: Partial<TransportSettings> = {}): QueueConfig {
  const read = readSettings({ compression: 'none', ...settings }, (warning) => {
    throw new Error(warning)
  })
  return { apiKey: 'phc_test', host: 'https://events.example.com', style: 'headers', settings: read }
}

interface Given {
  producer?: string
  lane?: Lane
  format?: WireFormat
  dropped?: Handover['dropped']
  at?: number
  skew?: number
}

export function handoverOf(seq: number, events: EventJson[], given: Given = {}): Handover {
  return { producer: 'page', seq, lane: 'live', format: 'v0', dropped: {}, events, at: 0, skew: 0, ...given }
}
