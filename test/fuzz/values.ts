/** What the properties of an event are, and what a site asks to be masked: as the first code writes it and the late code. */

import fc, { type Arbitrary } from 'fast-check'
import { readMasking } from '../../src/client/late/masking'
import { isEventJson, serializeEvent } from '../../src/core/event/codec'
import { serializeForV0, type WireFormat } from '../../src/core/event/event'
import { wellFormedJson } from '../../src/core/event/well-formed-json'
import { type Boundary, hold, holdNothingElseBroke, type Outcome } from './boundary'
import { live } from './hostile'

const MASKS: unknown[] = [{ queryParams: 'secrets' }, { queryParams: ['token', 'secrets'], hash: true }]

interface Case {
  properties: Record<string, unknown>
  format: WireFormat
  mask: unknown
  /** Whether the properties lead back to themselves. */
  isCyclic: boolean
}

const address = fc
  .tuple(fc.constantFrom('https://a.example/p', '/p', '//me:hidden@a.example'), fc.webQueryParameters())
  .map(([path, query]) => `${path}?${query}&token=hidden#access_token=hidden`)

const value: Arbitrary<unknown> = fc.oneof(
  live,
  fc.string({ unit: 'binary' }),
  fc.bigInt(),
  fc.object({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withSet: true,
    withTypedArray: true,
    withSparseArray: true,
  }),
)

const cases: Arbitrary<Case> = fc.record({
  properties: fc
    .tuple(fc.dictionary(fc.string({ unit: 'binary' }), value, { maxKeys: 5 }), address)
    .map(([some, $current_url]) => ({ ...some, $current_url, good: 1 })),
  format: fc.constantFrom('v0', 'v1', 'ai', 'json'),
  mask: fc.oneof(fc.constantFrom(undefined, ...MASKS), live),
  isCyclic: fc.boolean(),
})

const EVENT = {
  event: 'hostile',
  uuid: '0197d6a5-0000-7000-8000-000000000001',
  distinctId: 'me',
  timestamp: '2026-01-01T00:00:00.000Z',
}

function check({ properties, format, mask, isCyclic }: Case): Outcome {
  const warnings: string[] = []
  const left: string[][] = []
  const given: Record<string, unknown> = { ...properties }
  if (isCyclic) given.cycle = { inner: [given] }
  const masking = readMasking(mask, (message) => warnings.push(message))
  const full = serializeEvent({ ...EVENT, properties: given }, format, 'phc_test', {
    ...masking,
    onLeftOut: (path) => left.push(path),
  })
  const first = serializeForV0({ ...EVENT, properties: given }, 'phc_test', mask)
  for (const json of [full, first]) {
    hold(isEventJson(json), 'what is written is an event', json)
    hold(!/\\ud[89a-f]/.test(wellFormedJson(json).replaceAll('\\\\', '')), 'texts are well-formed on the wire', json)
    hold(JSON.parse(json).properties.good === 1, 'the siblings of what has no form stay', json)
  }
  hold(!mask || !first.includes('hidden'), 'the first code gives away nothing that could be masked', first)
  const current = JSON.parse(full).properties.$current_url
  hold(!MASKS.includes(mask) || !current?.includes('hidden'), 'what is to be masked is masked', full)
  holdNothingElseBroke()
  return left.length > 0 || warnings.length > 0 ? 'refused' : 'accepted'
}

export const values: Boundary<Case> = { name: 'values', share: 12, cases, check }
