import { expect, it } from 'vitest'
import { parseTestOptions } from './options'

const names = { whole: ['types', 'unit', 'e2e', 'torture'], quick: ['types', 'e2e'] }

it('reads the options', () => {
  expect(parseTestOptions([], names)).toEqual({ list: false, quick: false, only: names.whole })
  expect(parseTestOptions(['--list'], names)).toMatchObject({ list: true })
  expect(parseTestOptions(['--quick'], names)).toEqual({ list: false, quick: true, only: names.quick })
  expect(parseTestOptions(['--quick', '--only', 'e2e'], names)).toMatchObject({ quick: true, only: ['e2e'] })
  expect(parseTestOptions(['--only', 'unit,e2e'], names)).toMatchObject({ only: ['unit', 'e2e'] })
  expect(parseTestOptions(['--only=unit', '--only', 'types'], names)).toMatchObject({ only: ['types', 'unit'] })
})

it('refuses what it does not know', () => {
  expect(() => parseTestOptions(['--only', 'units'], names)).toThrow(/--only: units is not one of types, unit, e2e/)
  expect(() => parseTestOptions(['--quick', '--only', 'torture'], names)).toThrow(/torture is not one of types, e2e/)
  expect(() => parseTestOptions(['--only'], names)).toThrow(/--only/)
  expect(() => parseTestOptions(['--watch'], names)).toThrow(/Unknown option '--watch'[\s\S]*npm test -- --list/)
})
