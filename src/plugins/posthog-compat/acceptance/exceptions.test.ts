import { expect, test } from 'vitest'
import { exceptionList } from '../exceptions'
import { stackFrames } from '../stack-frames'
import { started } from './rig'

const HERE = new Error('here').stack

test('an error has its type, its message and its frames, the outermost first', () => {
  const [entry] = exceptionList(new TypeError('wrong kind'), HERE)
  expect(entry).toMatchObject({
    type: 'TypeError',
    value: 'wrong kind',
    mechanism: { type: 'generic', handled: true, synthetic: false, exception_id: 0 },
    stacktrace: { type: 'raw' },
  })
  expect(entry?.stacktrace?.frames.at(-1)).toMatchObject({
    platform: 'web:javascript',
    filename: expect.stringContaining('exceptions.test.ts'),
    in_app: true,
  })
})

test('causes and the errors that an error stands for follow it', () => {
  const cyclic = new Error('outer', { cause: new Error('cause', { cause: 'a text' }) })
  const list = exceptionList(new AggregateError([cyclic, cyclic, 42], 'all'), HERE)
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
  expect(exceptionList(itself, HERE)).toHaveLength(1)
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
    expect(exceptionList(given, HERE)[0]).toMatchObject({ type, value })
  })
}

test('stacks of each engine are read', () => {
  const chromium =
    'Error: a\n    at Shop.buy (https://a.example/app.js:10:5)\n    at async https://a.example/app.js:2:1'
  expect(stackFrames(chromium)).toEqual([
    {
      platform: 'web:javascript',
      filename: 'https://a.example/app.js',
      function: '?',
      in_app: true,
      lineno: 2,
      colno: 1,
    },
    {
      platform: 'web:javascript',
      filename: 'https://a.example/app.js',
      function: 'Shop.buy',
      in_app: true,
      lineno: 10,
      colno: 5,
    },
  ])
  const others = 'buy@https://a.example/app.js:10:5\n@https://a.example/app.js:2:1\n[native code]'
  expect(stackFrames(others).map(({ function: name }) => name)).toEqual(['?', 'buy'])
  expect(stackFrames(`at ${'x'.repeat(2_000)} (https://a.example/app.js:10:5)`)).toEqual([])
})

test('steps go with the next error that is captured, and only with that', () => {
  const { posthog, w } = started({ before_send: (event) => (event.properties.drop ? null : event) })
  posthog.addExceptionStep('opened', { id: 1 })
  posthog.addExceptionStep('  ')
  posthog.captureException(new Error('dropped'), { drop: true })
  posthog.captureException(new Error('broken'), { more: 2 })
  expect(w.last()).toMatchObject({ $exception_level: 'error', more: 2 })
  expect(w.last().$exception_steps).toEqual([
    { id: 1, $message: 'opened', $timestamp: expect.stringMatching(/^\d{4}-/) },
  ])
  posthog.captureException(new Error('next'))
  expect(w.last()).not.toHaveProperty('$exception_steps')
})
