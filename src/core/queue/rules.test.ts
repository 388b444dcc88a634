import { expect, test } from 'vitest'
import { chosen } from './chosen'
import { isRefused, NO_RULES, parseRules } from './rules'

const choices = (...moments: [refused: boolean, at: number][]) =>
  moments.reduce((rules, [refused, at]) => chosen(rules, { refused, at }, 0), NO_RULES)

test('P10: each refusal is remembered for what was captured in it, and for that alone', () => {
  const rules = choices([true, 10], [false, 20], [true, 30], [false, 40])
  const moments = [1, 9, 10, 19, 20, 29, 30, 39, 40, 50]
  expect(moments.filter((at) => isRefused(rules, at))).toEqual([10, 19, 30, 39])
})

test('P10: a choice that changes nothing is no turn', () => {
  const rules = choices([false, 5], [true, 10], [true, 15], [false, 20], [false, 25])
  expect([1, 7, 12, 17, 22, 30].filter((at) => isRefused(rules, at))).toEqual([12, 17])
})

test('P10: an event of an unknown moment goes by the present choice', () => {
  expect(
    [choices([true, 10]), choices([true, 10], [false, 20])].map((rules) => isRefused(rules, Number.POSITIVE_INFINITY)),
  ).toEqual([true, false])
})

test('P7, P10: of a person who changes their mind without end, the latest turns are remembered', () => {
  const moments = Array.from({ length: 1_001 }, (_, index): [boolean, number] => [index % 2 === 0, index + 1])
  const rules = parseRules(choices(...moments))
  expect(rules.turns).toHaveLength(50)
  expect([998, 999, 1_000, 1_001, 1_002].map((at) => isRefused(rules, at))).toEqual([false, true, false, true, true])
})

test.each([null, 7, 'x', [], {}, { turns: 'x' }, { turns: [['x'], null] }, { at: 3, turns: { length: 9 } }])(
  'P10: a damaged record, %j, shows that something was decided, and refuses',
  (raw) => {
    expect(isRefused(parseRules(raw), 5)).toBe(true)
    expect(parseRules(raw)).toMatchObject({ refused: true, hooked: true })
  },
)
