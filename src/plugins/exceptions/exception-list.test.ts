import { expect, test } from 'vitest'
import { exceptionList } from './exception-list'

const HERE = new Error('here').stack
const MANUAL = { type: 'generic', handled: true }

test('an error has its type, its message and its frames, the outermost first', () => {
  const [entry] = exceptionList(new TypeError('wrong kind'), MANUAL, HERE)
  expect(entry).toMatchObject({
    type: 'TypeError',
    value: 'wrong kind',
    mechanism: { type: 'generic', handled: true, synthetic: false, exception_id: 0 },
    stacktrace: { type: 'raw' },
  })
  expect(entry?.stacktrace?.frames.at(-1)).toMatchObject({
    platform: 'web:javascript',
    filename: expect.stringContaining('exception-list.test.ts'),
    in_app: true,
  })
})

test('causes and the errors that an error stands for follow it', () => {
  const cyclic = new Error('outer', { cause: new Error('cause', { cause: 'a text' }) })
  const list = exceptionList(new AggregateError([cyclic, cyclic, 42], 'all'), MANUAL, HERE)
  expect(list.map(({ value }) => value)).toEqual([
    'all',
    'outer',
    'cause',
    'a text',
    'Primitive value captured as exception: 42',
  ])
  expect(list[1]?.mechanism).toMatchObject({ type: 'chained', source: 'member', parent_id: 0 })
  expect(list[2]?.mechanism).toMatchObject({ type: 'chained', source: 'cause', parent_id: 1 })
  const itself = new Error('own cause')
  itself.cause = itself
  expect(exceptionList(itself, MANUAL, HERE)).toHaveLength(1)
})

for (const [given, type, value] of [
  ['plain text', 'Error', 'plain text'],
  ['Uncaught TypeError: x is no function', 'TypeError', 'x is no function'],
  [42, 'Error', 'Primitive value captured as exception: 42'],
  [null, 'Error', 'Primitive value captured as exception: null'],
  [{ key: 1, bar: 2 }, 'Error', 'Object captured as exception with keys: bar, key'],
  [{}, 'Error', 'Object captured as exception with keys: [object has no keys]'],
  [{ name: 'foo', message: 'bar' }, 'foo', "'foo' captured as exception with message: 'bar'"],
  [{ message: 'bar' }, 'Error', 'bar'],
  [{ error: new RangeError('inner') }, 'RangeError', 'inner'],
  [new DOMException('gone', 'NotFoundError'), 'DOMException', 'NotFoundError: gone'],
  [new Event('load'), 'Event', expect.stringContaining('Event captured as exception with keys')],
] as [unknown, string, unknown][]) {
  test(`what is no error is described: ${String(given)} ${String(value)}`, () => {
    expect(exceptionList(given, MANUAL, HERE)[0]).toMatchObject({ type, value })
  })
}

test('a rejection is what it was rejected with, and a text that it was rejected with has a type of its own', () => {
  const rejection = (reason: unknown) => Object.assign(new Event('unhandledrejection'), { reason })
  expect(exceptionList(rejection(new RangeError('far')))[0]).toMatchObject({ type: 'RangeError', value: 'far' })
  expect(exceptionList(rejection('no'))[0]).toMatchObject({
    type: 'UnhandledRejection',
    value: 'Non-Error promise rejection captured with value: no',
  })
})

test('an uncaught text has the place that the browser gives it', () => {
  const place = { message: 'Uncaught no', filename: 'https://a.example/app.js', lineno: 7, colno: 3 }
  const [entry] = exceptionList(Object.assign(new Event('error'), place), MANUAL)
  expect(entry).toMatchObject({ type: 'Error', value: 'no', mechanism: { synthetic: true } })
  expect(entry?.stacktrace?.frames).toMatchObject([{ filename: 'https://a.example/app.js', lineno: 7, colno: 3 }])
})

test('a value that throws when it is read is captured all the same', () => {
  const hostile = (name: string) =>
    Object.defineProperty(new Error('hidden'), name, {
      get() {
        throw new Error('hostile')
      },
    })
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  for (const given of [hostile('message'), hostile('name'), hostile('stack'), hostile('cause'), proxy]) {
    expect(exceptionList(given)).toMatchObject([{ type: 'Error', value: 'Unknown error' }])
  }
  expect(exceptionList(Symbol('s'))).toMatchObject([{ value: 'Primitive value captured as exception: Symbol(s)' }])
  expect(exceptionList(Object.assign(new Error('x'), { name: 42 }))).toMatchObject([{ type: 'Error' }])
})

test('cycles end, no error is listed twice, and there are at most 50', () => {
  const a = new Error('a')
  a.cause = new Error('b', { cause: new AggregateError([a, a], 'both', { cause: a }) })
  expect(exceptionList(a).map(({ value }) => value)).toEqual(['a', 'b', 'both'])
  let deep = new Error('root')
  for (let depth = 0; depth < 1_000; depth++) deep = new Error(`level ${depth}`, { cause: deep })
  const list = exceptionList(deep)
  expect(list).toHaveLength(50)
  expect(list.at(-1)?.mechanism).toMatchObject({ exception_id: 49, parent_id: 48 })
})

test('at most 1,000 members of aggregates are looked at, and the cause of the last one is too', () => {
  const itself = new AggregateError([], 'itself')
  itself.errors = Array.from({ length: 1_000 }, () => itself)
  Object.defineProperty(itself.errors, 1_000, {
    get() {
      throw new Error('read')
    },
  })
  expect(exceptionList(itself)).toHaveLength(1)
  const inner = new AggregateError([], 'inner')
  inner.errors = [...Array.from({ length: 999 }, () => inner), new Error('too late')]
  const outer = new AggregateError([inner, new Error('sibling')], 'outer')
  expect(exceptionList(outer).map(({ value }) => value)).toEqual(['outer', 'inner'])
  const last = new AggregateError([], 'last')
  last.errors = [...Array.from({ length: 999 }, () => last), new Error('distinct', { cause: new Error('root') })]
  expect(exceptionList(last).map(({ value }) => value)).toEqual(['last', 'distinct', 'root'])
})

test('a member that cannot be read is listed as unknown', () => {
  const errors = Object.defineProperty([0, new Error('readable')], 0, {
    get() {
      throw new Error('hostile')
    },
  })
  const given = Object.assign(new AggregateError([], 'all'), { errors })
  expect(exceptionList(given).map(({ value }) => value)).toEqual(['all', 'Unknown error', 'readable'])
})

test('errors of a library that has a list of texts in errors stand for themselves', () => {
  const given = Object.assign(new Error('invalid'), { name: 'ValidationError', errors: ['too short'] })
  expect(exceptionList(given)).toHaveLength(1)
})

test('however large errors are, the event has room for them', () => {
  const huge = (depth: number): Error => {
    const error = new Error('x'.repeat(1_000_000), depth > 0 ? { cause: huge(depth - 1) } : {})
    const line = `    at f (https://a.example/${'y'.repeat(900)}.js:1:1)`
    error.stack = ['Error', ...Array.from({ length: 100 }, () => line)].join('\n')
    return error
  }
  expect(JSON.stringify(exceptionList(huge(60))).length).toBeLessThan(900_000)
})

test('without a known place of capture, only the links of the tree are said', () => {
  const [first, second] = exceptionList(new Error('a', { cause: new Error('b') }))
  expect(first?.mechanism).toEqual({ exception_id: 0 })
  expect(second?.mechanism).toMatchObject({ type: 'chained', source: 'cause', parent_id: 0 })
})

test('frames name the source map of their file', () => {
  const page = globalThis as Record<string, unknown>
  page._debugIds = { 'Error\n    at https://a.example/chunk.js:1:1': 'by-bundler', 'x@https://a.example/b.js:1:1': 'b' }
  page._posthogChunkIds = { 'Error\n    at https://a.example/chunk.js:1:1': 'by-posthog' }
  try {
    const given = new Error('x')
    given.stack = 'Error: x\n    at f (https://a.example/chunk.js:9:1)\n    at https://a.example/other.js:1:1'
    const frames = exceptionList(given)[0]?.stacktrace?.frames
    expect(frames?.map(({ chunk_id }) => chunk_id)).toEqual([undefined, 'by-posthog'])
  } finally {
    delete page._debugIds
    delete page._posthogChunkIds
  }
})
