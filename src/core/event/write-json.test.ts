import fc from 'fast-check'
import { afterEach, expect, test } from 'vitest'
import { writeJson } from './write-json'

const thrower = () => {
  throw new Error('no')
}
const throwing = (inner: object) => Object.defineProperty({ ...inner }, 'bad', { enumerable: true, get: thrower })

/** What an event's properties look like after the wire, and what was left out. */
function written(properties: unknown) {
  const left: string[] = []
  const json = writeJson({ properties }, { onLeftOut: (path) => left.push(path.join('.')) }) ?? ''
  return { properties: JSON.parse(json).properties, left, json }
}
const value = (given: unknown) => written({ it: given }).properties.it

class Money {
  currency = 'EUR'
  #cents = 5
  get cents() {
    return this.#cents
  }
}

const FORMS: [what: string, given: unknown, form: unknown][] = [
  ['a BigInt', 123_456_789_012_345_678_901n, '123456789012345678901'],
  ['a BigInt in a list', [1n], ['1']],
  ['NaN', Number.NaN, null],
  ['infinity', Number.NEGATIVE_INFINITY, null],
  ['minus zero', -0, 0],
  ['undefined', undefined, undefined],
  ['a function', () => 5, undefined],
  ['a symbol', Symbol('x'), undefined],
  ['what JSON has nothing for, in a list', [undefined, () => 5, Symbol('x')], [null, null, null]],
  ['holes', Object.assign(new Array(3), { 0: 1, 2: 2 }), [1, null, 2]],
  ['a Date', new Date(0), '1970-01-01T00:00:00.000Z'],
  ['a Date that is none', new Date(Number.NaN), null],
  [
    'a Map',
    new Map<unknown, unknown>([
      ['a', 1n],
      [2, new Map([['b', 3]])],
    ]),
    { a: '1', 2: { b: 3 } },
  ],
  ['a Set', new Set([1, new Set([2])]), [1, [2]]],
  ['an Error', Object.assign(new TypeError('no'), { code: 7 }), { name: 'TypeError', message: 'no', code: 7 }],
  [
    'an Error with a cause',
    new Error('no', { cause: new Error('why') }),
    { name: 'Error', message: 'no', cause: { name: 'Error', message: 'why' } },
  ],
  ['a URL', new URL('https://shop.example.com/a?b=c'), 'https://shop.example.com/a?b=c'],
  ['a query', new URLSearchParams('a=1&b=2'), 'a=1&b=2'],
  ['a RegExp', /a+/g, '/a+/g'],
  ['a typed array', new Uint8Array([1, 2]), [1, 2]],
  ['a typed array of floats', new Float64Array([0.5, Number.NaN]), [0.5, null]],
  ['a typed array of BigInts', new BigInt64Array([1n]), ['1']],
  ['a buffer', new Uint8Array([1, 2]).buffer, [1, 2]],
  ['a DataView', new DataView(new Uint8Array([1, 2, 3]).buffer, 1), [2, 3]],
  ['boxed values', [Object('a'), Object(1), Object(true), Object(2n)], ['a', 1, true, '2']],
  ['an object of a class', new Money(), { currency: 'EUR' }],
  ['an object without a prototype', Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
  ['an object with a toJSON', { toJSON: () => ({ a: 1n }) }, { a: '1' }],
  ['an object whose toJSON gives a Map', { toJSON: () => new Map([['a', 1]]) }, {}],
  ['a promise', Promise.resolve(1), {}],
  ['what listens to events, as elements do', new EventTarget(), '[object EventTarget]'],
]

test.each(FORMS)('%s has a form', (_, given, form) => {
  expect(value(given)).toEqual(form)
})

test('a cycle is said where it begins again, and what is there twice is there twice', () => {
  const cycle: Record<string, unknown> = { name: 'a' }
  cycle.self = { deeper: [cycle] }
  const map = new Map<string, unknown>()
  map.set('self', map)
  const shared = { a: 1 }
  expect(value(cycle)).toEqual({ name: 'a', self: { deeper: ['[Circular]'] } })
  expect(value(map)).toEqual({ self: '[Circular]' })
  expect(value([shared, shared])).toEqual([shared, shared])
  const turned: Record<string, unknown> = {}
  turned.inner = { toJSON: () => turned }
  expect(value(turned)).toEqual({ inner: '[Circular]' })
})

test('P11: what throws costs itself alone, on whichever level, and is named', () => {
  const { properties, left } = written({
    list: [1, { toJSON: thrower }, 3],
    deep: { a: throwing({ good: 1 }) },
    map: new Map([['x', throwing({ good: 2 })]]),
    ...{ proxy: revoked(), good: 3 },
  })
  expect(properties).toEqual({ list: [1, null, 3], deep: { a: { good: 1 } }, map: { x: { good: 2 } }, good: 3 })
  expect(left).toEqual(['properties.list.1', 'properties.deep.a.bad', 'properties.map.x.bad', 'properties.proxy'])
})

function revoked() {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}

test('P11: what is deeper than servers read is cut there', () => {
  let deep: unknown = 'end'
  for (let n = 0; n < 10_000; n++) deep = [deep]
  expect(written({ deep, good: 1 }).json).toMatch(/^\{"properties":\{"deep":\[{98}"\[Too deep\]"\]{98},"good":1\}\}$/)
})

test('P1: a part of the page that leads to all of it costs its own property, and takes no time', () => {
  const nodes = Array.from({ length: 50 }, (_, n) => ({ n, all: [] as unknown[] }))
  for (const node of nodes) node.all = [...nodes]
  const { properties, left } = written({ before: 1, node: nodes[0], after: 2 })
  expect(properties).toEqual({ before: 1, after: 2 })
  expect(left).toEqual(['properties.node'])
})

test('P11: half a surrogate pair is U+FFFD, in a value and in a name, and a whole pair stays', () => {
  expect(value('a\ud83db')).toBe('a\ufffdb')
  expect(value({ '\ude00': ['😀', '\\ud83d'] })).toEqual({ '\ufffd': ['😀', '\\ud83d'] })
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(written({ [text]: text }).json).not.toMatch(/\\ud[89a-f]/)
    }),
  )
})

test('what JSON can express is written as JSON.stringify writes it', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (given) => {
      expect(writeJson(given)).toBe(JSON.stringify(given))
    }),
  )
})

const prototypes = [Array, Object, String, Date].map(({ prototype }) => prototype as { toJSON?: unknown })
const before = prototypes.map((prototype) => Object.getOwnPropertyDescriptor(prototype, 'toJSON'))
afterEach(() => {
  prototypes.forEach((prototype, index) => {
    const own = before[index]
    if (own) Object.defineProperty(prototype, 'toJSON', own)
    else delete prototype.toJSON
  })
})

test('P1: a page that has patched toJSON of lists, objects, texts and dates changes nothing', () => {
  for (const prototype of prototypes) {
    Object.defineProperty(prototype, 'toJSON', { configurable: true, writable: true, value: () => '"patched"' })
  }
  expect(written({ list: [1, ['a']], at: new Date(0) }).json).toBe(
    '{"properties":{"list":[1,["a"]],"at":"1970-01-01T00:00:00.000Z"}}',
  )
})

test('P7: what is shared on every level, so that its text doubles with each, costs its property, in no time', () => {
  let shared: object = {}
  for (let level = 0; level < 60; level++) shared = { a: shared, b: shared }
  const { properties, left } = written({ before: 1, shared, after: [2] })
  expect(properties).toEqual({ before: 1, after: [2] })
  expect(left).toEqual(['properties.shared'])
})

test('an object that comes in several places is written in each', () => {
  const address = { city: 'Oslo', tags: ['a'.repeat(300)] }
  const orders = Array.from({ length: 2_000 }, () => ({ from: address, to: address }))
  expect(value(orders.slice(0, 500))).toEqual(orders.slice(0, 500))
})
