import { expect, test } from 'vitest'
import { world } from '../../../test/support/client/world'
import { captureException } from '../../plugins/exceptions/exceptions'
import type { StackFrame } from '../../plugins/exceptions/stack-frames'

interface Listed {
  type: string
  value: string
  mechanism: Record<string, unknown>
  stacktrace?: { frames: StackFrame[] }
}

const listOf = (w: ReturnType<typeof world>) => w.last().$exception_list as Listed[]

const names = (w: ReturnType<typeof world>) => w.enqueued.map(({ event }) => event)

/** An error with a stack as Chromium writes it. */
function withStack(message: string, ...functions: string[]): Error {
  const error = new TypeError(message)
  const lines = functions.map((name, line) => `    at ${name} (https://shop.example.com/app.js:${line + 1}:1)`)
  error.stack = [`TypeError: ${message}`, ...lines].join('\n')
  return error
}

test('Capturing a handled exception emits an exception event', () => {
  const w = world()
  expect(captureException(w.client, new TypeError('boom'))).toEqual({ captured: true })
  expect(names(w)).toEqual(['$exception'])
  // PostHog's prose has the type and the message in the list; the flat ones are its servers' to derive.
  expect(listOf(w)).toMatchObject([{ type: 'TypeError', value: 'boom', mechanism: { handled: true } }])
  expect(listOf(w)[0]?.stacktrace?.frames.at(-1)).toMatchObject({
    filename: expect.stringContaining('capture-exception.test.ts'),
    lineno: expect.any(Number),
    colno: expect.any(Number),
  })
})

test('Exception capture includes caller properties', () => {
  const w = world()
  captureException(w.client, new Error('boom'), { handled: true, area: 'checkout' })
  expect(names(w)).toEqual(['$exception'])
  expect(w.last()).toMatchObject({ handled: true, area: 'checkout' })
})

test('Exception capture normalizes non-standard thrown values', () => {
  for (const thrown of ['a text', 42, null, undefined, Symbol('s'), { code: 7 }, () => 'f', Object.create(null)]) {
    const w = world()
    expect(captureException(w.client, thrown)).toEqual({ captured: true })
    expect(names(w)).toEqual(['$exception'])
    const [only] = listOf(w)
    expect(only?.type).toMatch(/./)
    expect(only?.value).toMatch(/./)
    expect(only?.stacktrace?.frames.at(-1)?.filename).toContain('capture-exception.test.ts')
  }
})

test('Frames are ordered entry point first, crash site last', () => {
  const w = world()
  captureException(w.client, withStack('boom', 'boom', 'handler', 'main'))
  const frames = listOf(w)[0]?.stacktrace?.frames ?? []
  expect(frames[0]?.function).toBe('main')
  expect(frames.at(-1)?.function).toBe('boom')
})

test('Crash-first runtime stacks are reversed before sending', () => {
  const w = world()
  captureException(w.client, withStack('boom', 'boom', 'handler', 'main'))
  expect(listOf(w)[0]?.stacktrace?.frames.map((frame) => frame.function)).toEqual(['main', 'handler', 'boom'])
})

test('Chained exceptions are listed caught-first, root cause last', () => {
  const w = world()
  const named = (name: string, cause?: unknown) => Object.assign(new Error(name, { cause }), { name })
  captureException(w.client, named('WrapperError', named('MiddleError', named('RootError'))))
  expect(listOf(w).map(({ type }) => type)).toEqual(['WrapperError', 'MiddleError', 'RootError'])
})

test('Frames without source context are valid', () => {
  const w = world()
  captureException(w.client, new Error('boom'))
  const keys = new Set(listOf(w)[0]?.stacktrace?.frames.flatMap((frame) => Object.keys(frame)))
  for (const name of ['context_line', 'pre_context', 'post_context']) expect(keys).not.toContain(name)
})

test('An existing stack trace is preserved, not replaced by a synthesized one', () => {
  const w = world()
  captureException(w.client, { message: 'boom', stack: withStack('boom', 'boom', 'main').stack })
  expect(listOf(w)[0]?.stacktrace?.frames.map((frame) => frame.function)).toEqual(['main', 'boom'])
})

test('an exception is captured neither while the person refuses nor with the steps from before that', () => {
  const w = world()
  w.client.optOut()
  expect(captureException(w.client, new Error('boom'))).toEqual({ captured: false, reason: 'opted_out' })
  expect(names(w)).toEqual([])
})
