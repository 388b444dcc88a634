import { expect, test } from 'vitest'
import { uuid } from '../../../test/support/core/fixtures'
import { show } from '../base/values'
import { type BeforeSend, runBeforeSend } from './before-send'
import type { OutlastEvent } from './event'
import { toUtcTimestamp } from './timestamp'

const event = (): OutlastEvent => ({
  event: 'bought',
  uuid: uuid(1),
  distinctId: 'visitor',
  timestamp: '2026-01-01T00:00:00.000Z',
  properties: { price: 5 },
})
const run = (...hooks: unknown[]) => runBeforeSend(hooks as BeforeSend[], event(), toUtcTimestamp)

test('each hook gets what the one before it returned', () => {
  const add = (key: string) => (given: OutlastEvent) => ({ ...given, properties: { ...given.properties, [key]: true } })
  expect(run(add('a'), add('b'))).toEqual({
    event: { ...event(), properties: { price: 5, a: true, b: true } },
  })
})

test('a hook may change the event in place', () => {
  const result = run((given: OutlastEvent) => Object.assign(given, { event: 'sold' }))
  expect(result).toMatchObject({ event: { event: 'sold' } })
})

test.each([null, undefined])('P10: %s drops the event by choice, and ends the chain', (nothing) => {
  let called = false
  const result = run(
    () => nothing,
    () => {
      called = true
    },
  )
  expect(result).not.toHaveProperty('event')
  expect(result).toMatchObject({ byChoice: true })
  expect(called).toBe(false)
})

const broken: [string, unknown][] = [
  [
    'throws',
    () => {
      throw new Error('no')
    },
  ],
  [
    'throws an object without a prototype',
    () => {
      throw Object.create(null)
    },
  ],
  ['returns a promise', async (given: OutlastEvent) => given],
  ['returns true', () => true],
  ['returns a string', () => 'event'],
  ['returns an array', () => []],
  ['returns an event without a name', (given: OutlastEvent) => ({ ...given, event: ' ' })],
  ['returns an event without a distinct id', (given: OutlastEvent) => ({ ...given, distinctId: '' })],
  ['returns an event without properties', (given: OutlastEvent) => ({ ...given, properties: undefined })],
  [
    'returns an event whose name cannot be read',
    (given: OutlastEvent) => ({
      ...given,
      get event() {
        throw new Error('no')
      },
    }),
  ],
]

test.each(broken)('P10: a hook that %s drops the event, and the next one never sees it', (_, hook) => {
  let called = false
  const result = run(hook, () => {
    called = true
  })
  expect(result).not.toHaveProperty('event')
  expect(result).toMatchObject({ detail: expect.stringContaining('beforeSend') })
  expect(result).not.toMatchObject({ byChoice: true })
  expect(called).toBe(false)
})

test('a uuid and a timestamp that are changed to others are kept in their canonical form', () => {
  const change = { uuid: uuid(0xabc).toUpperCase(), timestamp: '2026-01-01T01:00:00+01:00' }
  expect(run((given: OutlastEvent) => ({ ...given, ...change }))).toMatchObject({
    event: { uuid: uuid(0xabc), timestamp: '2026-01-01T00:00:00.000Z' },
  })
})

test.each([
  ['a copy', (given: OutlastEvent) => ({ ...given, uuid: 'x', timestamp: 'y' })],
  ['the event itself', (given: OutlastEvent) => Object.assign(given, { uuid: undefined, timestamp: 5 })],
])('P11: a uuid and a timestamp that are spoilt in %s are restored', (_, hook) => {
  expect(run(hook)).toMatchObject({ event: { uuid: uuid(1), timestamp: '2026-01-01T00:00:00.000Z' } })
})

test.each([
  [new TypeError('no'), 'TypeError: no'],
  ['no', '"no"'],
  [undefined, 'undefined'],
  [Object.create(null), 'object'],
])('an error is described whatever it is', (error, text) => {
  expect(show(error)).toBe(text)
})

test('P1: an error that throws at whoever reads it is described all the same', () => {
  const error = new Error('hostile')
  Object.defineProperty(error, 'message', {
    get: () => {
      throw error
    },
  })
  expect(show(error)).toBe('object')
  expect(show(new Error('x'.repeat(10_000))).length).toBe(150)
  expect(show('x'.repeat(10_000)).length).toBe(152)
})
