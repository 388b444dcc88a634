import { expect, test } from 'vitest'
import { readWorkerOptions } from './worker-options'

const BASE = 'https://shop.example.com/cart'
const DEFAULT = { url: 'https://shop.example.com/__outlast/worker.js', scope: 'https://shop.example.com/__outlast/' }

function read(raw: unknown, base = BASE) {
  const warnings: string[] = []
  return { location: readWorkerOptions(raw, base, (message) => warnings.push(message)), warnings }
}

test.each([
  { url: 'https://evil.example/worker.js' },
  { url: 'javascript:alert(1)' },
  { url: 'https://me:secret@shop.example.com/worker.js' },
  { scope: 'https://me:secret@shop.example.com/' },
  { url: Symbol('url') },
  { url: Object.create(null) },
  { url: '/worker.js', scope: { toString: () => '/' } },
])('P11: a worker at %o is refused with a reason, and the default is taken', (raw) => {
  const { location, warnings } = read(raw)
  expect(location).toEqual(DEFAULT)
  expect(warnings).toHaveLength(1)
})

test('P11: what cannot be read of the worker option is left out', () => {
  const raw = {
    url: '/own/worker.js',
    get scope(): never {
      throw new Error('hostile')
    },
  }
  expect(read(raw).location).toEqual({
    url: 'https://shop.example.com/own/worker.js',
    scope: 'https://shop.example.com/own/',
  })
})

test.each(['about:blank', 'data:text/html,x', 'file:///home/x.html'])('a page at %s has no worker', (base) => {
  expect(read({ url: 'javascript:alert(1)' }, base).location).toBe(false)
  expect(read(undefined, base).location).toBe(false)
})
