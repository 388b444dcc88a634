/** Values that nobody should send, and valid ones with one thing wrong. */

import fc, { type Arbitrary } from 'fast-check'

const deep = (depth: number) => {
  let value: unknown = 'bottom'
  for (let level = 0; level < depth; level++) value = level % 2 === 0 ? [value] : { down: value }
  return value
}

const cyclic = () => {
  const value: Record<string, unknown> = { a: 1 }
  value.self = value
  return value
}

/** Assigning the first of these names to an object changes what it inherits; the others are there before anything is. */
export const TRAP_NAMES = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf', 'toJSON']

/** An object with its own property of such a name, as `JSON.parse` makes it. */
const trapped = fc
  .tuple(fc.constantFrom(...TRAP_NAMES), fc.oneof(fc.constant('"polluted"'), fc.constant('{"polluted":true}')))
  .map(([name, value]) => JSON.parse(`{${JSON.stringify(name)}:${value},"polluted":1}`) as object)

const NUMBERS = [
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  -0,
  -1,
  0.5,
  2 ** 31,
  2 ** 53 - 1,
  2 ** 53,
  8.64e15 + 1,
  1e300,
]

const TEXTS = ['', ' ', '\u0000', '\ud800', '{"uuid":"', '__proto__', 'null', 'NaN', '1e999', '\u202e', 'ÿ'.repeat(300)]

const sparse = () => {
  const value: unknown[] = []
  value[3] = 'alone'
  return value
}

/** What a structured clone, IndexedDB and, mostly, JSON can carry. */
export const clonable: Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom<unknown>(undefined, null, true, false, ...NUMBERS, ...TEXTS) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 20 }).map((size) => 'x'.repeat(size * 10_000)) },
  { weight: 1, arbitrary: fc.constantFrom(20, 200, 1_500).map(deep) },
  { weight: 1, arbitrary: trapped },
  { weight: 1, arbitrary: fc.constant(undefined).map(cyclic) },
  { weight: 1, arbitrary: fc.constant(undefined).map(sparse) },
  { weight: 1, arbitrary: fc.bigInt() },
  { weight: 1, arbitrary: fc.constantFrom(0, Number.NaN).map((ms) => new Date(ms)) },
  { weight: 1, arbitrary: fc.constant(undefined).map(() => new Map<unknown, unknown>([['a', 1]])) },
  { weight: 1, arbitrary: fc.constant(undefined).map(() => new Uint8Array(9)) },
  {
    weight: 2,
    arbitrary: fc.anything({ maxDepth: 3, withBigInt: true, withDate: true, withMap: true, withSparseArray: true }),
  },
)

const thrower = (what: string) => (): never => {
  throw new Error(`hostile ${what}`)
}

/** An error that throws itself at whoever asks what it says. */
const unspeakable = () => {
  const error = new Error('hostile')
  const speak = () => {
    throw error
  }
  for (const name of ['stack', 'message', 'name', 'toString']) Object.defineProperty(error, name, { get: speak })
  return error
}

/** Symbols are how fast-check asks a value for its abilities. */
const unlessSymbol = (_: object, name: string | symbol) => typeof name !== 'symbol' && throwIt(unspeakable())

const LIVE: (() => unknown)[] = [
  () => Symbol('hostile'),
  () => thrower('function'),
  () => Object.create(null),
  () => ({ toString: thrower('toString'), valueOf: thrower('valueOf') }),
  () => ({ toJSON: thrower('toJSON') }),
  () => ({ toJSON: () => undefined }),
  () => Object.defineProperty({ fine: 1 }, 'bad', { enumerable: true, get: thrower('getter') }),
  () => Object.defineProperty([1], 0, { enumerable: true, get: thrower('getter') }),
  () => Object.defineProperty({}, 'bad', { enumerable: true, get: () => throwIt(unspeakable()) }),
  () => new Proxy({}, { get: unlessSymbol, has: unlessSymbol, ownKeys: thrower('proxy') }),
  () => new Proxy({}, { getPrototypeOf: thrower('proxy'), get: unlessSymbol }),
  () => new Array(2 ** 18),
  () => Promise.resolve({}),
  () => unspeakable(),
  () => new WeakMap(),
]

function throwIt(error: unknown): never {
  throw error
}

/** What only code in the same context can hand over. */
export const live: Arbitrary<unknown> = fc.oneof(
  { weight: 2, arbitrary: clonable },
  { weight: 3, arbitrary: fc.nat(LIVE.length - 1).map((index) => LIVE[index]?.()) },
)

type Container = Record<string, unknown>

const isContainer = (value: unknown): value is Container =>
  typeof value === 'object' &&
  value !== null &&
  (Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype)

export interface Mutation {
  /** Where: at each level the entry of this number, modulo how many there are. */
  path: number[]
  kind: 'replace' | 'remove' | 'add' | 'truncate' | 'repeat'
  name: string
  value: unknown
}

export const mutationOf = (values: Arbitrary<unknown>): Arbitrary<Mutation> =>
  fc.record({
    path: fc.array(fc.nat(40), { minLength: 1, maxLength: 4 }),
    kind: fc.constantFrom('replace', 'replace', 'remove', 'add', 'truncate', 'repeat'),
    name: fc.constantFrom(...TRAP_NAMES, 'extra', 'version'),
    value: values,
  })

/** Valid values and those with one to three things wrong somewhere inside. */
export function nearly<T>(valid: Arbitrary<T>, values: Arbitrary<unknown> = clonable, most = 1): Arbitrary<unknown> {
  return fc
    .tuple(valid, fc.array(mutationOf(values), { minLength: 1, maxLength: most }))
    .map(([value, mutations]) => mutations.reduce<unknown>(mutatedOrNot, value))
}

/** A third each: valid, nearly valid, anything. */
export function mixed<T>(valid: Arbitrary<T>, values: Arbitrary<unknown> = clonable): Arbitrary<unknown> {
  return fc.oneof(
    { weight: 1, arbitrary: valid },
    { weight: 5, arbitrary: nearly(valid, values) },
    { weight: 1, arbitrary: values },
  )
}

/** A value that was put in by an earlier mutation may not let itself be changed. */
function mutatedOrNot(value: unknown, mutation: Mutation): unknown {
  try {
    return mutated(value, mutation)
  } catch {
    return value
  }
}

/** A copy with the mutation in it. Values that were put in before are not copied: they may not bear it. */
export function mutated(value: unknown, mutation: Mutation): unknown {
  const { path, kind, name, value: put } = mutation
  const [here = 0, ...deeper] = path
  if (!isContainer(value)) return kind === 'truncate' && typeof value === 'string' ? cut(value, here) : put
  const copy = (Array.isArray(value) ? [...value] : { ...value }) as Container
  const names = Object.keys(value)
  const at = names[here % Math.max(1, names.length)]
  if (kind === 'add' && deeper.length === 0) define(copy, name, put)
  else if (at === undefined) return put
  else if (deeper.length > 0 && isContainer(copy[at])) copy[at] = mutated(copy[at], { ...mutation, path: deeper })
  else if (kind === 'remove') remove(copy, at)
  else if (kind === 'truncate') copy[at] = truncated(copy[at], here + deeper.length)
  else if (kind === 'repeat' && Array.isArray(copy)) copy.push(copy[at as keyof typeof copy])
  else copy[at] = put
  return copy
}

function remove(copy: Container, at: string): void {
  if (Array.isArray(copy)) copy.splice(Number(at), 1)
  else delete copy[at]
}

const define = (object: object, name: string, value: unknown) =>
  Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true })

function truncated(value: unknown, at: number): unknown {
  if (typeof value === 'string') return cut(value, at)
  return Array.isArray(value) ? value.slice(0, at % Math.max(1, value.length)) : undefined
}

/** Sometimes so that it still ends as JSON does. */
function cut(text: string, at: number): string {
  const brace = text.indexOf('}')
  return at % 2 === 0 && brace >= 0 ? text.slice(0, brace + 1) : text.slice(0, at % Math.max(1, text.length))
}
