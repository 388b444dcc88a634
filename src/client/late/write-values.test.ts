import { expect, test } from 'vitest'
import { idsFrom } from '../../../test/support/core/fixtures'
import { createCapture } from '../first/capture'
import { createEmitter } from '../first/emitter'
import { readCaptureOptions } from '../first/options'
import { cut, newOutbox } from '../first/outbox'
import type { CommonOptions } from '../types'
import { readMasking } from './masking'
import { switchToV1 } from './switch-to-v1'
import { WARNINGS } from './warnings'
import { writeValues } from './write-values'

/** A page's first code, and its late code once it is there. */
function early(options: CommonOptions = {}) {
  const warnings: string[] = []
  const logger = { warn: (message: string) => void warnings.push(message) }
  const config = readCaptureOptions('phc_test', { logger, ...options }, { logger, now: Date.now, isUrl: () => true })
  const outbox = newOutbox('this page')
  const capture = createCapture({
    setup: config,
    outbox,
    emitter: createEmitter(config.logs),
    freshId: idsFrom(1),
    ambient: () => ({ distinctId: 'me#1?', properties: { $current_url: 'https://a.example/p?token=x&q=1#h' } }),
    ofConsent: { choice: { refused: false, at: 0 }, withheld: false },
  })
  const events = () =>
    [...outbox.unacknowledged, ...outbox.unsent].flatMap(({ events }) => events.map((json) => JSON.parse(json)))
  return {
    capture: capture.methods.capture,
    captureAi: capture.methods.captureAi,
    outbox,
    warnings,
    events,
    properties: () => events().map(({ properties }) => properties),
    size: () => [...outbox.unacknowledged, ...outbox.unsent].flatMap(({ events }) => events).join('').length,
    lateCode() {
      config.logs.setWords(WARNINGS)
      const changed = writeValues({ capture, outbox, setup: config }, readMasking(config.mask, config.logs.warn))
      if (options.captureMode === 'v1') switchToV1(capture, outbox, config.apiKey)
      return changed
    },
  }
}

const cycle: Record<string, unknown> = { a: 1 }
cycle.self = cycle
const special = () => ({ good: 1, big: [1n], map: new Map([['x', 1]]), cycle, half: '\ud83d' })

test('what the first code has no form for is left out until the late code is there, and its siblings stay', () => {
  const page = early()
  page.capture('one', special())
  page.captureAi('two', special())
  page.capture('three', { good: 1 })
  const handed = cut(page.outbox)
  page.capture('four', special())
  expect(page.properties()[0]).toMatchObject({ good: 1, big: ['1'], map: {} })
  expect(page.properties()[0]).not.toHaveProperty('cycle')
  const changed = page.lateCode()
  expect(changed).toEqual(handed)
  const full = { good: 1, big: ['1'], map: { x: 1 }, cycle: { a: 1, self: '[Circular]' }, half: '\ufffd' }
  for (const { event, properties } of page.events()) if (event !== 'three') expect(properties).toMatchObject(full)
  expect(page.outbox.size).toBe(page.size())
  expect(page.outbox.count).toBe(4)
  page.capture('five', special())
  expect(page.properties()[4]).toMatchObject(full)
  expect(page.warnings).toEqual([])
})

test('a capture is a snapshot, before the late code is there too', () => {
  const page = early()
  const properties = { list: [1], map: new Map([['x', 1]]) }
  page.capture('one', properties)
  page.capture('two', { list: properties.list })
  properties.list.push(2)
  properties.map.set('x', 2)
  expect(page.lateCode()).toEqual([])
  expect(page.properties()).toMatchObject([{ list: [1], map: { x: 1 } }, { list: [1] }])
})

test('P10: what a page changes after its hooks have seen an event is in no event that they have let through', () => {
  const state: Record<string, unknown> = { user: 'alice', since: new Date(0), seen: new Set(['a']), mail: 'a@b.c' }
  const page = early({ mask: 'secrets', beforeSend: (event) => ('card' in state ? null : event) })
  page.capture('one', { state, error: Object.assign(new Error('no'), { code: 7 }) })
  Object.assign(state, { user: 'bob', card: '4111' })
  page.lateCode()
  expect(page.properties()).toEqual([
    expect.objectContaining({
      state: { user: 'alice', since: '1970-01-01T00:00:00.000Z', seen: ['a'], mail: 'a@b.c' },
      error: { name: 'Error', message: 'no', code: 7 },
    }),
  ])
})

test('P11: a property that throws is told once the late code is there, and costs itself', () => {
  const page = early()
  const bad = Object.defineProperty({ good: 1 }, 'bad', {
    enumerable: true,
    get() {
      throw new Error('no')
    },
  })
  page.capture('one', { deep: { bad } })
  page.lateCode()
  expect(page.properties()).toMatchObject([{ deep: { bad: { good: 1 } } }])
  expect(page.warnings).toEqual([expect.stringContaining('"deep.bad.bad" of "one"')])
})

test('P7: an event that would be too large in full stays as the first code wrote it', () => {
  const page = early({ maxEventBytes: 1_000 })
  page.capture('one', { good: 1, map: new Map([['x', 'y'.repeat(2_000)]]) })
  page.lateCode()
  expect(page.properties()).toMatchObject([{ good: 1, map: {} }])
  expect(page.outbox.size).toBe(page.size())
})

test('events of v1 are amended too', () => {
  const page = early({ captureMode: 'v1' })
  page.capture('one', special())
  page.lateCode()
  page.capture('two', special())
  const [one, two] = page.events()
  expect(one).toMatchObject({ options: {}, properties: { map: { x: 1 }, cycle: { self: '[Circular]' } } })
  expect(two.properties).toEqual(one.properties)
})

test('P10: until the late code masks them, nothing that could be masked is in an event', () => {
  const page = early({ mask: { queryParams: 'secrets', hash: true } })
  page.capture('what?', {
    $set_once: { $initial_current_url: 'https://a.example/p?token=x' },
    $heatmap_data: { 'https://a.example/p?token=x': [1] },
    list: ['a.html?token=x'],
    good: { deeper: [1] },
  })
  expect(page.events()).toMatchObject([{ event: 'what?', distinct_id: 'me#1?', properties: { good: { deeper: [1] } } }])
  expect(Object.keys(page.properties()[0]).sort()).toEqual(['distinct_id', 'good', 'token'])
  page.lateCode()
  const masked = {
    $current_url: 'https://a.example/p?token=<masked>&q=1',
    $set_once: { $initial_current_url: 'https://a.example/p?token=<masked>' },
    $heatmap_data: { 'https://a.example/p?token=<masked>': [1] },
    list: ['a.html?token=x'],
    good: { deeper: [1] },
  }
  expect(page.events()).toMatchObject([{ event: 'what?', distinct_id: 'me#1?', properties: masked }])
  page.capture('later')
  expect(page.properties()[1].$current_url).toBe(masked.$current_url)
})

test('P10: a mask that cannot be used masks all that a mask can, before and after', () => {
  const page = early({ mask: 7 as never })
  page.capture('one')
  expect(JSON.stringify(page.properties())).not.toContain('token=')
  page.lateCode()
  page.capture('two')
  expect(page.properties()).toMatchObject([
    { $current_url: 'https://a.example/p' },
    { $current_url: 'https://a.example/p' },
  ])
  expect(page.warnings).toEqual([expect.stringContaining('mask: an object')])
})

test('P10: a hook of the page sees the whole address, and what it makes of it is masked', () => {
  const seen: unknown[] = []
  const page = early({
    mask: { queryParams: ['token'] },
    beforeSend(event) {
      seen.push(event.properties.$current_url)
      return { ...event, properties: { ...event.properties, $referrer: event.properties.$current_url } }
    },
  })
  page.lateCode()
  page.capture('one')
  expect(seen).toEqual(['https://a.example/p?token=x&q=1#h'])
  expect(page.properties()[0].$referrer).toBe('https://a.example/p?token=<masked>&q=1#h')
})

test('P10: what the person has erased meanwhile does not come back', () => {
  const page = early()
  page.capture('one', special())
  cut(page.outbox)
  for (const handover of page.outbox.unacknowledged) handover.events = []
  expect(page.lateCode()).toEqual([])
  expect(page.events()).toEqual([])
})
