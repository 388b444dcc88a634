import { expect, test } from 'vitest'
import { writeJson } from '../../core/event/write-json'
import { stepJson } from './step-json'

const cyclic: Record<string, unknown> = { name: 'a' }
cyclic.self = cyclic
const shared = { n: 1 }

for (const [what, value] of [
  ['plain values', { text: 'é\ud800', number: 1.5, none: null, not: undefined, list: [1, undefined, 'a'] }],
  ['a number that JSON has no form for', { infinite: Number.POSITIVE_INFINITY, nan: Number.NaN, big: 10n ** 30n }],
  ['dates', { at: new Date(0), never: new Date(Number.NaN) }],
  ['collections', { map: new Map<unknown, unknown>([['a', new Set([1])]]), set: new Set(['b']) }],
  ['errors', { error: Object.assign(new TypeError('t'), { code: 7 }) }],
  ['what contains itself, and what comes twice', { cyclic, list: [shared, shared] }],
  [
    'a URL and another object with a form of its own',
    { url: new URL('https://a.example/'), own: { toJSON: () => 'own' } },
  ],
  ['functions and symbols', { f: () => 1, s: Symbol('s') }],
] as const) {
  test(`a step has ${what} as an event does`, () => {
    // The client writes it once more, with the exception.
    expect(writeJson(JSON.parse(stepJson(value)))).toBe(writeJson(value))
  })
}
