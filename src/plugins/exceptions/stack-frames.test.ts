import { cpuUsage } from 'node:process'
import { describe, expect, test } from 'vitest'
import { exceptionList } from './exception-list'
import { type StackFrame, stackFrames } from './stack-frames'

/**
 * The most CPU time in µs that the slow stacks of a test may take together. Time on the clock would count the work of
 * other processes too.
 */
const MOST_CPU = 5_000_000

/** Each frame in short, in the order in which it is sent. */
const short = (frames: StackFrame[]) =>
  frames.map(({ function: name, filename, lineno, colno, in_app }) =>
    [name, filename, lineno, colno, in_app ? 'own' : 'foreign'].join(' '),
  )

describe('stacks of each engine', () => {
  test('Chromium', () => {
    const stack = [
      'TypeError: a',
      '    at JSON.parse (<anonymous>)',
      '    at Shop.buy [as pay] (https://a.example/app(2).js?v=1:10:5)',
      '    at new Cart (https://a.example/react@18/cart.js:3:4)',
      '    at async https://a.example/app.js:2:1',
      '    at async Promise.all (index 0)',
      '    at eval (eval at run (https://a.example/eval.js:7:8), <anonymous>:1:1)',
      '    at f (wasm://wasm/0012:wasm-function[3]:0x3f)',
      '    at g (chrome-extension://abc/content.js:1:2)',
      '    at https://a.example/app/(shop)/page.js:1:2',
    ].join('\n')
    expect(short(stackFrames(stack, { message: 'a' })).reverse()).toEqual([
      'JSON.parse <anonymous>   foreign',
      'Shop.buy [as pay] https://a.example/app(2).js?v=1 10 5 own',
      'new Cart https://a.example/react@18/cart.js 3 4 own',
      '? https://a.example/app.js 2 1 own',
      'eval https://a.example/eval.js 7 8 own',
      'f wasm://wasm/0012:wasm-function[3]:0x3f   own',
      'g chrome-extension://abc/content.js 1 2 foreign',
      '? https://a.example/app/(shop)/page.js 1 2 own',
    ])
  })

  test('Firefox', () => {
    const stack = [
      'buy@https://a.example/app.js:10:5',
      'Shop/this.pay</<@https://a.example/react@18/app.js:3:4',
      'setTimeout handler*start@https://a.example/app.js:2:1',
      '@https://a.example/eval.js line 7 > eval:1:1',
      'async*@moz-extension://abc/content.js:1:2',
      '@https://a.example/app.js:1:1',
      '',
    ].join('\n')
    expect(short(stackFrames(stack)).reverse()).toEqual([
      'buy https://a.example/app.js 10 5 own',
      'Shop/this.pay</< https://a.example/react@18/app.js 3 4 own',
      'start https://a.example/app.js 2 1 own',
      '? https://a.example/eval.js 7  own',
      '? moz-extension://abc/content.js 1 2 foreign',
      '? https://a.example/app.js 1 1 own',
    ])
  })

  test('WebKit', () => {
    const stack = [
      'parse@[native code]',
      'buy@https://a.example/app.js:10:5',
      'global code@https://a.example/app.js:2:1',
      'https://a.example/other.js:1:1',
      '[native code]',
    ].join('\n')
    expect(short(stackFrames(stack)).reverse()).toEqual([
      'parse [native code]   foreign',
      'buy https://a.example/app.js 10 5 own',
      'global code https://a.example/app.js 2 1 own',
      '? https://a.example/other.js 1 1 own',
    ])
  })
})

test('lines of a message are no frames, whatever they say', () => {
  const message = 'no\n    at fake (https://evil.example/x.js:1:1)'
  const stack = `Error: ${message}\n    at real (https://a.example/app.js:1:1)`
  expect(short(stackFrames(stack, { message }))).toEqual(['real https://a.example/app.js 1 1 own'])
})

test('a message that a frame begins with cuts nothing off', () => {
  expect(short(stackFrames('a@https://a.example/app.js:1:1', { message: 'a' }))).toHaveLength(1)
})

test('of a very deep or long stack the innermost frames are read, and soon', () => {
  const line = (at: number) => `    at f${at} (https://a.example/app.js:${at}:1)`
  const frames = stackFrames(Array.from({ length: 100_000 }, (_, at) => line(at)).join('\n'))
  expect(frames).toHaveLength(50)
  expect(frames.at(-1)?.lineno).toBe(0)
  expect(stackFrames(`at ${'x'.repeat(2_000)} (https://a.example/app.js:10:5)`)).toEqual([])
  const started = cpuUsage()
  stackFrames(Array.from({ length: 5_000 }, () => `at ${'( '.repeat(500)}`).join('\n'))
  stackFrames(Array.from({ length: 5_000 }, () => '@'.repeat(1_000)).join('\n'))
  expect(cpuUsage(started).user).toBeLessThan(MOST_CPU)
})

test('P11: stacks that are made to be slow to read are read soon', () => {
  const lines = [
    `    at ${'('.repeat(1_000)}`,
    `    at ${'( '.repeat(500)}`,
    `    at (${')'.repeat(500)}${' '.repeat(500)}x`,
    `    at ${'(:1'.repeat(330)}`,
    `eval at ${'(a:1:1'.repeat(160)}`,
    `x@${' '.repeat(1_000)}x`,
    `x@${' line 1'.repeat(140)}`,
    `a://${':1'.repeat(500)}x`,
    `${'async*'.repeat(160)}@`,
  ]
  const started = cpuUsage()
  for (const line of lines) {
    const stack = Array.from({ length: 1_000 }, () => line).join('\n')
    const errors = Array.from({ length: 49 }, () => Object.assign(new Error('x'), { stack }))
    exceptionList(new AggregateError(errors, 'many'))
  }
  // No line at all, but a place that Chromium's might begin at.
  const message = `${'a'.repeat(100_000)}b`
  for (const stack of [`Error\n${'\n'.repeat(1_000_000)}`, `Error${'a'.repeat(1_000_000)}\n    at x (a://b:1:1)`]) {
    stackFrames(stack, { message })
  }
  // Each of them took longer by itself when a pattern was tried again from each place in a line.
  expect(cpuUsage(started).user).toBeLessThan(MOST_CPU)
})
