import { afterEach, expect, test, vi } from 'vitest'
import { speaking } from '../../../test/support/core/speaking'
import { ownBase, readWorkerOptions } from './worker-options'

const BASE = 'https://shop.example.com/cart'
const DEFAULT = {
  url: 'https://shop.example.com/__outlast/worker.js',
  scope: 'https://shop.example.com/__outlast/',
  type: 'classic',
}

function read(raw: unknown, base = BASE) {
  const warnings: string[] = []
  return { location: readWorkerOptions(raw, base, speaking(warnings)), warnings }
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
    type: 'classic',
  })
})

test('a worker may be a module', () => {
  expect(read({ url: '/sw.js', scope: '/', type: 'module' })).toEqual({
    location: { url: 'https://shop.example.com/sw.js', scope: 'https://shop.example.com/', type: 'module' },
    warnings: [],
  })
})

test.each(['es', 1, null])('a worker of type %o is taken for a classic one, with a warning', (type) => {
  const { location, warnings } = read({ url: '/sw.js', type })
  expect(location).toMatchObject({ url: 'https://shop.example.com/sw.js', type: 'classic' })
  expect(warnings).toEqual([expect.stringContaining("worker.type must be 'classic' or 'module'")])
})

test('the default worker, taken in place of one that is refused, is a classic one', () => {
  expect(read({ url: 'https://evil.example/worker.js', type: 'module' }).location).toEqual(DEFAULT)
})

test.each(['about:blank', 'data:text/html,x', 'file:///home/x.html'])('a page at %s has no worker', (base) => {
  expect(read({ url: 'javascript:alert(1)' }, base).location).toBe(false)
  expect(read(undefined, base).location).toBe(false)
})

test.each([
  ['/w.js', /worker must be false or \{ url, scope \}, got "\/w.js"; did you mean \{ url: "\/w.js" \}\?/],
  [true, /worker must be false or \{ url, scope \}, got true/],
  [{ path: '/w.js' }, /"path" is no option of worker/],
  [{ uri: '/w.js' }, /"uri" is no option of worker; did you mean url\?/],
])('P11: worker: %j is named, and the default is taken', (raw, said) => {
  expect(read(raw)).toEqual({ location: DEFAULT, warnings: [expect.stringMatching(said)] })
})

afterEach(() => vi.unstubAllGlobals())

test.each([
  ['file:///home/x.html', /opened from disk \(file:\).*serve it over http/],
  ['capacitor://localhost/index.html', /pages of "capacitor:" have no service workers.*worker: false/],
  ['app://shop/', /pages of "app:" have no service workers/],
  ['chrome-extension://abc/popup.html', /pages of "chrome-extension:" have no service workers/],
  ['about:blank', /pages of "about:" have no service workers/],
])('P11: a page at %s is told once why it has no worker, unless it wants none', (base, said) => {
  expect(read(undefined, base)).toEqual({ location: false, warnings: [expect.stringMatching(said)] })
  expect(read(false, base)).toEqual({ location: false, warnings: [] })
})

test.each([
  ['https://shop.example.com/app/', 'https://shop.example.com/a/b', 'https://shop.example.com/app/'],
  ['https://cdn.example/', 'https://shop.example.com/a/b', 'https://shop.example.com/a/b'],
  ['https://shop.example.com/a', 'about:srcdoc', 'https://shop.example.com/a'],
  ['https://cdn.example/', 'about:srcdoc', 'https://shop.example.com'],
  ['no URL', 'https://shop.example.com/a', 'https://shop.example.com/a'],
])('with the base %s of a page at %s, paths are relative to %s', (baseURI, href, expected) => {
  vi.stubGlobal('origin', 'https://shop.example.com')
  vi.stubGlobal('location', { href })
  expect(ownBase({ baseURI })).toBe(expected)
})
