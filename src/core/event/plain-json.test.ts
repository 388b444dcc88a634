import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { plainJson } from './plain-json'
import { writeJson } from './write-json'

/** Written value by value, which `textFor` asks for. */
const each = (value: unknown) => writeJson(value, { textFor: (text) => text })

const odd = fc.oneof(
  fc.constantFrom(
    undefined,
    Number.NaN,
    -0,
    1e21,
    () => 1,
    Symbol('s'),
    5n,
    new Date(0),
    new Map([[1, 2]]),
    /x/,
    new Error('e'),
  ),
  fc.string({ unit: 'binary' }),
  fc.constant('\ud800'),
)

test('P11: the fast way to write an event writes what the careful way writes, or leaves it to that', () => {
  const values = fc.letrec((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.jsonValue(),
      odd,
      fc.array(tie('tree'), { maxLength: 4 }),
      fc.dictionary(fc.string({ unit: 'binary', maxLength: 6 }), tie('tree'), { maxKeys: 4 }),
    ),
  })).tree
  let fast = 0
  fc.assert(
    fc.property(values, (tree) => {
      const root = { properties: { tree } }
      if (plainJson(root) !== undefined) fast += 1
      expect(writeJson(root)).toBe(each(root))
    }),
    { numRuns: 500 },
  )
  expect(fast).toBeGreaterThan(50)
})

const cyclic: Record<string, unknown> = {}
cyclic.it = cyclic
let deep: unknown = 1
for (let level = 0; level < 60; level++) deep = [deep]
let wide: unknown = 'x'
for (let level = 0; level < 40; level++) wide = [wide, wide]

test.each([
  ['what contains itself', cyclic],
  ['what is deep', deep],
  ['what has few parts, each many times', wide],
  ['a list of holes', new Array(1e9)],
  ['a long text', 'x'.repeat(200_000)],
  ['an instance of a class', new (class Money {})()],
  ['what has a form of its own', { toJSON: () => 1 }],
  ['a part of the page', { addEventListener() {} }],
  [
    'what cannot be read',
    Object.defineProperty({}, 'bad', {
      enumerable: true,
      get: () => {
        throw Error('no')
      },
    }),
  ],
])('P11: %s is left to the careful way', (_, value) => {
  expect(plainJson({ value })).toBeUndefined()
})

test('P1: where a page has replaced JSON.stringify by one that indents, everything is left to the careful way', () => {
  const { stringify } = JSON
  const indenting = vi.spyOn(JSON, 'stringify').mockImplementation((value) => stringify(value, null, 2))
  const fast = plainJson({ list: [1, 2] })
  const careful = writeJson({ list: [1, 'x'] })
  indenting.mockRestore()
  expect(fast).toBeUndefined()
  expect(careful).toBe('{"list":[1,"x"]}')
})
