import { expect, test } from 'vitest'
import { cookieName, MAX_COOKIE, parseCookies, printOf, type Shared, whoCounts, writeShared } from './cookie-text'

const NOW = 1_800_000_000_000
const NAME = cookieName('phc_test')
const SESSION = { id: '01a2228e-adaa-7001-bbb9-8f61708f2072', startedAt: NOW - 9, lastAt: NOW }
const anonymous = { anonymousId: 'a-1', distinctId: 'a-1', identified: false, hasProfile: true }
const ada = { anonymousId: 'a-1', distinctId: 'ada; =ü"', identified: true, hasProfile: false }

const cookie = (value: string) => `other=1; ${NAME}=${value}; last=2`
const parsed = (given: unknown) => parseCookies(cookie(encodeURIComponent(JSON.stringify(given))), NAME, NOW)

test.each<Partial<Shared>>([
  { person: anonymous, session: SESSION },
  { person: ada, choice: { refused: false, at: NOW } },
  { person: ada, choice: { refused: false, at: NOW }, erasedAt: NOW - 5 },
  { choice: { refused: true, at: NOW }, erasedAt: NOW },
])('what is written is read again: %j', (given) => {
  const value = writeShared({ writtenAt: NOW, erasedAt: 0, ...given }, MAX_COOKIE)
  expect(value).toMatch(/^[\w%.~!*'()-]+$/)
  expect(parseCookies(cookie(value), NAME, NOW)).toEqual({
    ...{ writtenAt: NOW, erasedAt: 0, person: undefined, session: undefined, choice: undefined },
    ...given,
  })
})

test('nothing but the choice is written of who refuses, whatever is known', () => {
  const value = writeShared(
    { writtenAt: NOW, erasedAt: 0, person: ada, session: SESSION, choice: { refused: true, at: 7 } },
    MAX_COOKIE,
  )
  expect(JSON.parse(decodeURIComponent(value))).toEqual({ v: 1, w: NOW, c: [1, 7] })
})

test.each(['x'.repeat(9_000), 'ü'.repeat(900), '\uD800'])(
  'ids that do not fit are left out, and a choice is not',
  (id) => {
    const choice = { refused: false, at: 7 }
    const value = writeShared({ writtenAt: NOW, erasedAt: 0, person: { ...ada, distinctId: id }, choice }, MAX_COOKIE)
    expect(value.length).toBeLessThan(MAX_COOKIE)
    expect(parseCookies(cookie(value), NAME, NOW)).toMatchObject({ person: 'unshared', choice })
  },
)

test.each([
  null,
  [],
  { v: 2, a: 'a-1' },
  { v: 1, a: 'undefined' },
  { v: 1, a: { toString: 1 } },
  { v: 1, a: ' ' },
  { v: 1, a: '__proto__' },
  { v: 1, a: 'a-1', i: 1, d: 'constructor' },
  { v: 1, a: 'a-1', i: 1, d: 'anonymous' },
  { v: 1, a: 'a-1', c: [1, 5] },
])('hostile text names nobody: %j', (given) => {
  expect(parsed(given)?.person).toBeUndefined()
})

test('hostile choices and times count for nothing, and what is no plain consent is a refusal', () => {
  expect(parsed({ v: 1, c: [0, 'now'] })?.choice).toBeUndefined()
  expect(parsed({ v: 1, c: [0, 9e300] })?.choice).toBeUndefined()
  expect(parsed({ v: 1, c: ['0', 5] })?.choice).toEqual({ refused: true, at: 5 })
  expect(parsed({ v: 1, c: [0, 5], e: 6 })?.erasedAt).toBe(0)
  expect(parsed({ v: 1, a: 'a-1', s: ['no', 1, 2] })?.session).toBeUndefined()
  expect(parseCookies(cookie('%E0%A4%A'), NAME, NOW)).toBeUndefined()
  expect(parseCookies(cookie('%7B'.repeat(5_000)), NAME, NOW)).toBeUndefined()
})

test('after each choice that a cookie may name there is a later one', () => {
  const at = NOW + 3e12 - 1
  expect(parsed({ v: 1, c: [0, at] })?.choice).toEqual({ refused: false, at })
  expect(parsed({ v: 1, c: [0, at + 1] })?.choice).toBeUndefined()
  const refusal = { writtenAt: NOW, erasedAt: 0, choice: { refused: true, at: at + 1 } }
  const text = cookie(writeShared(refusal, MAX_COOKIE))
  expect(parseCookies(text, NAME, NOW + 1)?.choice).toEqual(refusal.choice)
})

test('of several cookies of the name the one that was written last counts, unless it claims the future', () => {
  const of = (w: number, a: string) => `${NAME}=${encodeURIComponent(JSON.stringify({ v: 1, w, a }))}`
  const read = (...cookies: string[]) => parseCookies(cookies.join('; '), NAME, NOW)?.person
  expect(read(of(5, 'a-5'), of(9, 'a-9'))).toMatchObject({ anonymousId: 'a-9' })
  expect(read(of(5, 'a-5'), of(NOW * 2, 'evil'))).toMatchObject({ anonymousId: 'a-5' })
})

test('P10: a further cookie of the name hides no refusal, whenever it says that it was written; a later consent counts', () => {
  const of = (given: object) => `${NAME}=${encodeURIComponent(JSON.stringify({ v: 1, ...given }))}`
  const real = of({ w: NOW - 9, c: [1, NOW - 9], e: NOW - 9 })
  const refused = { person: undefined, choice: { refused: true, at: NOW - 9 }, erasedAt: NOW - 9 }
  for (const planted of [
    of({ w: NOW + 9, a: 'evil' }),
    of({ w: NOW + 9, a: 'evil', c: [0, NOW - 20] }),
    of({ w: NOW + 9, a: 'evil', c: [0, NOW - 9] }),
  ]) {
    for (const both of [
      [planted, real],
      [real, planted],
    ])
      expect(parseCookies(both.join('; '), NAME, NOW)).toMatchObject(refused)
  }
  const agreed = of({ w: NOW - 5, a: 'a-1', c: [0, NOW - 5] })
  const older = of({ w: NOW + 9, c: [1, NOW - 9], e: NOW - 9 })
  expect(parseCookies(`${older}; ${agreed}`, NAME, NOW)?.choice).toEqual({ refused: false, at: NOW - 5 })
})

test('two projects have two names, also where their tokens have signs that a name may not have', () => {
  expect(cookieName("a;b=(c)'")).toBe('outlast_a%3Bb%3D%28c%29%27')
})

test('the ids of the cookie count, unless those of this origin are later or those of someone who is known', () => {
  expect(whoCounts(undefined, anonymous, undefined, false)).toBe('shared')
  expect(whoCounts({ ...anonymous, anonymousId: 'b', distinctId: 'b' }, anonymous, undefined, false)).toBe('shared')
  expect(whoCounts({ ...ada, anonymousId: 'b' }, anonymous, undefined, false)).toBe('own')
  expect(whoCounts({ ...ada, distinctId: 'bob' }, ada, undefined, false)).toBe('shared')
  expect(whoCounts(anonymous, ada, printOf(anonymous), false)).toBe('shared')
  expect(whoCounts(anonymous, ada, printOf(ada), false)).toBe('own')
  expect(whoCounts(anonymous, ada, printOf(anonymous), true)).toBe('own')
})
